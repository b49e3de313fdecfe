import { expect } from '@jest/globals'
import { AdminDatabase } from '../../../src/admin/admin-database.store.js'
import { LifeCycleJob } from '../../../src/admin/life-cycle/life-cycle-job.js'
import { LifeCycle } from '../../../src/admin/life-cycle/life-cycle.js'
import { RegistryChanges } from '../../../src/admin/registry/registry-changes.js'
import { at, type ControlPlane, type Story, type Who } from '../../support/control-plane.js'
import type { TestIdentity } from '../../support/pki.js'
import { expectAnswered } from '../../support/whole-bus-expect.js'
import { services, subsystems } from '../../support/whole-bus-sample.js'

const { portal: portalId, personnel, taxes } = subsystems
const old = 'AZ/GOV/RITN'
const heir = 'AZ/GOV/DQMK'
const adminOf = (member: string): Who => `MEMBER_ADMIN ${member}`

async function lifeCycle(
  plane: ControlPlane,
  kind: string,
  body: object,
  status = 201,
): Promise<void> {
  const terms = { reason: 'Sərəncam 7', ...body }
  await plane.ask(['OPERATOR', 'POST', `/v1/life-cycle/${kind}`], { status, body: terms })
}

async function noticesOf(plane: ControlPlane, member: string): Promise<string[]> {
  const { json } = await plane.ask([adminOf(member), 'GET', '/v1/notices?limit=200'])
  const { items } = json as { items: { kind: string; subject: string }[] }
  return items.map(({ kind, subject }) => `${kind} ${subject}`)
}

