import { expect } from '@jest/globals'
import { at, type ControlPlane, type Pair, type Story } from '../../support/control-plane.js'
import { makeAuthority, makeShortRsaKeyPair, type TestIdentity } from '../../support/pki.js'
import { withoutSignature, type Answer, type Call } from '../../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import { authorityName, services, subsystems } from '../../support/whole-bus-sample.js'

const yaml = { 'content-type': 'application/yaml' }
const dayMs = 86_400_000

/** Applies a declaration, which JSON is too. */
async function declare(plane: ControlPlane, declaration: object, status = 200): Promise<void> {
  await plane.ask(['OPERATOR', 'POST', '/v1/registry/declarations?reason=M%C3%BCraci%C9%99t'], {
    ...{ status, headers: yaml, bytes: Buffer.from(JSON.stringify(declaration)) },
  })
}

function systemOf(id: string, fields: object, member: object = {}): object {
  const [, memberClass, code, own] = id.split('/')
  const subsystem = [{ code: own, ...fields }]
  return {
    instance: 'AZ',
    members: [{ class: memberClass, code, ...member, subsystems: subsystem }],
  }
}

async function register(plane: ControlPlane, { pem }: TestIdentity, status = 200): Promise<void> {
  await declare(plane, systemOf(subsystems.portal, { certificates: [{ pem }] }), status)
}

/** Whose signatures and certificates pass. */
export function signers(): readonly Story[] {
  return [
    [
      'another system’s certificate: CERT_SENDER_MISMATCH (R-081)',
      async (plane) => {
        const { portal, bus } = plane
        const credentials = bus.identities.personnel
        await plane.refused(portal, 'CERT_SENDER_MISMATCH', { credentials })
      },
    ],

    [
      'unsigned, altered, expired, revoked, of an unknown authority: five faults, each recorded (R-082)',
      async (plane) => {
        const { bus, portal } = plane
        const expired = await bus.authority.issue({ notAfter: new Date(Date.now() - dayMs / 2) })
        const foreign = await (await makeAuthority('Yad kök')).issue()
        const revoked = await plane.certified(subsystems.portal, 'MEMBER_ADMIN AZ/GOV/RITN')
        await register(plane, expired)
        await register(plane, foreign)
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
          const altered = await consumer.send({
            ...good,
            payload: Buffer.from('{"fin":"0TEST02"}'),
          })
          await expectRefused(bus, altered, 'SIGNATURE_INVALID', { field: 'content-digest' })
        }
        expect(bus.providers.taxes.count).toBe(count)
      },
    ],

    [
      'an algorithm with SHA-1 is refused, and an RSA key of 1024 bits is not registered (R-086)',
      async (plane) => {
        const { bus, portal } = plane
        for (const consumer of portal) {
          const call = consumer.sign()
          const input = call.headers['Signature-Input']!.replace(
            'ecdsa-p256-sha256',
            'rsa-v1_5-sha1',
          )
          const headers = { ...call.headers, 'Signature-Input': input }
          const answer = await consumer.send({ ...call, headers })
          await expectRefused(bus, answer, 'ALGORITHM_FORBIDDEN', { status: 401, field: 'alg' })
        }
        await register(plane, await bus.authority.issue({ keyPair: makeShortRsaKeyPair() }), 422)
      },
    ],

    [
      'a second authority is accepted, and removed (R-089)',
      async (plane) => {
        const { bus, portal } = plane
        const second = await makeAuthority('İkinci kök')
        const credentials = await second.issue()
        await register(plane, credentials)
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
      },
    ],
  ]
}

/** Works that begin at once: the fault tells their planned end. */
async function inMaintenance(plane: ControlPlane, target: string): Promise<Answer> {
  const until = new Date(Date.now() + 86_400_000).toISOString()
  const works = { az: 'Texniki iş', en: 'Works' }
  await plane.ask(['OPERATOR', 'POST', '/v1/maintenance-windows'], {
    ...{ status: 201, body: { target, until, works } },
  })
  const call = { service: target }
  await plane.inForce(plane.portal, 'IN_MAINTENANCE', call)
  const [, down] = await plane.refused(plane.portal, 'IN_MAINTENANCE', call, 'provider')
  const [day = '', time = ''] = until.split('T')
  const said = `${day.split('-').reverse().join('.')} ${time.slice(0, 5)} UTC`
  expect(down?.problem?.text.az).toContain(said)
  return down!
}

/** Whom requests reach. */
export function targets(): readonly Story[] {
  return [
    [
      'unregistered, suspended, in maintenance, liquidated: four faults, each recorded, none delivered (R-031, R-134)',
      async (plane) => {
        const { portal, bus } = plane
        const { address } = bus.providers.taxes
        const offered = ['dayanib', 'temirde', 'legv']
        for (const code of offered) {
          const body = {
            subsystem: subsystems.taxes,
            code,
            version: 'v1',
            protocol: 'rest',
            address,
          }
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
        const down = await inMaintenance(plane, `${subsystems.taxes}/temirde/v1`)
        expect(Number(down.headers['retry-after'])).toBeGreaterThan(0)
        const ended = { status: 'liquidated', successor: services.taxes }
        const gone = await standing('legv', 'TARGET_LIQUIDATED', ended)
        expect(gone.problem?.detail).toContain(services.taxes)
        const service = `${subsystems.taxes}/qeydsiz/v1`
        await plane.refused(portal, 'TARGET_UNREGISTERED', { service })
        const path = at('services', `${subsystems.taxes}/legv/v1`)
        expect((await plane.ask(['AGENCY', 'GET', path])).json).toMatchObject(ended)
      },
    ],

    [
      'a domain is stopped by its founder’s administrator; other domains work (R-155)',
      async (plane) => {
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
        await declare(plane, { ...systemOf(id, fields, { name }), accessRights: [right] })
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
      },
    ],
  ]
}
