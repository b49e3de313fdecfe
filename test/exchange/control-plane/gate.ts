import { describe, expect, it } from '@jest/globals'
import { at, type ControlPlane, type Pair } from '../../support/control-plane.js'
import { makeAuthority, makeShortRsaKeyPair, type TestIdentity } from '../../support/pki.js'
import { withoutSignature, type Answer, type Call } from '../../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import { authorityName, services, subsystems } from '../../support/whole-bus-sample.js'

const yaml = { 'content-type': 'application/yaml' }
const dayMs = 86_400_000

/** What is refused at the gate of each node, and by what the registry says: changed by API. */
export function describeGate(field: () => ControlPlane): void {
  /** Applies a declaration, which JSON is too. */
  const declare = (declaration: object, status = 200): Promise<unknown> =>
    field().ask(['OPERATOR', 'POST', '/v1/registry/declarations?reason=M%C3%BCraci%C9%99t'], {
      ...{ status, headers: yaml, bytes: Buffer.from(JSON.stringify(declaration)) },
    })
  const system = (id: string, fields: object, member: object = {}): object => {
    const [, memberClass, code, own] = id.split('/')
    const subsystemFields = [{ code: own, ...fields }]
    const members = [{ class: memberClass, code, ...member, subsystems: subsystemFields }]
    return { instance: 'AZ', members }
  }
  const register = ({ pem }: TestIdentity, status = 200): Promise<unknown> =>
    declare(system(subsystems.portal, { certificates: [{ pem }] }), status)

  describeTargets(field, declare, system)

  describe('signatures and certificates, on both nodes', () => {
    it('another system’s certificate: CERT_SENDER_MISMATCH (R-081)', async () => {
      const { portal, bus } = field()
      const credentials = bus.identities.personnel
      await field().refused(portal, 'CERT_SENDER_MISMATCH', { credentials })
    })

    it('unsigned, altered, expired, revoked, of an unknown authority: five faults, each recorded (R-082)', async () => {
      const plane = field()
      const { bus, portal } = plane
      const expired = await bus.authority.issue({ notAfter: new Date(Date.now() - dayMs / 2) })
      const foreign = await (await makeAuthority('Yad kök')).issue()
      const revoked = await plane.certified(subsystems.portal, 'MEMBER_ADMIN AZ/GOV/RITN')
      await register(expired)
      await register(foreign)
      await plane.inForce(portal, '200', { credentials: revoked })
      await plane.change(['SECURITY', 'POST', `/v1/certificates/${revoked.serial}/revoke`], {
        reason: 'Açar itirilib',
        code: 'keyCompromise',
      })
      await plane.inForce(portal, 'CERT_REVOKED', { credentials: revoked })
      await plane.refused(portal, 'CERT_REVOKED', { credentials: revoked })
      await plane.refused(portal, 'CERT_EXPIRED', { credentials: expired })
      await plane.refused(portal, 'CERT_UNKNOWN', { credentials: foreign })
      const { count } = bus.providers.taxes
      for (const consumer of portal) {
        const good = consumer.sign()
        const unsigned = await consumer.send(withoutSignature(good))
        await expectRefused(bus, unsigned, 'SIGNATURE_MISSING', { status: 401 })
        const altered = await consumer.send({ ...good, payload: Buffer.from('{"fin":"0TEST02"}') })
        await expectRefused(bus, altered, 'SIGNATURE_INVALID', { field: 'content-digest' })
      }
      expect(bus.providers.taxes.count).toBe(count)
    })

    it('an algorithm with SHA-1 is refused, and an RSA key of 1024 bits is not registered (R-086)', async () => {
      const { bus, portal } = field()
      for (const consumer of portal) {
        const call = consumer.sign()
        const input = call.headers['Signature-Input']!.replace('ecdsa-p256-sha256', 'rsa-v1_5-sha1')
        const headers = { ...call.headers, 'Signature-Input': input }
        const answer = await consumer.send({ ...call, headers })
        await expectRefused(bus, answer, 'ALGORITHM_FORBIDDEN', { status: 401, field: 'alg' })
      }
      await register(await bus.authority.issue({ keyPair: makeShortRsaKeyPair() }), 422)
    })

    it('a second authority is accepted, and removed (R-089)', async () => {
      const plane = field()
      const { bus, portal } = plane
      const second = await makeAuthority('İkinci kök')
      const credentials = await second.issue()
      await register(credentials)
      await plane.refused(portal, 'CERT_UNKNOWN', { credentials })
      const body = {
        ...{ name: 'İkinci kök', pem: second.pem, role: 'anchor', revocation: 'none' },
        reason: 'Akkreditasiya olunmuş mərkəz',
      }
      await plane.ask(['OPERATOR', 'POST', '/v1/authorities'], { status: 201, body })
      await plane.inForce(portal, '200', { credentials })
      const path = at('authorities', 'İkinci kök')
      await plane.change(['OPERATOR', 'PUT', path], { status: 'removed', reason: 'Ləğv edilib' })
      await plane.inForce(portal, 'CERT_UNKNOWN', { credentials })
      await plane.refused(portal, 'CERT_UNKNOWN', { credentials })
      const first = await plane.ask(['AGENCY', 'GET', at('authorities', authorityName)])
      expect(first.json).toMatchObject({ status: 'accepted' })
      await expectAnswered(bus, await portal[1].call())
    })
  })

  describePersons(field)
}

