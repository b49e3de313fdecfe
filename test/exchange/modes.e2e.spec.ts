import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { randomUUID } from 'node:crypto'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

describe('R-104: calls on behalf of a body need legal basis and case number', () => {
  it.each([
    ['Sluice-Legal-Basis', 'legalBasis'],
    ['X-Road-Issue', 'caseNumber'],
  ])('without %s: LEGAL_BASIS_REQUIRED', async (header, field) => {
    const answer = await bus.portal.call({ headers: { [header]: undefined } })
    await expectRefused(bus, answer, 'LEGAL_BASIS_REQUIRED', { status: 422, field })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('with both, the log has both', async () => {
    const legalBasis = 'İnzibati icraat haqqında Qanun, maddə 5'
    const headers = {
      'Sluice-Legal-Basis': encodeURIComponent(legalBasis),
      'X-Road-Issue': encodeURIComponent('İş № 12/ə'),
    }
    const [request] = await expectAnswered(bus, await bus.portal.call({ headers }))
    expect(request).toMatchObject({ mode: 'body', legalBasis, caseNumber: 'İş № 12/ə' })
  })

  it('a call on behalf of a person names the person instead', async () => {
    const headers = {
      'Sluice-Mode': 'user',
      'Sluice-Legal-Basis': undefined,
      'X-Road-Issue': undefined,
    }
    await expectRefused(bus, await bus.portal.call({ headers }), 'ASSERTION_INVALID', {
      status: 403,
      field: 'userId',
    })
    const named = { ...headers, 'X-Road-UserId': `AZ-${randomUUID()}` }
    const [request] = await expectAnswered(bus, await bus.portal.call({ headers: named }))
    expect(request.subjectPseudonym).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})
