import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { writeAct, writeRows } from '../../test/support/sequencing.js'
import { SequencingField } from '../../test/support/sequencing-field.js'
import { LogTreeStore } from './log-tree.store.js'

let field: SequencingField

beforeAll(async () => {
  field = await SequencingField.open()
})

beforeEach(() => field.begin())

afterEach(() => field.end())

afterAll(() => field.database.stop())

describe('giving entries their places', () => {
  it.each([
    ['letters that take six characters in an origin', 'Ə'.repeat(100)],
    ['signs that take twelve', '\u{1f3db}'.repeat(100)],
  ])('is done for a domain of a hundred %s, too', async (_, domain) => {
    await writeRows(field.owner, 2, { domain })
    const session = await field.elected()
    const { checkpoints } = await session.pass()
    expect(checkpoints).toMatchObject([{ log: `domain/${domain}`, size: 2 }])
    await expect(field.judge()).resolves.toEqual({ [`domain/${domain}`]: 2 })
  })

  it('stops for no domain that no registry has: what a worker writes cannot hold up the others', async () => {
    for (const domain of ['x'.repeat(101), 'x'.repeat(1_000_000), '', '..', 'a/../b\n+ %']) {
      await writeRows(field.owner, 1, { domain })
    }
    await writeRows(field.owner, 1, { domain: 'PORTAL' })
    const session = await field.elected()
    const { placed, checkpoints } = await session.pass()
    expect(placed).toBe(6)
    expect(checkpoints.map(({ log, size }) => [log, size])).toEqual(
      expect.arrayContaining([
        ['domain/PORTAL', 1],
        ['unassigned', 2],
      ]),
    )
  })

  it('is done once for each entry, in the log it belongs to, while others go on writing', async () => {
    const session = await field.elected(field.own.with({ rowsMax: 70 }))
    const writers = await Promise.all(Array.from({ length: 4 }, () => field.connected()))
    let isWriting = true
    const writing = Promise.all(
      writers.map(async (client, writer) => {
        for (let turn = 0; turn < 25; turn += 1) {
          await client.query('BEGIN')
          await writeRows(client, 3, { domain: ['PORTAL', 'SENED'][(writer + turn) % 3] as string })
          if (turn % 5 === 0) await writeAct(client)
          await writeRows(client, 2 + writer)
          await client.query(turn % 7 === 6 ? 'ROLLBACK' : 'COMMIT')
        }
      }),
    ).finally(() => (isWriting = false))
    while (isWriting) await session.pass()
    await writing
    await field.passAll(session)
    const { rows } = await field.owner.query<{ entries: string }>(
      `SELECT (SELECT count(*) FROM sluice.message_log_entry)
            + (SELECT count(*) FROM sluice.audit_log_entry) AS entries`,
    )
    const sizes = await field.judge()
    expect(Object.keys(sizes).sort()).toEqual([
      'audit',
      'domain/PORTAL',
      'domain/SENED',
      'unassigned',
    ])
    const sum = Object.values(sizes).reduce((a, b) => a + b)
    expect(sum).toBe(Number(rows[0]?.entries))
  })

  it('does not wait for a transaction that lasts, and takes its rows when it has ended', async () => {
    const session = await field.elected()
    const slow = await field.connected()
    await slow.query('BEGIN')
    await writeRows(slow, 2, { domain: 'PORTAL' })
    await writeRows(field.owner, 3, { domain: 'PORTAL' })
    expect(await field.passAll(session)).toBe(3)
    await writeRows(field.owner, 1, { domain: 'PORTAL' })
    expect(await field.passAll(session)).toBe(1)
    await session.close()
    const next = await field.elected()
    expect(await field.passAll(next)).toBe(0)
    await slow.query('COMMIT')
    expect(await field.passAll(next)).toBe(2)
    expect(await field.judge()).toEqual({ 'domain/PORTAL': 6 })
  })

  it('goes in steps where there is much, past transactions that are still open', async () => {
    const parts = field.own.with({ rowsMax: 5 })
    const before = await field.elected(parts)
    await field.passAll(before)
    await before.close()
    const slow = await Promise.all([field.connected(), field.connected()])
    for (const client of slow) {
      await client.query('BEGIN')
      await writeRows(client, 7)
      await writeRows(field.owner, 4)
      await writeAct(field.owner)
    }
    for (let turn = 0; turn < 6; turn += 1) await writeRows(field.owner, 3)
    const session = await field.elected(parts)
    expect(await session.pass()).toMatchObject({ isComplete: false })
    await slow[0].query('COMMIT')
    await field.passAll(session)
    await field.judge()
    await slow[1].query('COMMIT')
    expect(await field.passAll(session)).toBe(7)
    expect(await field.judge()).toEqual({ audit: 2, unassigned: 40 })
  })

  it('keeps a request before its reply, and rows of one transaction together', async () => {
    const session = await field.elected()
    const exchangeId = '019ac000-0000-7000-8000-000000000001'
    await writeRows(field.owner, 1, { domain: 'PORTAL', exchangeId })
    await writeRows(field.owner, 1, { domain: 'PORTAL', exchangeId, half: 2 })
    await field.passAll(session)
    const store = new LogTreeStore(field.owner)
    expect(await store.placeOf(exchangeId, 1)).toEqual({ log: 'domain/PORTAL', index: 0 })
    expect(await store.placeOf(exchangeId, 2)).toEqual({ log: 'domain/PORTAL', index: 1 })
    expect(await store.placeOf(exchangeId, 0)).toBeUndefined()
  })

  it('whatever the clocks say: rows of long ago and of days to come are found like any other', async () => {
    const session = await field.elected()
    const ids = ['00000000-0001-7000-8000-000000000001', 'ffffffff-0001-7000-8000-000000000001']
    for (const [at, exchangeId] of ids.entries()) {
      await writeRows(field.owner, 1, { exchangeId, recordedAt: new Date(at * 4e12) })
      expect(await field.passAll(session)).toBe(1)
    }
    expect(await field.judge()).toEqual({ unassigned: 2 })
  })

  it('takes first what was there before there was a sequencer', async () => {
    await writeRows(field.owner, 12, { domain: 'PORTAL' })
    await writeAct(field.owner)
    await field.owner.query("UPDATE sluice.message_log_entry SET written_in = '0'")
    const session = await field.session(field.own.with({ rowsMax: 5 }))
    await session.elect()
    expect(await session.load()).toBe('no entry has a place yet')
    expect(await session.pass()).toMatchObject({ placed: 6, isComplete: false })
    await writeRows(field.owner, 1, { exchangeId: '00000000-0001-7000-8000-000000000001' })
    expect(await field.passAll(session)).toBe(7)
    expect(await field.passAll(session)).toBe(1)
    expect(await field.judge()).toEqual({ audit: 1, 'domain/PORTAL': 12, unassigned: 1 })
  })

  it('goes on after a dump was loaded, where the numbers of transactions begin again', async () => {
    await writeRows(field.owner, 4)
    const before = await field.elected()
    await field.passAll(before)
    await before.close()
    await writeRows(field.owner, 3)
    // As a dump brings them back: from transactions that are still to come here.
    await field.owner.query(
      `UPDATE sluice.message_log_entry SET written_in = (written_in::text::bigint + 1000000)::text::xid8;
       UPDATE sluice.log_sequencer SET low = (low::text::bigint + 1000000)::text::xid8`,
    )
    await writeRows(field.owner, 2)
    const session = await field.session()
    await session.elect()
    expect(await session.load()).toContain('have begun again')
    expect(await field.passAll(session)).toBe(5)
    await writeRows(field.owner, 1)
    expect(await field.passAll(session)).toBe(1)
    await session.close()
    const next = await field.elected()
    await writeRows(field.owner, 1)
    expect(await field.passAll(next)).toBe(1)
    expect(await field.judge()).toEqual({ unassigned: 11 })
  })

  it('gives none a second place whose number, that of a dump, is reached at last', async () => {
    const session = await field.elected()
    await writeRows(field.owner, 3)
    expect(await field.passAll(session)).toBe(3)
    await field.owner.query('UPDATE sluice.message_log_entry SET written_in = pg_current_xact_id()')
    await writeRows(field.owner, 2)
    expect(await field.passAll(session)).toBe(2)
    await writeRows(field.owner, 1)
    expect(await field.passAll(session)).toBe(1)
    expect(await field.judge()).toEqual({ unassigned: 6 })
  })
})
