import { expect } from '@jest/globals'
import { at } from '../../support/control-plane.js'
import type { DeskStory } from '../../support/desk-plane.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import { subsystems } from '../../support/whole-bus-sample.js'
import { system } from './joining.js'

const ministry = 'AZ/GOV/RITN'
const agency = 'AZ/GOV/DA'
const line = { service: `${system}/xett/v1`, method: 'GET', rest: '/xetler/101' }

/** OP-3: a portal and a bus change hands, and a service ends. */
export function handingOver(): readonly DeskStory[] {
  return [
    [
      'the portal is handed to the State Agency, whose key is good from then on (R-130)',
      async ({ plane }) => {
        const { bus } = plane
        const name = { az: 'Dövlət Agentliyi', en: 'State Agency' }
        const member = { class: 'GOV', code: 'DA', name }
        await plane.ask(['OPERATOR', 'POST', '/v1/members'], { status: 201, body: member })
        const body = { subsystem: subsystems.portal, to: agency, reason: 'Fərman, bənd 3' }
        await plane.ask(['OPERATOR', 'POST', '/v1/life-cycle/owner-changes'], { status: 201, body })
        await bus.registry.settled()
        await expectRefused(bus, await bus.portal.call(line), 'CERT_REVOKED')
        const path = at('subsystems', subsystems.portal, '/certificates')
        await plane.ask([`MEMBER_ADMIN ${ministry}`, 'GET', path], { status: 403 })
        const credentials = await plane.certified(subsystems.portal, `MEMBER_ADMIN ${agency}`)
        await bus.registry.settled()
        await expectAnswered(bus, await bus.portal.call({ ...line, credentials }))

        const retired = { status: 'liquidated', successor: `${system}/dayanacaq/v1` }
        await plane.change(['OPERATOR', 'PUT', at('services', line.service, '/status')], {
          ...{ ...retired, reason: 'Əvəz edilib' },
        })
        await bus.registry.settled()
        const answer = await bus.portal.call({ ...line, credentials })
        await expectRefused(bus, answer, 'TARGET_LIQUIDATED')
        expect(answer.problem?.detail).toContain(retired.successor)
      },
    ],

    [
      'the bus has another operator, whose officers decide, and the former’s do not (R-133)',
      async ({ plane }) => {
        const { world } = plane
        const former = await world.enter({ login: 'former', member: ministry, roles: ['OPERATOR'] })
        const next = await world.enter({ login: 'next', member: agency })
        const body = { operator: agency, officers: [next.id] }
        const path = '/v1/operator-handovers'
        expect((await world.call(former.token, 'POST', path, { body })).status).toBe(201)
        world.pass(1)
        const domain = { class: 'GOV', code: 'YENI', name: { az: 'Yeni', en: 'New' } }
        const admitted = async (token: string): Promise<number> =>
          (await world.call(token, 'POST', '/v1/members', { body: domain })).status
        expect([await admitted(former.token), await admitted(next.token)]).toEqual([401, 201])
      },
    ],
  ]
}
