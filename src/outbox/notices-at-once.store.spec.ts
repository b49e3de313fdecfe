import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 } from 'uuid'
import {
  faultOf,
  noticeGiver,
  noticeOf,
  openDesks,
  type DeskField,
} from '../../test/support/message-desk.js'
import { sampleConsumer } from '../../test/support/sample-exchange.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import { noticeCodes, type NoticeCode } from '../exchange/message-notice.js'
import { decodeEntry } from '../message-log/entry.js'
import type { MessageDeskStore } from './message-desk.store.js'

let field: DeskField
let desk: MessageDeskStore
let otherDesk: MessageDeskStore
beforeAll(async () => {
  field = await openDesks()
  ;({ desk, otherDesk } = field)
})
afterAll(() => field.close())

const inQueue = (): Promise<LoggedRequest> => field.inQueue()
const codesOf = (logged: LoggedRequest): Promise<NoticeCode[]> => field.codesOf(logged)

describe('what a recipient says to two workers at one time', () => {
  it('the same is nothing new', async () => {
    const logged = await inQueue()
    const desks = [desk, otherDesk]
    const said = noticeOf(logged, 'QEYDIYYATA_ALINIB')
    await Promise.all([...desks, ...desks].map((each) => each.take(said)))
    for (const each of desks) await each.take(said)
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('does not refuse what it has registered', async () => {
    const logged = await inQueue()
    await desk.take(noticeOf(logged, 'QEYDIYYATA_ALINIB'))
    await expect(desk.take(noticeOf(logged, 'IMTINA'))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'notice',
      detail: 'The message has been given the notice QEYDIYYATA_ALINIB already.',
    })
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('one follows the other, or is refused for it', async () => {
    const desks = [desk, otherDesk]
    for (let round = 0; round < 12; round += 1) {
      const logged = await inQueue()
      const codes = ['QEYDIYYATA_ALINIB', 'IMTINA', 'QEBUL_EDILIB'] as const
      const said = codes.map((code, at) =>
        faultOf(desks[(at + round) % 2]!.take(noticeOf(logged, code))),
      )
      const [registered, refused] = await Promise.all(said)
      // Who was told that its word was taken is the last whose word counts.
      expect([registered, refused].sort()).toEqual(['REQUEST_INVALID notice', 'taken'])
      const told = await codesOf(logged)
      expect(told).toEqual(noticeCodes.filter((code) => told.includes(code)))
      expect(told.at(-1)).toBe(registered === 'taken' ? 'QEYDIYYATA_ALINIB' : 'IMTINA')
    }
  })

  it('does not contradict itself', async () => {
    const logged = await inQueue()
    const desks = [desk, otherDesk]
    const numbers = ['8/12', '8/13', '8/14', '8/15']
    const said = numbers.map((number, at) => {
      const registration = { number, date: '2026-11-26' }
      return faultOf(desks[at % 2]!.take(noticeOf(logged, 'QEYDIYYATA_ALINIB', { registration })))
    })
    const ends = await Promise.all(said)
    expect(ends.sort()).toEqual([...Array<string>(3).fill('REQUEST_INVALID notice'), 'taken'])
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })
})

describe('a message that the queue of its recipient gave up', () => {
  it('is refused by the bus in its place, with an entry', async () => {
    const logged = await inQueue()
    const ground = { code: 'PROVIDER_FAULT', az: 'götürülmədi', en: 'not taken' }
    const ends = [desk, otherDesk, desk].map((each) =>
      each.giveUp(logged.exchangeId, noticeGiver, ground),
    )
    expect(await Promise.all(ends)).toEqual([true, true, true])
    const status = await desk.status(sampleConsumer, logged.exchangeId)
    expect(status).toMatchObject({
      state: 'refused',
      notices: [{ code: 'CATDIRILIB' }, { code: 'IMTINA', ground, signed: undefined }],
    })
    const { rows } = await field.owner.query<{ entry: Buffer }>(
      'SELECT entry FROM sluice.message_log_entry WHERE exchange_id = $1 AND half = 2',
      [status!.notices[1]!.id],
    )
    const entry = decodeEntry(rows[0]!.entry)
    expect(entry).toMatchObject({
      ...{ kind: 'notice', outcome: 'IMTINA', faultSide: 'provider' },
      ...{ noticeOf: logged.exchangeId, provider: noticeGiver },
    })
    expect(entry.payloadDigest).toBeUndefined()
    expect(await faultOf(desk.take(noticeOf(logged, 'QEBUL_EDILIB')))).toBe(
      'REQUEST_INVALID notice',
    )
  })

  it('of which its recipient has said something is what that says', async () => {
    const ground = { code: 'PROVIDER_FAULT', az: '', en: '' }
    const [accepted, refused, elsewhere] = [await inQueue(), await inQueue(), await inQueue()]
    await desk.take(noticeOf(accepted, 'QEBUL_EDILIB'))
    await desk.take(noticeOf(refused, 'IMTINA'))
    expect(await desk.giveUp(accepted.exchangeId, noticeGiver, ground)).toBe(false)
    expect(await desk.giveUp(refused.exchangeId, noticeGiver, ground)).toBe(true)
    expect(await desk.giveUp(elsewhere.exchangeId, sampleConsumer, ground)).toBe(false)
    expect(await desk.giveUp(v7(), noticeGiver, ground)).toBe(false)
    expect(await codesOf(accepted)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB'])
    expect(await codesOf(refused)).toEqual(['CATDIRILIB', 'IMTINA'])
    expect(await codesOf(elsewhere)).toEqual(['CATDIRILIB'])
  })
})
