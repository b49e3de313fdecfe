import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ArchivedLogs } from '../../test/support/archived-logs.js'
import { verify } from '../../test/support/tampering.js'
import type { Verdict } from './verify-logs.js'

let sample: ArchivedLogs

beforeAll(async () => {
  sample = await ArchivedLogs.start()
}, 120_000)

afterAll(() => sample.stop())

/** The verdict, with the archive files and without them. */
async function bothVerdicts(): Promise<Verdict[]> {
  const { logKeys, files, database } = sample
  return [
    await verify(database.auditorUrl, { logKeys }),
    await verify(database.auditorUrl, { logKeys, archives: files }),
  ]
}

function portalOf({ logs }: Verdict) {
  const found = logs.find(({ log }) => log === 'domain/PORTAL')
  return found && { entries: found.entries, archived: found.archived, size: found.size }
}

it('finds whole logs whole, archived, written on, erased and archived again', async () => {
  await sample.hold()
  await sample.write(300)
  const [whole] = await bothVerdicts()
  expect(whole?.defects).toEqual([])
  expect(portalOf(whole!)).toEqual({ entries: 600, archived: 0, size: 600 })

  await sample.archive()
  for (const verdict of await bothVerdicts()) {
    expect(verdict.defects).toEqual([])
    expect(portalOf(verdict)).toEqual({ entries: 600 - 512, archived: 512, size: 600 })
  }

  await sample.write(200)
  await sample.erase()
  for (const verdict of await bothVerdicts()) {
    expect(verdict.defects).toEqual([])
    expect(verdict.payloadsErased).toBe(1_000 - 512)
    expect(portalOf(verdict)).toEqual({ entries: 1_000 - 512, archived: 512, size: 1_000 })
  }

  await sample.archive()
  const [alone, together] = await bothVerdicts()
  for (const verdict of [alone, together]) {
    expect(verdict?.defects).toEqual([])
    expect(portalOf(verdict!)).toEqual({ entries: 1_000 - 768, archived: 768, size: 1_000 })
  }
  const uncheckedIn = ({ logs }: Verdict) =>
    logs.flatMap(({ log, archivedUnchecked }) => archivedUnchecked.map((range) => [log, range]))
  expect(uncheckedIn(alone!)).toEqual([['domain/PORTAL', { from: 0, to: 768 }]])
  expect(uncheckedIn(together!)).toEqual([])
  expect(together?.archives.map(({ from, to, payloads }) => [from, to, payloads])).toEqual([
    [0, 300, 300],
    [300, 600, 300],
    [600, 900, 0],
    [900, 1_000, 0],
  ])
  const some = sample.files.slice(1, 2)
  const { logKeys, database } = sample
  const part = await verify(database.auditorUrl, { logKeys, archives: some })
  expect(part.defects).toEqual([])
  expect(uncheckedIn(part)).toEqual([
    ['domain/PORTAL', { from: 0, to: 300 }],
    ['domain/PORTAL', { from: 600, to: 768 }],
  ])
}, 240_000)