/** Suspension, owners, ends: each act of the API with all that follows, on both nodes. */
export function lifeOfSystems(): readonly Story[] {
  let own: TestIdentity & { serial: string }

  return [
    [
      'suspended, its certificates are on hold; resumed, they are good (R-088)',
      async (plane) => {
        const { portal } = plane
        own = await plane.certified(portalId, adminOf(old))
        const credentials = own
        await plane.inForce(portal, '200', { credentials })
        const path = at('subsystems', portalId, '/status')
        const statusNow = async (): Promise<unknown> => {
          const { json } = await plane.ask(['OPERATOR', 'GET', `/v1/certificates/${own.serial}`])
          return (json as { status: string }).status
        }
        await plane.change(['OPERATOR', 'PUT', path], { status: 'suspended', reason: 'Pozuntu' })
        await plane.inForce(portal, 'CERT_REVOKED', { credentials })
        expect(await statusNow()).toBe('held')
        await plane.refused(portal, 'CERT_REVOKED', { credentials })
        await plane.change(['OPERATOR', 'PUT', path], { status: 'active', reason: 'Aradan qalxıb' })
        await plane.inForce(portal, '200', { credentials })
        expect(await statusNow()).toBe('active')
      },
    ],

    [
      'at its day it has another owner, whose keys are good, and the former’s are not (R-130)',
      async (plane) => {
        const { portal } = plane
        const due = new Date(Date.now() + 3_600_000)
        await lifeCycle(plane, 'owner-changes', {
          subsystem: portalId,
          to: heir,
          at: due.toISOString(),
        })
        expect(await noticesOf(plane, 'AZ/GOV/VN')).not.toContain(`life-cycle.done ${portalId}`)
        await plane.inForce(portal, '200', { credentials: own })
        const admin = new AdminDatabase(plane.world.api.database.pool)
        const job = new LifeCycleJob(admin, new LifeCycle(admin, new RegistryChanges(admin.pool)))
        expect(await job.turn(new Date(due.getTime() + 1))).toBe(1)
        await plane.inForce(portal, 'CERT_REVOKED', { credentials: own })
        const csr = { csr: `-----BEGIN CERTIFICATE REQUEST-----\n${'x'.repeat(99)}` }
        const certificates = at('subsystems', portalId, '/certificates')
        await plane.ask([adminOf(old), 'POST', certificates], { status: 403, body: csr })
        own = await plane.certified(portalId, adminOf(heir))
        await plane.inForce(portal, '200', { credentials: own })
        for (const member of [old, heir]) {
          expect(await noticesOf(plane, member)).toContain(`life-cycle.done ${portalId}`)
        }
        const { json } = await plane.ask(['AGENCY', 'GET', at('subsystems', portalId, '/history')])
        const { items } = json as { items: { entry: { owner: string } }[] }
        expect(new Set(items.map(({ entry }) => entry.owner))).toEqual(new Set([heir, old]))
      },
    ],

    [
      'merged into another, a member’s systems go on under their names (R-135)',
      async (plane) => {
        const staff = plane.pair(plane.bus.consumers.personnel)
        await lifeCycle(plane, 'mergers', { from: heir, into: 'AZ/GOV/TN' })
        const systems = await plane.ask(['AGENCY', 'GET', '/v1/subsystems?owner=AZ%2FGOV%2FTN'])
        const { items } = systems.json as { items: { id: string }[] }
        const moved = items.map(({ id }) => id)
        expect(moved).toEqual(expect.arrayContaining([personnel, portalId]))
        const member = await plane.ask(['AGENCY', 'GET', at('members', heir)])
        expect(member.json).toMatchObject({
          ...{ status: 'liquidated', successor: 'AZ/GOV/TN', aliasUntil: expect.anything() },
        })
        await plane.inForce(staff, '200')
        await plane.inForce(plane.portal, '200', { credentials: own })
        const path = at('subsystems', portalId, '/certificates')
        await plane.ask([adminOf(heir), 'GET', path], { status: 403 })
        await plane.ask([adminOf('AZ/GOV/TN'), 'GET', path])
      },
    ],

    [
      'important, it does not end without a successor (R-036); ended, it is named (R-131, R-134); archived, it is kept (R-136)',
      async (plane) => {
        const { bus, portal } = plane
        const call = { credentials: own }
        const before = await portal[1].call(call)
        await plane.change(['OPERATOR', 'PATCH', at('subsystems', taxes)], { important: true })
        await lifeCycle(plane, 'liquidations', { subject: taxes }, 422)
        await lifeCycle(plane, 'archivings', { subject: taxes }, 422)
        await lifeCycle(plane, 'liquidations', { subject: taxes, successor: subsystems.education })
        await plane.inForce(portal, 'TARGET_LIQUIDATED', call)
        const [, answer] = await plane.refused(portal, 'TARGET_LIQUIDATED', call)
        expect(answer?.problem?.detail).toContain(subsystems.education)
        expect(await noticesOf(plane, 'AZ/GOV/TN')).toContain(`life-cycle.done ${taxes}`)
        const rights = await plane.ask([
          ...([
            'AGENCY',
            'GET',
            `/v1/access-rights?provider=${encodeURIComponent(taxes)}`,
          ] as const),
        ])
        const { items } = rights.json as { items: { status: string }[] }
        expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['withdrawn']))
        await expectAnswered(bus, before)
        await lifeCycle(plane, 'archivings', { subject: taxes }, 204)
        const listed = async (query: string): Promise<string[]> => {
          const { json } = await plane.ask(['AGENCY', 'GET', `/v1/services${query}`])
          return (json as { items: { id: string }[] }).items.map(({ id }) => id)
        }
        expect(await listed('')).not.toContain(services.taxes)
        expect(await listed('?archived=true')).toContain(services.taxes)
        await plane.refused(portal, 'TARGET_LIQUIDATED', call)
      },
    ],

    [
      'hands that over: the former officer’s acts stay, and no more are done (R-133)',
      async (plane) => {
        const { world } = plane
        const officer = await world.enter({ login: 'former', member: old, roles: ['OPERATOR'] })
        const next = await world.enter({ login: 'next', member: 'AZ/GOV/TN' })
        const path = at('domains', 'SENED')
        const stop = async (token: string, status: string): Promise<number> => {
          const { headers } = await world.call(token, 'GET', path)
          const body = { status, reason: 'Sınaq' }
          const call = { body, ifMatch: String(headers['etag']) }
          return (await world.call(token, 'PUT', `${path}/status`, call)).status
        }
        expect([await stop(officer.token, 'suspended'), await stop(next.token, 'active')]).toEqual([
          ...[200, 403],
        ])
        const body = { operator: 'AZ/GOV/TN', officers: [next.id] }
        const handed = await world.call(officer.token, 'POST', '/v1/operator-handovers', { body })
        expect(handed.status).toBe(201)
        world.pass(1)
        expect([await stop(officer.token, 'active'), await stop(next.token, 'active')]).toEqual([
          ...[401, 200],
        ])
        const acts = (await world.acts('registry.apply')).filter(
          (act) => act.subject === 'domain SENED',
        )
        expect(
          acts.slice(-2).map(({ account, before, after }) => [account, before, after]),
        ).toEqual([
          [officer.id, expect.objectContaining({ status: 'active' }), expect.anything()],
          [next.id, expect.objectContaining({ status: 'suspended' }), expect.anything()],
        ])
        expect(await world.acts('operator.handover')).toHaveLength(1)
      },
    ],

    [
      'acts with actor, before and after, in one log (R-129)',
      async (plane) => {
        const kinds = [
          'registry.apply',
          'access-right.grant',
          'access-right.refuse',
          'contract.register',
        ]
        for (const kind of [...kinds, 'certificate.issue', 'certificate.hold', 'persons.change']) {
          const acts = await plane.world.acts(kind)
          expect([kind, acts.length > 0]).toEqual([kind, true])
          expect(acts.every(({ actor }) => actor !== '')).toBe(true)
        }
        const acts = await plane.world.acts('registry.apply')
        const change = acts.find(
          ({ before, subject }) => before && subject === `subsystem ${taxes}`,
        )
        expect(change?.after).not.toEqual(change?.before)
      },
    ],

    [
      'nothing of persons in clear in the database, nor any private key in an answer (R-106, R-080)',
      async (plane) => {
        const { bus, answers, world } = plane
        const stored = await bus.log.everything()
        for (const secret of [
          '0TEST01',
          '0TEST02',
          '9900000022',
          '994501234567',
          'Gizli',
          '5XY7K2A',
        ]) {
          expect([secret, stored.includes(secret)]).toEqual([secret, false])
        }
        expect(answers.filter(({ bytes }) => bytes.includes('PRIVATE KEY'))).toEqual([])
        expect(world.api.errors).toEqual([])
      },
    ],
  ]
}
