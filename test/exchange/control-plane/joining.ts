import { expect } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { writeContractArchive } from '../../../src/contract/contract-archive.js'
import { at, type Pair, type Story, type Who } from '../../support/control-plane.js'
import { messageContract } from '../../support/contract-samples.js'
import { services, subsystems } from '../../support/whole-bus-sample.js'

const company = 'AZ/COM/1700458231'
const system = `${company}/SIGORTA`
const admin: Who = `MEMBER_ADMIN ${company}`
const taxAdmin: Who = 'MEMBER_ADMIN AZ/GOV/VN'
const name = { az: 'Nümunə Sığorta', en: 'Sample Insurance' }
const taxCode = services.taxes.replace('/v1', '')
const wish = { consumer: system, modes: ['body'], legalBasis: 'Sığorta Qanunu, 12' }

/** A company joins, and offers and uses services, as an agency does. */
export function joining(): readonly Story[] {
  let insurer: Pair

  return [
    [
      'a company is admitted by the same procedure (R-061), with a certificate for its own key (R-080)',
      async (plane) => {
        const { bus } = plane
        const member = { class: 'COM', code: '1700458231', name }
        await plane.ask(['OPERATOR', 'POST', '/v1/members'], { status: 201, body: member })
        const registered = { member: company, code: 'SIGORTA', domain: 'PORTAL', name }
        await plane.ask(['OPERATOR', 'POST', '/v1/subsystems'], { status: 201, body: registered })
        const identity = await plane.certified(system, admin)
        const root = await plane.ca.ca.authority()
        expect(new X509Certificate(identity.pem).checkIssued(new X509Certificate(root.der))).toBe(
          true,
        )
        insurer = plane.pair(bus.consumer(system, identity))
        const key = identity.privateKey.export({ format: 'der', type: 'pkcs8' })
        const stored = await bus.log.everything()
        expect([stored.includes(key), stored.includes('PRIVATE KEY')]).toEqual([false, false])
        await plane.refused(insurer, 'ACCESS_DENIED')
      },
    ],

    [
      'a right that is refused has its ground, which the coordinator sees (R-069); granted, it is in force',
      async (plane) => {
        const requests = '/v1/access-right-requests'
        const ask = async (purpose: string): Promise<string> => {
          const body = { ...wish, service: taxCode, purpose }
          const made = await plane.ask([admin, 'POST', requests], { status: 201, body })
          return (made.json as { id: string }).id
        }
        const first = `${requests}/${await ask('reklam')}`
        await plane.change([taxAdmin, 'POST', `${first}/refuse`], {}, 400)
        const ground = { az: 'Məqsəd qanuna uyğun deyil' }
        await plane.change([taxAdmin, 'POST', `${first}/refuse`], { ground })
        const seen = await plane.ask(['AGENCY', 'GET', '/v1/access-right-refusals'])
        expect(seen.json).toMatchObject({ items: [{ consumer: system, ground }] })
        await plane.refused(insurer, 'ACCESS_DENIED')
        const second = `${requests}/${await ask('VÖEN yoxlanışı')}`
        await plane.change([taxAdmin, 'POST', `${second}/grant`], {})
        await plane.inForce(insurer, '200')
      },
    ],

    [
      'a service is offered under a contract that was uploaded, and held to it; a new version lives beside it (R-132)',
      async (plane) => {
        const { bus, portal } = plane
        const upload = async (version: string, settings: string): Promise<string> => {
          const service = `${system}/police/${version}`
          const files = Object.entries(messageContract({ service, settings }))
          const bytes = await writeContractArchive(
            new Map(files.map(([file, text]) => [file, Buffer.from(text)])),
          )
          const headers = { 'content-type': 'application/zip' }
          const kept = await plane.ask([admin, 'POST', '/v1/contracts'], {
            ...{ status: 201, bytes, headers },
          })
          return (kept.json as { digest: string }).digest
        }
        const offer = async (version: string, digest: string): Promise<void> => {
          const body = {
            ...{ subsystem: system, code: 'police', version, protocol: 'rest', modes: ['body'] },
            ...{ address: bus.providers.education.address, contract: { digest } },
          }
          await plane.ask(['OPERATOR', 'POST', '/v1/services'], { status: 201, body })
        }
        const lenient = await upload('v1', 'validation: { request: block, reply: off }')
        await offer('v1', lenient)
        const right = {
          consumer: subsystems.portal,
          service: `${system}/police`,
          purpose: 'sığorta',
        }
        const from = '2026-01-01'
        await plane.ask(['OPERATOR', 'POST', '/v1/access-rights'], {
          ...{ status: 201, body: { ...wish, ...right, from } },
        })
        const v1 = { service: `${system}/police/v1`, payload: '{"fin":"5XY7K2A"}' }
        await plane.inForce(portal, '200', v1)
        await plane.refused(portal, 'REQUEST_INVALID', { ...v1, payload: '{"fin":"qısa"}' })
        // The other version's contract is not this version's.
        const strict = await upload('v2', '')
        const contract = { contract: { digest: strict } }
        await plane.change(['OPERATOR', 'PATCH', at('services', v1.service)], contract, 422)
        await offer('v2', strict)
        bus.providers.education.answer = () => ({
          headers: { 'Content-Type': 'application/json' },
          payload: '{"tapildi":true}',
        })
        await plane.inForce(portal, '200', { ...v1, service: `${system}/police/v2` })
        await plane.inForce(portal, '200', v1)
        bus.providers.education.reset()
      },
    ],

    [
      'a new address is the next call’s (R-132), and every state can be shown with who made it (R-040)',
      async (plane) => {
        const { taxes, education } = plane.bus.providers
        const path = at('services', services.taxes)
        const moments: string[] = []
        for (const provider of [education, taxes]) {
          const { address } = provider
          const { count } = provider
          await plane.change(['OPERATOR', 'PATCH', path], { address })
          const { rows } = await plane.world.api.database.pool.query<{ now: Date }>(
            'SELECT clock_timestamp() AS now',
          )
          moments.push(new Date(rows[0]!.now.getTime() + 1).toISOString())
          for (const consumer of plane.portal) {
            const before = provider.count
            while (provider.count === before) expect((await consumer.call()).status).toBe(200)
          }
          expect(provider.count).toBeGreaterThan(count)
        }
        for (const [index, provider] of [education, taxes].entries()) {
          const then = await plane.ask(['AGENCY', 'GET', `${path}?asOf=${moments[index]}`])
          expect(then.json).toMatchObject({ address: provider.address })
        }
        const { json } = await plane.ask(['AGENCY', 'GET', `${path}/history`])
        const { items } = json as { items: { actor?: string; entry: { address: string } }[] }
        expect(items.slice(0, 2).map(({ entry }) => entry.address)).toEqual([
          ...[taxes.address, education.address],
        ])
        expect(items.slice(0, 2).every(({ actor }) => actor?.startsWith('Ad i7-'))).toBe(true)
        taxes.reset()
      },
    ],

    [
      'responsible persons are named, and the security body gets them (R-067)',
      async (plane) => {
        const path = at('members', company, '/responsible-persons')
        const person = {
          ...{ kind: 'responsible', name: 'Rəşad Nümunəyev', post: 'Şöbə müdiri' },
          email: 'rashad@example.az',
        }
        await plane.ask([taxAdmin, 'POST', path], { status: 403, body: person })
        await plane.ask([admin, 'POST', path], { status: 201, body: person })
        const told = await plane.ask([
          ...(['SECURITY', 'GET', '/v1/security/responsible-persons?domain=PORTAL'] as const),
        ])
        const { items } = told.json as { items: { member: string }[] }
        expect(items.find(({ member }) => member === company)).toMatchObject(person)
      },
    ],

    [
      'the coordinator sees the whole registry and changes nothing of it (R-044); nothing is deleted (R-036)',
      async (plane) => {
        const nouns = [
          'domains',
          'members',
          'subsystems',
          'services',
          'access-rights',
          'authorities',
        ]
        for (const noun of [...nouns, 'contracts', 'certificates', 'life-cycle/events']) {
          const list = await plane.ask(['AGENCY', 'GET', `/v1/${noun}`])
          expect(Array.isArray((list.json as { items: object[] }).items)).toBe(true)
        }
        await plane.ask(['AGENCY', 'GET', '/v1/registry/declaration'])
        const { json } = await plane.ask(['AGENCY', 'GET', '/v1/openapi.json'])
        const { paths } = json as { paths: Record<string, object> }
        let writes = 0
        for (const [path, operations] of Object.entries(paths)) {
          if (![...nouns, 'contracts', 'registry', 'life-cycle'].includes(path.split('/')[2]!))
            continue
          const target = path.replaceAll(/\{[^}]+\}/g, encodeURIComponent(system))
          for (const method of Object.keys(operations)) {
            if (method === 'get') continue
            writes += 1
            await plane.ask(['AGENCY', method.toUpperCase(), target], { status: 403 })
          }
        }
        expect(writes).toBeGreaterThan(20)
        for (const [noun, id] of [
          ['members', company],
          ['subsystems', system],
          ['services', services.taxes],
        ] as const) {
          await plane.ask(['OPERATOR', 'DELETE', at(noun, id)], { status: 405 })
        }
      },
    ],
  ]
}
