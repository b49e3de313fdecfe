import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { recordAct } from '../../src/audit-log/audit-log.store.js'
import { findPayload } from '../../src/message-log/payload-reader.store.js'
import { searchExchanges } from '../../src/log-search/log-search.store.js'
import { openTestAdminApi, type AdminCall, type TestAdminApi } from '../support/admin-api.js'
import { testSearchFilling } from '../support/log-search.js'
import { testLogJobs } from '../support/message-log.js'
import type { Answer, Call } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
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

describe('R-068, R-105: a right is asked for and granted by API, and leaves fields out of answers', () => {
  let api: TestAdminApi
  let right: string

  const memberOf = (id: string): string => id.split('/').slice(0, 3).join('/')
  const by = (id: string): AdminCall['as'] => ({ role: 'MEMBER_ADMIN', scope: memberOf(id) })
  const asker = by(subsystems.portal)
  const provider = by(services.taxes)
  const json = { 'Content-Type': 'application/json' }
  const ask = (): Promise<Answer> => bus.portal.call({ headers: json, payload: '{}' })

  async function withdraw(id: string, as: AdminCall['as']): Promise<void> {
    const path = `/v1/access-rights/${encodeURIComponent(id)}/withdrawal`
    const answer = await api.call('POST', path, { as, body: { reason: 'Sərəncam 9' } })
    expect(answer).toMatchObject({ status: 200, json: { status: 'withdrawn' } })
    await bus.registry.settled()
  }

  beforeAll(async () => {
    api = await openTestAdminApi(bus.database)
  })

  afterAll(() => api.close())

  it('works as soon as the provider grants it, and not before', async () => {
    const service = services.taxes.replace('/v1', '')
    const query = new URLSearchParams({ consumer: subsystems.portal, service }).toString()
    const present = await api.call('GET', `/v1/access-rights?${query}`, { as: asker })
    for (const { id } of (present.json as { items: { id: string }[] }).items) {
      await withdraw(id, 'OPERATOR')
    }
    await expectRefused(bus, await ask(), 'ACCESS_DENIED')
    const asked = await api.call('POST', '/v1/access-right-requests', {
      as: asker,
      body: {
        ...{ consumer: subsystems.portal, service, modes: ['user', 'body'] },
        ...{ legalBasis: 'Vergi Məcəlləsi, maddə 30', purpose: 'VÖEN yoxlanışı' },
      },
    })
    expect(asked.status).toBe(201)
    await expectRefused(bus, await ask(), 'ACCESS_DENIED')
    const { id } = asked.json as { id: string }
    const granted = await api.call('POST', `/v1/access-right-requests/${id}/grant`, {
      ...{ as: provider, ifMatch: '"1"', body: { omit: ['/dogumYeri'] } },
    })
    expect(granted.status).toBe(200)
    right = (granted.json as { accessRight: string }).accessRight
    await bus.registry.settled()
    await expectAnswered(bus, await ask())
  })

  it('the field is absent and all else unchanged; the entry says so with both digests', async () => {
    const whole = '{ "ad" : "\\u018fli", "n":1.0,\n "dogumYeri":{"s":"Bakı"} }'
    bus.providers.taxes.answer = () => ({ headers: { ...json, ETag: '"1"' }, payload: whole })
    const answer = await ask()
    const [, reply] = await expectAnswered(bus, answer)
    expect(answer.payload.toString()).toBe('{ "ad" : "\\u018fli", "n":1.0 }')
    expect(answer.signed('sluice-filtered')).toBe(right)
    expect(answer.headers['etag']).toBeUndefined()
    const opened = await bus.log.open(answer.exchangeId, 2)
    expect(opened.payload.toString()).toBe(whole)
    const digest = (bytes: Uint8Array): string =>
      hash('sha256', Buffer.concat([opened.salt, bytes]), 'base64url')
    expect(reply).toMatchObject({
      ...{ filtered: 1, rightId: right, outcome: 'answered' },
      ...{ payloadDigest: digest(opened.payload), derivedPayloadDigest: digest(answer.payload) },
    })
  })

  it('a provider’s signature over the whole stays with the evidence', async () => {
    const { taxes } = bus.providers
    taxes.signer = bus.identities.taxes
    taxes.answer = () => ({ headers: json, payload: '{"ad":"A","dogumYeri":"Bakı"}' })
    const signed = await ask()
    expect(signed.headers['sluice-provider-signature']).toBeUndefined()
    expect(signed.headers['sluice-provider-content-digest']).toBeUndefined()
    taxes.answer = () => ({ headers: json, payload: '{"ad":"A"}' })
    const untouched = await ask()
    expect(untouched.headers['sluice-provider-signature']).toBeDefined()
    const [, reply] = await expectAnswered(bus, untouched)
    expect(reply).toMatchObject({ filtered: 0 })
    expect(reply.derivedPayloadDigest).toBeUndefined()
    taxes.reset()
  })

  it('failures are cut as well, and what cannot be looked through is refused', async () => {
    const { taxes } = bus.providers
    const problem = { 'Content-Type': 'application/problem+json' }
    const payload = '{"title":"t","dogumYeri":"Bakı"}'
    taxes.answer = () => ({ status: 409, headers: problem, payload })
    expect((await ask()).payload.toString()).toBe('{"title":"t"}')
    taxes.answer = () => ({ status: 500, payload: 'Bakı' })
    const opaque = await ask()
    await expectRefused(bus, opaque, 'RESPONSE_INVALID', { side: 'provider', entries: 2 })
    expect(opaque.payload.includes('Bakı')).toBe(false)
  })

  it('nothing passes by a right that was taken back', async () => {
    await withdraw(right, provider)
    const { count } = bus.providers.taxes
    await expectRefused(bus, await ask(), 'ACCESS_DENIED')
    expect(bus.providers.taxes.count).toBe(count)
  })
})
