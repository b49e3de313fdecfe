import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { Fault } from './fault.js'
import { parseSubsystemId } from './identifier.js'
import { readRecipientNotice, type NoticeSaid } from './recipient-notice.js'

const exchangeId = '01234567-89ab-7def-8123-456789abcdef'
const origin = {
  recipient: parseSubsystemId('AZ/GOV/TN/SENED'),
  signed: undefined,
  via: undefined,
  numberCharsMax: 100,
  groundCharsMax: 500,
}

function fieldOf(said: NoticeSaid): string | undefined {
  try {
    readRecipientNotice(said, origin)
  } catch (error) {
    if (error instanceof Fault && error.code === 'REQUEST_INVALID') return error.field
    throw error
  }
  throw new Error('was taken')
}

describe("a recipient's notice", () => {
  it('says that the message was accepted, registered or refused', () => {
    const nothing = { registration: undefined, ground: undefined }
    expect(readRecipientNotice({ exchangeId, notice: 'QEBUL_EDILIB' }, origin)).toMatchObject({
      ...nothing,
      code: 'QEBUL_EDILIB',
      exchangeId,
      recipient: 'AZ/GOV/TN/SENED',
    })
    const registration = { number: '8/12-345', date: '2026-11-26' }
    expect(
      readRecipientNotice({ exchangeId, notice: 'QEYDIYYATA_ALINIB', ...registration }, origin),
    ).toMatchObject({ ...nothing, registration })
    const ground = 'Ünvan sahibi deyilik'
    expect(readRecipientNotice({ exchangeId, notice: 'IMTINA', ground }, origin)).toMatchObject({
      ...nothing,
      ground,
    })
  })

  it('names the exchange in either case of hexadecimal digits', () => {
    const said = { exchangeId: exchangeId.toUpperCase(), notice: 'QEBUL_EDILIB' }
    expect(readRecipientNotice(said, origin).exchangeId).toBe(exchangeId)
  })

  it.each<[string, NoticeSaid]>([
    ['exchangeId', { exchangeId: 'yoxdur', notice: 'QEBUL_EDILIB' }],
    ['exchangeId', { exchangeId: undefined, notice: 'QEBUL_EDILIB' }],
    ['notice', { exchangeId, notice: 'CATDIRILIB' }],
    ['notice', { exchangeId, notice: 'qebul_edilib' }],
    ['notice', { exchangeId, notice: ['IMTINA'] }],
    ['number', { exchangeId, notice: 'QEYDIYYATA_ALINIB', date: '2026-11-26' }],
    ['date', { exchangeId, notice: 'QEYDIYYATA_ALINIB', number: '1' }],
    ['date', { exchangeId, notice: 'QEYDIYYATA_ALINIB', number: '1', date: '26.11.2026' }],
    ['date', { exchangeId, notice: 'QEYDIYYATA_ALINIB', number: '1', date: '2026-02-30' }],
    ['number', { exchangeId, notice: 'QEYDIYYATA_ALINIB', number: 1, date: '2026-11-26' }],
    ['number', { exchangeId, notice: 'QEBUL_EDILIB', number: '1' }],
    ['ground', { exchangeId, notice: 'QEBUL_EDILIB', ground: 'x' }],
    ['ground', { exchangeId, notice: 'IMTINA' }],
    ['ground', { exchangeId, notice: 'IMTINA', ground: 'x'.repeat(501) }],
    ['ground', { exchangeId, notice: 'IMTINA', ground: 'a\nb' }],
  ])('is refused for its field %s: %j', (field, said) => {
    expect(fieldOf(said)).toBe(field)
  })

  it('is taken or refused, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.record({
          exchangeId: fc.oneof(fc.constant(exchangeId), fc.anything()),
          notice: fc.oneof(fc.constantFrom('QEYDIYYATA_ALINIB', 'IMTINA'), fc.anything()),
          number: fc.oneof(fc.string(), fc.anything()),
          date: fc.oneof(fc.constant('2026-11-26'), fc.string(), fc.anything()),
          ground: fc.option(fc.string({ unit: anyCharacter }), { nil: undefined }),
        }),
        (said) => {
          try {
            const { ground = '', registration } = readRecipientNotice(said, origin)
            for (const text of [ground, registration?.number ?? '']) {
              expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
            }
          } catch (error) {
            expect(error).toBeInstanceOf(Fault)
          }
        },
      ),
    )
  })
})
