import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ArchivedLogs } from '../../test/support/archived-logs.js'
import { flipped } from '../../test/support/sample-archive.js'
import { verify } from '../../test/support/tampering.js'
import { makeTsa, type TestTsa } from '../../test/support/timestamps.js'
import { readMembers, writeMembers } from '../../test/support/zip-members.js'
import type { Manifest } from '../archive-reader/manifest.js'
import { stampReader } from '../cli/log-verify/stamp-reader.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import type { Verdict } from './verify-logs.js'

const log = 'domain/PORTAL'
const token = 'timestamps/000.tst'
let sample: ArchivedLogs
let tsa: TestTsa
let folder: string

beforeAll(async () => {
  tsa = await makeTsa()
  sample = await ArchivedLogs.start()
  await sample.write(100)
  await sample.stamp(tsa)
  await sample.archive()
  folder = await mkdtemp(join(tmpdir(), 'sluice-stamped-'))
}, 120_000)

afterAll(async () => {
  await sample.stop()
  await rm(folder, { recursive: true })
})

function verdictOn(archive: string, by: readonly TestTsa[] = [tsa]): Promise<Verdict> {
  const anchors = by.map(({ root }) => parseCertificate(root.der))
  const { logKeys, database } = sample
  const options = { logKeys, archives: [archive], stamps: stampReader(anchors) }
  return verify(database.auditorUrl, options)
}

/** The file with another time-stamp, or with another word on it, by somebody who can do all but stamp. */
async function restamped(
  change: (bytes: Buffer) => Buffer,
  said: Partial<Manifest['timestamps'][number]> = {},
): Promise<string> {
  const [path = ''] = sample.files
  const members = await readMembers(path)
  const bytes = change(members.get(token) ?? Buffer.alloc(0))
  members.set(token, bytes)
  const manifest = JSON.parse(members.get('manifest.json')!.toString()) as Manifest
  const stated = { bytes: bytes.length, sha256: hash('sha256', bytes, 'base64') }
  const parts = manifest.parts.map((part) => (part.name === token ? { ...part, ...stated } : part))
  const timestamps = manifest.timestamps.map((each) => ({ ...each, ...said }))
  members.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, parts, timestamps })))
  const changed = join(folder, basename(path))
  await writeMembers(changed, members)
  return changed
}

/** Findings on the file, but for its not being the one that was recorded. */
async function findingsOn(path: string) {
  const { defects } = await verdictOn(path)
  return defects.filter(({ finding }) => finding !== 'archive-file-other')
}

describe('time-stamps in an archive file', () => {
  it('are over its checkpoint, and believed from an authority that is trusted', async () => {
    const [path = ''] = sample.files
    const trusted = await verdictOn(path)
    expect(trusted.defects).toEqual([])
    expect(trusted.archives).toMatchObject([{ stamps: 1, stampsUnchecked: 0 }])
    const unknown = await verdictOn(path, [])
    expect(unknown.defects).toEqual([])
    expect(unknown.archives).toMatchObject([{ stamps: 1, stampsUnchecked: 1 }])
  })

  it('are named where they are of a stranger, over something else, or broken', async () => {
    const bad = {
      ...{ kind: 'bad stamp', finding: 'stamp-bad', table: 'archive_file', log, index: 0 },
      row: `${basename(sample.files[0] ?? '')}, ${token}`,
    }
    const [path = ''] = sample.files
    const { defects } = await verdictOn(path, [await makeTsa()])
    expect(defects).toContainEqual(expect.objectContaining(bad))
    const { rows } = await sample.owner.query<{ token: Buffer }>(
      "SELECT token FROM sluice.log_timestamp WHERE log = 'audit'",
    )
    const other = rows[0]?.token ?? Buffer.alloc(0)
    expect(await findingsOn(await restamped(() => other))).toMatchObject([bad])
    for (const share of [0, 0.5, 0.9]) {
      const broken = await restamped((bytes) =>
        flipped(bytes, Math.floor((bytes.length - 1) * share)),
      )
      expect(await findingsOn(broken)).toMatchObject([bad])
    }
  })

  it('are named where the file says another authority or time than they do', async () => {
    for (const said of [{ tsa: 'CN=Başqa' }, { at: '2026-01-01T00:00:00.000Z' }]) {
      expect(await findingsOn(await restamped((bytes) => bytes, said))).toMatchObject([
        { kind: 'changed', finding: 'archive-stamp', table: 'archive_file', log, index: 0 },
      ])
    }
  })
})
