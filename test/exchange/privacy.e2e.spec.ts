import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { recordAct } from '../../src/audit-log/audit-log.store.js'
import { findPayload } from '../../src/message-log/payload-reader.store.js'
import { searchExchanges } from '../../src/log-search/log-search.store.js'
import { testSearchFilling } from '../support/log-search.js'
import { testLogJobs } from '../support/message-log.js'
import type { Call } from '../support/whole-bus-consumer.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

/** A person, as consumers and providers speak of her. */
const personal = {
  pin: '5XY7K2A',
  userId: 'AZ5XY7K2A',
  name: 'Şəfəq Nümunəyeva',
  voen: '1700458231',
  represented: 'COM/1700458231',
  street: 'Nizami küçəsi 5, mənzil 41',
}

let bus: WholeBus
let owner: pg.Client

beforeAll(async () => {
  bus = await startWholeBus()
  owner = new pg.Client(bus.database.ownerUrl)
  await owner.connect()
})

afterAll(async () => {
  await owner.end()
  await bus.close()
})

const headers = {
  'Sluice-Mode': 'user',
  'X-Road-UserId': personal.userId,
  'X-Road-Represented-Party': personal.represented,
}
const payload = JSON.stringify({ fin: personal.pin, ad: personal.name })

/** Answered, refused by the bus, failed at the provider, never authenticated. */
async function mixedLoad(): Promise<string[]> {
  const { taxes } = bus.providers
  taxes.answer = () => ({ payload: JSON.stringify({ ...personal }) })
  const calls: Call[] = [
    { headers, payload },
    { headers, payload, rest: `?fin=${personal.pin}` },
    { headers: { ...headers, 'Sluice-Purpose': encodeURIComponent('başqa') }, payload },
    { headers, payload, credentials: bus.identities.personnel },
    { headers: { ...headers, 'Sluice-Domain': 'SENED' }, payload },
  ]
  const ids: string[] = []
  for (let round = 0; round < 4; round += 1) {
    for (const call of calls) ids.push((await bus.portal.call(call)).exchangeId)
  }
  taxes.answer = () => ({ status: 500, payload: personal.name })
  ids.push((await bus.portal.call({ headers, payload })).exchangeId)
  taxes.reset()
  return ids
}

/** What of a person stands somewhere in clear; encodings that databases and JSON have of it, too. */
function foundOf(stored: Buffer): string[] {
  return Object.values(personal).filter((value) => {
    const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]
    const encodings = forms.flatMap((form) => [
      Buffer.from(form),
      Buffer.from(
        Buffer.from(form)
          .toString('base64')
          .replace(/.{0,4}$/, ''),
      ),
      Buffer.from(Buffer.from(form).toString('hex')),
    ])
    return encodings.some((bytes) => stored.includes(bytes))
  })
}

describe('R-106: personal data in the bus’s tables', () => {
  it('is nowhere in clear after a mixed load, searches and payload openings', async () => {
    const ids = await mixedLoad()
    await testLogJobs(bus.database.jobsUrl).sweepUnresolved({ olderThanMs: -1 })
    const { filling, pool } = testSearchFilling(bus.database.jobsUrl)
    for (let turns = 0; turns < 3; turns += 1) await filling.turn()
    await pool.end()
    const found = await searchExchanges(owner, { everything: true }, {}, { limit: 500 })
    expect(found.exchanges.map(({ exchangeId }) => exchangeId)).toEqual(expect.arrayContaining(ids))
    expect(foundOf(Buffer.from(JSON.stringify(found)))).toEqual([])
    const closed = await findPayload(owner, { exchangeId: ids[0]!, half: 1 })
    expect(closed).toBeDefined()
    await recordAct(owner, {
      kind: 'payload.open',
      actor: 'N. Əliyeva',
      reason: 'Sərəncam 7',
      subject: `payload ${ids[0]}/1`,
    })
    const stored = await bus.log.everything()
    for (const table of ['audit_log_entry', 'exchange_search', 'exchange_search_parties']) {
      expect(await bus.log.rows(table)).toBeGreaterThan(0)
    }
    expect(foundOf(stored)).toEqual([])
  })

  it('would be found by this test in whatever column it stood', async () => {
    await owner.query(
      `INSERT INTO sluice.exchange_search_parties
      (domain, consumer, provider, service, outcome) VALUES ('', $1, '', '', '')`,
      [personal.pin],
    )
    expect(foundOf(await bus.log.everything())).toContain(personal.pin)
    await owner.query(
      `INSERT INTO sluice.audit_log_entry
      (act_id, kind, recorded_at, actor, entry, leaf_hash)
      VALUES (gen_random_uuid(), 'x', now(), 'x', $1, $2)`,
      [personal.name, Buffer.alloc(32)],
    )
    expect(foundOf(await bus.log.everything())).toContain(personal.name)
  })
})