type Declare = (declaration: object, status?: number) => Promise<unknown>
type System = (id: string, fields: object, member?: object) => object

function describeTargets(field: () => ControlPlane, declare: Declare, system: System): void {
  describe('the target of a request, on both nodes', () => {
    it('unregistered, suspended, in maintenance, liquidated: four faults, each recorded, none delivered (R-031, R-134)', async () => {
      const plane = field()
      const { portal, bus } = plane
      const { address } = bus.providers.taxes
      const offered = ['dayanib', 'temirde', 'legv']
      for (const code of offered) {
        const body = { subsystem: subsystems.taxes, code, version: 'v1', protocol: 'rest', address }
        await plane.ask(['OPERATOR', 'POST', '/v1/services'], {
          ...{ status: 201, body: { ...body, modes: ['body'] } },
        })
        const consumer = subsystems.portal
        const right = { consumer, service: `${subsystems.taxes}/${code}`, modes: ['body'] }
        const terms = { legalBasis: 'VM 30', purpose: 'sınaq', from: '2026-01-01' }
        await plane.ask(['OPERATOR', 'POST', '/v1/access-rights'], {
          ...{ status: 201, body: { ...right, ...terms } },
        })
        await plane.inForce(portal, '200', { service: `${subsystems.taxes}/${code}/v1` })
      }
      const standing = async (code: string, fault: string, body: object): Promise<Answer> => {
        const service = `${subsystems.taxes}/${code}/v1`
        const reason = 'Texniki səbəb'
        await plane.change(['OPERATOR', 'PUT', at('services', service, '/status')], {
          ...{ reason, ...body },
        })
        await plane.inForce(portal, fault, { service })
        const side = fault === 'TARGET_LIQUIDATED' ? undefined : 'provider'
        return (await plane.refused(portal, fault, { service }, side))[1]!
      }
      await standing('dayanib', 'TARGET_SUSPENDED', { status: 'suspended' })
      const until = '2099-12-31T14:30:00Z'
      const down = await standing('temirde', 'IN_MAINTENANCE', { status: 'maintenance', until })
      expect(down.problem?.text.az).toContain('31.12.2099 14:30 UTC')
      const ended = { status: 'liquidated', successor: services.taxes }
      const gone = await standing('legv', 'TARGET_LIQUIDATED', ended)
      expect(gone.problem?.detail).toContain(services.taxes)
      const service = `${subsystems.taxes}/qeydsiz/v1`
      await plane.refused(portal, 'TARGET_UNREGISTERED', { service })
      const path = at('services', `${subsystems.taxes}/legv/v1`)
      expect((await plane.ask(['AGENCY', 'GET', path])).json).toMatchObject(ended)
    })

    it('a domain is stopped by its founder’s administrator; other domains work (R-155)', async () => {
      const plane = field()
      const { bus, portal } = plane
      const id = 'AZ/GOV/NK/SENEDLER'
      const credentials = await bus.authority.issue()
      const name = { az: 'Sənəd dövriyyəsi', en: 'Documents' }
      const offered = {
        ...{ code: 'oxu', version: 'v1', protocol: 'rest', modes: ['body'] },
        address: bus.providers.education.address,
      }
      const certificates = [{ pem: credentials.pem }]
      const fields = { domain: 'SENED', name, certificates, services: [offered] }
      const right = {
        ...{ consumer: id, service: `${id}/oxu`, legalBasis: 'Fərman', purpose: 'sınaq' },
        ...{ from: '2026-01-01', modes: ['body'] },
      }
      await declare({ ...system(id, fields, { name }), accessRights: [right] })
      const documents: Pair = plane.pair(bus.consumer(id, credentials))
      const call: Call = { service: `${id}/oxu/v1` }
      await plane.inForce(documents, '200', call)
      const path = at('domains', 'SENED', '/status')
      const put = (who: 'PORTAL' | 'SENED', status: string, answer: number): Promise<unknown> =>
        plane.change(
          [`FOUNDER_ADMIN ${who}`, 'PUT', path],
          { status, reason: 'Qaydalar pozulub' },
          answer,
        )
      await put('PORTAL', 'suspended', 403)
      await put('SENED', 'suspended', 200)
      await plane.inForce(documents, 'DOMAIN_SUSPENDED', call)
      const { count } = bus.providers.education
      await plane.refused(documents, 'DOMAIN_SUSPENDED', call, 'bus')
      expect(bus.providers.education.count).toBe(count)
      await expectAnswered(bus, await portal[1].call())
      await put('SENED', 'active', 200)
      await plane.inForce(documents, '200', call)
    })
  })
}

