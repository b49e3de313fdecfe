import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { readSearchQuery, searchNames, SearchQueryError } from './search-query.js'

const read = (query: string) => readSearchQuery(new URLSearchParams(query))

describe('a search query', () => {
  it('says what is looked for and which page', () => {
    expect(
      read(
        'from=2026-03-01T09:00:00%2B04:00&until=2026-03-02&consumer=AZ/GOV/DIN&service=AZ/GOV/VN/VERGI/voenTap' +
          '&outcome=refused&fault=ACCESS_DENIED&messageId=m&limit=7&before=01a2078f-89fa-7297-bff4-68591e03396b',
      ),
    ).toEqual({
      criteria: {
        from: new Date('2026-03-01T05:00:00Z'),
        until: new Date('2026-03-02T00:00:00Z'),
        consumer: 'AZ/GOV/DIN',
        service: 'AZ/GOV/VN/VERGI/voenTap',
        outcome: 'refused',
        fault: 'ACCESS_DENIED',
        messageId: 'm',
      },
      page: { limit: 7, before: '01a2078f-89fa-7297-bff4-68591e03396b' },
    })
    expect(read('')).toEqual({ criteria: {}, page: { limit: 50 } })
  })

  it.each([
    ['from=yesterday', /^from must be a date/],
    ['from=2026-13-01', /^from must be a date/],
    ['until=2026-03-01T09:00:00', /^until must be a date, or a moment with its zone/],
    ['consumer=AZ', /^consumer must be a member such as AZ\/GOV\/DIN, or a system/],
    ['provider=AZ/NGO/X', /^provider must be a member .* \(member class/],
    ['service=AZ/GOV/VN', /^service must be a service such as AZ\/GOV\/DIN\/GCQ\/finAxtaris/],
    ['outcome=ok', /^outcome must be one of answered, refused, unresolved, notice/],
    ['fault=toString', /^fault is no code of the fault list/],
    ['messageId=', /^messageId must have 1 to 1000 characters/],
    [`correlationId=${'a'.repeat(1_001)}`, /^correlationId must have/],
    ['subjectPseudonym=AZ0TEST01', /^subjectPseudonym must be a pseudonym/],
    ['limit=0', /^limit must be from 1 to 500/],
    ['limit=501', /^limit must be/],
    ['before=1', /^before must be an exchange id/],
    ['limit=1&limit=2', /^limit is given twice/],
    ['subject=AZ0TEST01', /^a query has only from, until/],
    ['constructor=1', /^a query has only/],
  ])('%s is refused, and the value not repeated', (query, reason) => {
    expect(() => read(query)).toThrow(SearchQueryError)
    expect(() => read(query)).toThrow(reason)
    expect(() => read(query)).not.toThrow(/AZ0TEST01|toString/)
  })

  it('is read or refused, whatever it is', () => {
    const name = fc.oneof(fc.constantFrom(...searchNames), fc.string())
    const value = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom('AZ/GOV/DIN', '1', ''),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), (values) => {
        try {
          const { page } = readSearchQuery(values)
          expect(page.limit).toBeLessThanOrEqual(500)
        } catch (error) {
          expect(error).toBeInstanceOf(SearchQueryError)
        }
      }),
    )
  })
})
