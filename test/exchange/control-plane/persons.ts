import { expect } from '@jest/globals'
import { at, type Story } from '../../support/control-plane.js'
import type { Call } from '../../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import { services } from '../../support/whole-bus-sample.js'

const user = { 'Sluice-Mode': 'user', 'Sluice-Legal-Basis': undefined, 'X-Road-Issue': undefined }
const person = { fin: '0TEST01', voen: ['9900000022'], telefon: ['+994501234567'] }

/** About whom requests are, and on whose behalf. */
export function persons(): readonly Story[] {
  const asUser = (payload: object, more: Call = {}): Call => ({
    ...more,
    payload: JSON.stringify(payload),
    headers: { ...user, ...more.headers },
    assertion: { claims: { sub: person, ...more.assertion?.claims } },
  })

  return [
    [
      'a user gets data about themselves alone, once the registry says where they stand (R-100)',
      async (plane) => {
        const { portal } = plane
        const stranger = asUser({ fin: '0TEST02' })
        await plane.inForce(portal, '200', stranger)
        const subjects = [
          { type: 'fin', request: '/fin', reply: '/fin' },
          { type: 'voen', request: '/voen' },
          { type: 'telefon', request: '/telefon' },
        ]
        const path = at('services', services.taxes)
        await plane.change(['OPERATOR', 'PATCH', path], { subjects })
        await plane.inForce(portal, 'NOT_DATA_SUBJECT', stranger)
        for (const payload of [
          { fin: '0TEST02' },
          { voen: '9900000033' },
          { telefon: '0501234568' },
        ]) {
          await plane.refused(portal, 'NOT_DATA_SUBJECT', asUser(payload))
        }
        for (const own of [
          { fin: '0TEST01' },
          { voen: '9900000022' },
          { telefon: '+994 50 123 45 67' },
        ]) {
          await expectAnswered(plane.bus, await portal[1].call(asUser(own)))
        }
      },
    ],

    [
      'an answer about another does not reach the user (R-101)',
      async (plane) => {
        const { bus, portal } = plane
        bus.providers.taxes.answer = () => ({
          headers: { 'Content-Type': 'application/json' },
          payload: '{"fin":"0TEST02","ad":"Gizli"}',
        })
        for (const consumer of portal) {
          const answer = await consumer.call(asUser({ fin: '0TEST01' }))
          const terms = { side: 'provider', field: '/fin', entries: 2 } as const
          await expectRefused(bus, answer, 'RESPONSE_SUBJECT_MISMATCH', terms)
          expect(answer.payload.toString()).not.toContain('Gizli')
        }
      },
    ],

    [
      'a service demands an e-signature (R-102)',
      async (plane) => {
        const path = at('services', services.taxes)
        const claims = { acr: 'code-password' }
        const weak = asUser({ fin: '0TEST01' }, { assertion: { claims } })
        await plane.inForce(plane.portal, '200', weak)
        await plane.change(['OPERATOR', 'PATCH', path], { assurance: 'e-signature' })
        await plane.inForce(plane.portal, 'ASSURANCE_TOO_LOW', weak)
        await plane.refused(plane.portal, 'ASSURANCE_TOO_LOW', weak)
        await expectAnswered(plane.bus, await plane.portal[1].call(asUser({ fin: '0TEST01' })))
      },
    ],

    [
      'an assertion is fresh, and bound to its request and service (R-103)',
      async (plane) => {
        const { portal } = plane
        const before = portal[0].sign(asUser({ fin: '0TEST01' }))
        const old = before.headers['Sluice-Assertion']!
        const [head, claims = '', signature] = old.split('.')
        const changed = Buffer.from(claims, 'base64url').toString().replace('0TEST01', '0TEST02')
        const forged = `${head}.${Buffer.from(changed).toString('base64url')}.${signature}`
        const own = asUser({ fin: '0TEST01' })
        const withAssertion = (text: string, more: Call = {}): Call => ({
          ...{ ...own, ...more, headers: { ...own.headers, 'Sluice-Assertion': text } },
        })
        await plane.refused(portal, 'ASSERTION_INVALID', withAssertion(old))
        await plane.refused(portal, 'ASSERTION_INVALID', withAssertion(forged))
        const elsewhere = { service: services.education, messageId: before.headers['X-Road-Id']! }
        for (const consumer of portal) {
          expect((await consumer.call(withAssertion(old, elsewhere))).fault).toBe(
            'ASSERTION_INVALID',
          )
        }
      },
    ],

    [
      'a body needs legal basis and case number, and the log has both (R-104)',
      async (plane) => {
        const { bus, portal } = plane
        for (const name of ['Sluice-Legal-Basis', 'X-Road-Issue']) {
          await plane.refused(portal, 'LEGAL_BASIS_REQUIRED', { headers: { [name]: undefined } })
        }
        const [request] = await expectAnswered(bus, await portal[1].call())
        expect(request).toMatchObject({
          ...{ legalBasis: 'Vergi Məcəlləsi, maddə 30', caseNumber: 'VN-2026-000118' },
        })
        const path = at('services', services.taxes)
        await plane.change(['OPERATOR', 'PATCH', path], { subjects: [], assurance: null })
      },
    ],
  ]
}
