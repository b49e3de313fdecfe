import { expect } from '@jest/globals'
import type { DeskPlane, DeskStory } from '../../support/desk-plane.js'
import { until } from '../../support/message-log.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import {
  sampleMember,
  sampleRight,
  sampleService,
  subsystems,
} from '../../support/whole-bus-sample.js'

const hourMs = 3_600_000
const fund = 'AZ/GOV/DSMF/FUS/pensiyaKapitali/v1'
const police = 'AZ/GOV/DIN/GCQ/finAxtaris/v1'
const portalAdmin = 'MEMBER_ADMIN AZ/GOV/RITN'
const planned = 'maintenance.planned'
const works = { az: 'Baza yenilənir', en: 'Database upgrade' }

const systemOf = (service: string): string => service.split('/').slice(0, 4).join('/')
const memberOf = (service: string): string => service.split('/').slice(0, 3).join('/')

/** OP-2, its first half: announced works. */
export function announcedWorks(): readonly DeskStory[] {
  return [
    [
      'two days ahead or late, works are told to who has rights, counted, and answered for (R-140, R-141, R-142)',
      async (desk) => {
        const { plane } = desk
        const { bus } = plane
        await registered(desk)
        for (const service of [fund, police]) {
          await expectAnswered(bus, await bus.portal.call({ service }))
        }
        const from = new Date(Date.now() + 1_000)
        const windows = [
          await announced(desk, fund, from, 49),
          await announced(desk, police, from, 10),
        ]
        expect(windows.map(({ late }) => late)).toEqual([false, true])

        const told = async (service: string): Promise<string> => {
          const [text = ''] = await desk.told(portalAdmin, planned, systemOf(service))
          return text
        }
        const mark = 'Bildiriş iki gündən az müddət qalmış təqdim edilib.'
        expect(await told(fund)).toContain(works.az)
        expect(await told(fund)).not.toContain(mark)
        expect(await told(police)).toContain(mark)
        expect(await desk.told('MEMBER_ADMIN AZ/GOV/TN', planned, systemOf(fund))).toEqual([])

        const { json } = await plane.ask(['AGENCY', 'GET', '/v1/maintenance-reports'])
        expect((json as { items: object[] }).items).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ member: memberOf(fund), announced: 1, late: 0 }),
            expect.objectContaining({ member: memberOf(police), announced: 1, late: 1 }),
          ]),
        )

        await until(() => Promise.resolve(Date.now() >= from.getTime()))
        const { count } = bus.providers.taxes
        for (const service of [fund, police]) {
          const answer = await bus.portal.call({ service })
          await expectRefused(bus, answer, 'IN_MAINTENANCE', { side: 'provider' })
          expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
        }
        expect(bus.providers.taxes.count).toBe(count)
      },
    ],
  ]
}

/** By who has the machine: this story is not about the desk. */
async function registered({ plane: { bus } }: DeskPlane): Promise<void> {
  const { address } = bus.providers.taxes
  await bus.registry.apply({
    members: [fund, police].map((service) =>
      sampleMember(systemOf(service), {
        services: [sampleService(service.split('/')[4]!, address)],
      }),
    ),
    accessRights: [fund, police].map((service) =>
      sampleRight(subsystems.portal, service.replace('/v1', '')),
    ),
  })
}

/** Announced so many hours before they begin. */
async function announced(
  { plane, behind }: DeskPlane,
  service: string,
  from: Date,
  hours: number,
): Promise<{ late: boolean }> {
  behind.behindMs = hours * hourMs
  const body = { target: systemOf(service), works, from, until: new Date(from.getTime() + hourMs) }
  const who = `MEMBER_ADMIN ${memberOf(service)}` as const
  const filed = await plane.ask([who, 'POST', '/v1/maintenance-windows'], { status: 201, body })
  behind.behindMs = 0
  await plane.bus.registry.settled()
  return filed.json as { late: boolean }
}
