import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { v7 } from 'uuid'
import { ArchiveDays, daysAgo } from '../../test/support/archive-days.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog } from '../../test/support/filled-log.js'
import { testPayloadKey } from '../../test/support/message-log.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { archiveActOf } from '../log-archive/act-of.js'
import { startOf } from '../log-archive/log-day.js'
import { masterKeyOf } from '../message-log/payload-cipher.js'
import { leafHashOf, verifyInclusion } from '../tlog/merkle.js'
import { noteSigner, verifierKeyText } from '../tlog/note-keys.js'
import { ArchiveNotUsable, readArchived } from './archived-evidence.js'
import { NoSuchExchange } from './closed-exchange.js'
import { EvidenceStore } from './evidence.store.js'

const officer = { actor: 'N. Əliyeva', reason: 'Məhkəmə işi 12' }

let database: TestDatabase
let days: ArchiveDays
let log: FilledLog
/** Its halves lie in files of two archives: it began in the last second of a day. */
let split: string
let whole: string
let files: string[]
let root: Buffer

beforeAll(async () => {
  database = await startTestDatabase()
  days = await ArchiveDays.start(database)
  log = new FilledLog(days.owner)
  const payload = Buffer.from('{"ad":"Aygün"}')
  const at = startOf(daysAgo(3))
  split = v7({ msecs: at.getTime() })
  const [first] = await log.add(FilledLog.day(daysAgo(4), 100, { payload }))
  whole = first!.exchangeId
  const [request] = await log.add([{ at, exchangeId: split, halves: [1], payload }])
  const requestEntry = leafHashOf(request!.entry).toString('base64url')
  await log.add(FilledLog.day(daysAgo(4), 100))
  await log.checkpoint()
  const earlier = await archive(daysAgo(3))
  await log.add([{ at, exchangeId: split, halves: [2], payload, requestEntry }])
  await log.add(FilledLog.day(daysAgo(3), 300))
  ;({ root } = await log.checkpoint())
  files = [...earlier, ...(await archive(daysAgo(2)))]
})

afterAll(async () => {
  await days.stop()
  await database.stop()
})

async function archive(before: string): Promise<string[]> {
  const done = await days.archive(before, {
    recordAct: async (client, what) =>
      (await recordAct(client, { kind: 'log.archive', actor: 'A', after: archiveActOf(what) }))
        .actId,
  })
  return (done?.files ?? []).map(({ fileName }) => join(days.folder, fileName))
}

const keyOf = (): string => log.vkey

function store(): EvidenceStore {
  return new EvidenceStore({
    client: days.owner,
    masterKey: masterKeyOf(testPayloadKey),
    recordAct: (act) => recordAct(days.owner, act),
  })
}

describe('an exchange in archive files', () => {
  it('is opened from the one file that has it, whatever others are given', async () => {
    for (const given of [files.slice(0, 1), [...files, ...files], files.toReversed()]) {
      const archived = await readArchived(given, whole, keyOf)
      const { halves, checkpoint } = await store().openArchived(archived, officer)
      expect(halves.map(({ half }) => half)).toEqual([1, 2])
      expect(halves.map(({ message }) => message?.payload.toString())).toEqual([
        '{"ad":"Aygün"}',
        '{"ad":"Aygün"}',
      ])
      expect(checkpoint?.log).toBe('domain/PORTAL')
    }
  })

  it('is opened from two archives, all of it under the checkpoint of the later one', async () => {
    const archived = await readArchived(files, split, keyOf)
    expect(archived.size).toBe(log.size)
    const { halves } = await store().openArchived(archived, officer)
    expect(halves.map(({ half }) => half)).toEqual([1, 2])
    for (const { entry, place, message } of halves) {
      const leafHash = leafHashOf(entry)
      verifyInclusion({
        index: -1,
        ...place,
        proof: place?.proof ?? [],
        size: log.size,
        leafHash,
        root,
      })
      expect(message?.payload.toString()).toBe('{"ad":"Aygün"}')
    }
  })

  it('is not shown as an outcome without its request', async () => {
    const alone = readArchived(files.slice(1), split, keyOf)
    await expect(alone).rejects.toThrow(ArchiveNotUsable)
    await expect(alone).rejects.toThrow('its request is in the file before: give both')
  })

  it('is not there', async () => {
    const other = v7({ msecs: startOf(daysAgo(4)).getTime() })
    await expect(readArchived(files, other, keyOf)).rejects.toThrow(NoSuchExchange)
    await expect(readArchived(files.slice(1), whole, keyOf)).rejects.toThrow('there is no exchange')
  })

  it('is believed in nothing that another key signed', async () => {
    const key = generateKeyPairSync('ed25519').privateKey
    for (const name of [log.origin, 'sluice/domain/SENED']) {
      const other = verifierKeyText(noteSigner(name, key).key)
      await expect(readArchived(files, whole, () => other)).rejects.toThrow(ArchiveNotUsable)
    }
  })
})

describe('an exchange that is not in the database', () => {
  it('is in the files of the archive that took its day, which are named', async () => {
    const [first = '', second = ''] = files.map((file) => file.slice(days.folder.length + 1))
    const early = store().open(whole, officer)
    await expect(early).rejects.toThrow(`with the days before ${daysAgo(3)}`)
    await expect(early).rejects.toThrow(`--archive FILE: ${first} (domain/PORTAL, entries 0 to`)
    await expect(early).rejects.not.toThrow(second)
    await expect(store().open(split, officer)).rejects.toThrow(`--archive FILE: ${second} (`)
  })

  it('is in no archive, if none has taken its day, or its id tells none', async () => {
    const today = v7()
    const message = `the message log has no exchange ${today}`
    await expect(store().open(today, officer)).rejects.toThrow(new RegExp(`${message}$`))
    const random = crypto.randomUUID()
    await expect(store().open(random, officer)).rejects.toThrow(new RegExp(`${random}$`))
  })
})