const user = { 'Sluice-Mode': 'user', 'Sluice-Legal-Basis': undefined, 'X-Road-Issue': undefined }
const person = { fin: '0TEST01', voen: ['9900000022'], telefon: ['+994501234567'] }

function describePersons(field: () => ControlPlane): void {
  const asUser = (payload: object, more: Call = {}): Call => ({
    ...more,
    payload: JSON.stringify(payload),
    headers: { ...user, ...more.headers },
    assertion: { claims: { sub: person, ...more.assertion?.claims } },
  })

  describe('personal data, on both nodes', () => {
    it('a user gets data about themselves alone, once the registry says where they stand (R-100)', async () => {
      const plane = field()
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
    })

    it('an answer about another does not reach the user (R-101)', async () => {
      const { bus, portal } = field()
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
    })

    it('a service demands an e-signature (R-102)', async () => {
      const plane = field()
      const path = at('services', services.taxes)
      const claims = { acr: 'code-password' }
      const weak = asUser({ fin: '0TEST01' }, { assertion: { claims } })
      await plane.inForce(plane.portal, '200', weak)
      await plane.change(['OPERATOR', 'PATCH', path], { assurance: 'e-signature' })
      await plane.inForce(plane.portal, 'ASSURANCE_TOO_LOW', weak)
      await plane.refused(plane.portal, 'ASSURANCE_TOO_LOW', weak)
      await expectAnswered(plane.bus, await plane.portal[1].call(asUser({ fin: '0TEST01' })))
    })

    it('an assertion is fresh, and bound to its request and service (R-103)', async () => {
      const { portal } = field()
      const before = portal[0].sign(asUser({ fin: '0TEST01' }))
      const old = before.headers['Sluice-Assertion']!
      const [head, claims = '', signature] = old.split('.')
      const changed = Buffer.from(claims, 'base64url').toString().replace('0TEST01', '0TEST02')
      const forged = `${head}.${Buffer.from(changed).toString('base64url')}.${signature}`
      const own = asUser({ fin: '0TEST01' })
      const withAssertion = (text: string, more: Call = {}): Call => ({
        ...{ ...own, ...more, headers: { ...own.headers, 'Sluice-Assertion': text } },
      })
      await field().refused(portal, 'ASSERTION_INVALID', withAssertion(old))
      await field().refused(portal, 'ASSERTION_INVALID', withAssertion(forged))
      const elsewhere = { service: services.education, messageId: before.headers['X-Road-Id']! }
      for (const consumer of portal) {
        expect((await consumer.call(withAssertion(old, elsewhere))).fault).toBe('ASSERTION_INVALID')
      }
    })

    it('a body needs legal basis and case number, and the log has both (R-104)', async () => {
      const { bus, portal } = field()
      for (const name of ['Sluice-Legal-Basis', 'X-Road-Issue']) {
        await field().refused(portal, 'LEGAL_BASIS_REQUIRED', { headers: { [name]: undefined } })
      }
      const [request] = await expectAnswered(bus, await portal[1].call())
      expect(request).toMatchObject({
        ...{ legalBasis: 'Vergi Məcəlləsi, maddə 30', caseNumber: 'VN-2026-000118' },
      })
      const path = at('services', services.taxes)
      await field().change(['OPERATOR', 'PATCH', path], { subjects: [], assurance: null })
    })
  })
}
