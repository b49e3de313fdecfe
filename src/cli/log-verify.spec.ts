import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { memoryIo } from '../../test/support/command-io.js'
import { log, startSampleLogs, type SampleLogs } from '../../test/support/sample-logs.js'
import { Secret } from '../config/secrets.js'
import type { Defect } from '../log-verifier/defect.js'
import { findingTexts } from '../log-verifier/finding-text.js'
import type { Verdict } from '../log-verifier/verify-logs.js'
import { linesOf } from './log-verify/verdict-text.js'
import { logVerify } from './log-verify.js'
import { openAuditedOf } from './open-database.js'
import { progressBar } from './progress-bar.js'

let sample: SampleLogs

beforeAll(async () => {
  sample = await startSampleLogs()
}, 60_000)

afterAll(() => sample.database.stop())

async function run(
  args: readonly string[],
  url = sample.database.auditorUrl,
  published: readonly string[] = [],
) {
  const io = memoryIo({
    'log.keys': `${sample.options.logKeys.join('\n')}\n`,
    'kept.checkpoint': sample.options.since?.[0]?.note ?? '',
    'witness.key': sample.options.witnessKeys?.[0] ?? '',
    'no.key': 'x+y+z',
  })
  const place = { directory: 'nowhere', databaseUrl: new Secret(url), migrationUrl: undefined }
  const code = await logVerify(args, io, {
    openDatabase: () => openAuditedOf(place),
    publishedKeys: () => Promise.resolve(published),
  })
  return { code, io }
}

async function asOwner(sql: string): Promise<void> {
  const owner = new pg.Client(sample.database.ownerUrl)
  await owner.connect()
  await owner.query(sql)
  await owner.end()
}

// Stamps of the samples are no tokens, and a real reader says so.
beforeAll(() => asOwner('DELETE FROM sluice.log_timestamp'))

describe('sluice log verify', () => {
  it('says that untouched logs are whole, by the keys it is given', async () => {
    const given = ['--key', 'log.keys', '--since', 'kept.checkpoint', '--witness', 'witness.key']
    const { code, io } = await run(given)
    expect(io.text).toContain('Whole: nothing was found wrong.')
    expect(io.text).toContain(`${log}: 640 entries checked, tree of 640, signed up to 640`)
    expect([code, io.errors]).toEqual([0, ''])
  })

  it('says without keys what it could not check', async () => {
    const { code, io } = await run(['--entries-only'])
    expect(io.text).toContain('signatures of audit, domain/PORTAL, unassigned')
    expect(code).toBe(3)
    const one = await run(['--log', log, '--json'])
    expect(JSON.parse(one.io.text)).toMatchObject({ verdict: 'unchecked', logs: [{ log }] })
  })

  it('takes the keys that the node publishes where none is given, and says what that is worth', async () => {
    const { code, io } = await run([], sample.database.auditorUrl, sample.options.logKeys)
    expect(io.text).toContain('signatures are checked by none but those that this node publishes')
    expect(io.text).toContain('Nothing was found wrong, but not everything could be checked.')
    expect(io.text).not.toContain('signatures of ')
    expect(code).toBe(3)
    const az = await run(['--lang', 'az'], sample.database.auditorUrl, sample.options.logKeys)
    expect(az.io.text).toContain('imzalar yalnız bu qovşağın dərc etdiyi açarlarla yoxlanılır')
    const json = await run(['--json'], sample.database.auditorUrl, sample.options.logKeys)
    expect(JSON.parse(json.io.text)).toMatchObject({ verdict: 'unchecked', keysPinned: false })
  })

  it('names what is wrong, for people in both languages and for programs', async () => {
    const cut = `DELETE FROM sluice.log_tile WHERE log = '${log}' AND index = 1`
    await asOwner(cut)
    const { code, io } = await run(['--key', 'log.keys'])
    expect(code).toBe(1)
    expect(io.text).toContain(
      `MISSING  ${log}, log_tile\n    Tile 1 of level 0 of the tree is gone.`,
    )
    const az = await run(['--key', 'log.keys', '--lang', 'az'])
    expect(az.io.text).toContain('Ağacın 0 səviyyəli 1 nömrəli bloku yoxdur.')
    expect(az.io.text).toContain(`ÇATIŞMIR  ${log}, log_tile`)
    const { io: json } = await run(['--key', 'log.keys', '--json'])
    expect(JSON.parse(json.text)).toMatchObject({
      verdict: 'defects',
      defects: [{ kind: 'missing', table: 'log_tile', details: { level: 0, tile: 1 } }],
    })
  })

  it.each([
    [['--lang', 'de'], '--lang is en or az.'],
    [['--key', 'no.key'], 'no verifier key'],
    [['--key', 'gone'], 'gone: cannot be read'],
    [['--since', 'log.keys'], 'no checkpoint'],
    [['--archive', 'gone.zip'], 'gone.zip: cannot be read (there is no such file or folder'],
    [['--log', 'domain/NONE'], 'there is no log'],
    [['--what'], '--what'],
  ])('%j is wrong use', async (args, reason) => {
    const { code, io } = await run(args)
    expect(io.errors).toContain(reason)
    expect(code).toBe(2)
  })

  it('has an exit code of its own for a database that it cannot read', async () => {
    const { code, io } = await run([], 'postgres://nobody@127.0.0.1:1/none')
    expect(io.errors).toContain('The logs could not be checked')
    expect(code).toBe(3)
    // A login that may write may not verify, unless somebody gives it that role.
    expect((await run([], sample.database.busUrl)).code).toBe(3)
  })

  it('explains itself', async () => {
    const { code, io } = await run(['--help'])
    expect(io.text).toContain('Exit code: 0 whole')
    expect(code).toBe(0)
  })
})

it('every finding has its sentence in both languages, with the same details', () => {
  for (const { en, az } of Object.values(findingTexts)) {
    const detailsOf = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
    expect(detailsOf(az)).toEqual(detailsOf(en))
  }
})

it('a progress bar is drawn now and then, and is gone in the end', () => {
  const written: string[] = []
  let time = 0
  const show = progressBar(
    (text) => written.push(text),
    () => time,
  )
  show(0, 100)
  show(1, 100)
  time = 1_000
  show(50, 100)
  show(100, 100)
  expect(written).toEqual([
    `\r\u001b[K[${'.'.repeat(30)}] 0/100, 0/s`,
    `\r\u001b[K[${'#'.repeat(15)}${'.'.repeat(15)}] 50/100, 50/s`,
    '\r\u001b[K',
  ])
})

it('one word for one thing in Azerbaijani: an entry is "yazı", the bus "şlüz", in capitals with their dots', () => {
  const said = JSON.stringify(findingTexts)
  expect(said).not.toMatch(/[Qq]eyd(?!ə al)|[Şş]in(in|i)? |[Yy]oxlama nöqtə/)
  const defect: Defect = {
    kind: 'changed',
    log,
    index: 5,
    table: 'message_log_entry',
    finding: 'entry-changed',
  }
  const verdict: Verdict = {
    at: new Date(0),
    logs: [],
    waiting: 0,
    payloadsUnknowable: 0,
    payloadsErased: 0,
    archives: [],
    messageIds: 0,
    defects: [defect],
    defectsDropped: 0,
  }
  expect(linesOf(verdict, 'az', 'given')).toContain(
    `DƏYİŞDİRİLİB  ${log}, indeks 5, message_log_entry`,
  )
})
