import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readFile, writeFile } from 'node:fs/promises'
import { flipped, SampleArchive } from '../../test/support/sample-archive.js'
import { writeMembers } from '../../test/support/zip-members.js'
import { archiveFileLimits } from '../limits/log-archive.js'
import { ArchiveError } from './archive-error.js'
import { findArchived } from './archived-exchange.js'
import { verifyArchive } from './verify-archive.js'

let sample: SampleArchive
let members: ReadonlyMap<string, Buffer>
let bad: string

beforeAll(async () => {
  sample = await SampleArchive.make()
  ;({ members, bad } = sample)
})

afterAll(() => sample.remove())

describe('an archive file', () => {
  it('verifies as it was written, and so does one without its payloads', async () => {
    expect(await verifyArchive(sample.good, { keys: [sample.key] })).toMatchObject({
      entries: 480,
      payloads: { named: 480, held: 480, erasedParts: 0 },
      signedBy: 'published key',
    })
    const kept = [...members].filter(([name]) => !name.startsWith('payloads/'))
    await writeMembers(bad, kept)
    expect(await verifyArchive(bad)).toMatchObject({
      payloads: { named: 480, held: 0, erasedParts: 4 },
      signedBy: 'stated key',
    })
  })

  it('gives an exchange with its proof, and without its payload once that is gone', async () => {
    const found = await findArchived(sample.good, sample.exchangeId, 1_000)
    expect(found?.entries.map(({ part, payload }) => [part, payload !== undefined])).toEqual([
      [1, true],
      [2, true],
    ])
    expect(
      await findArchived(sample.good, '01950000-0000-7000-8000-000000000000', 1_000),
    ).toBeUndefined()
    await expect(findArchived(sample.good, sample.exchangeId, 10)).rejects.toThrow(ArchiveError)
    await writeMembers(
      bad,
      [...members].filter(([name]) => !name.startsWith('payloads/')),
    )
    const without = await findArchived(bad, sample.exchangeId, 1_000)
    expect(without?.entries.map(({ payload }) => payload)).toEqual([undefined, undefined])
  })

  it('is refused with one byte changed in any part', async () => {
    for (const [name, content] of members) {
      if (content.length === 0) continue
      for (const at of [0, Math.floor(content.length / 2), content.length - 1]) {
        const problem = await sample.changed((copy) => copy.set(name, flipped(content, at)))
        // Of what comes in pieces, and of the list itself, more may be said than that it was changed.
        const isWhole = name !== 'manifest.json' && !/^payloads\/[0-9]/.test(name)
        if (isWhole) expect([name, problem]).toEqual([name, 'part-changed'])
      }
    }
  }, 60_000)

  it('is refused with parts swapped, missing, added or twice', async () => {
    const [first, second] = [...members.keys()].filter((name) => name.startsWith('entries/'))
    const swapped = await sample.changed((copy) => {
      copy.set(first!, members.get(second!)!)
      copy.set(second!, members.get(first!)!)
    })
    expect(swapped).toBe('part-changed')
    for (const name of members.keys()) {
      if (name.startsWith('payloads/')) continue
      expect(await sample.changed((copy) => copy.delete(name))).toBe('part-missing')
    }
    const another = 'entries/0000000000000099'
    expect(await sample.changed((copy) => copy.set(another, Buffer.of(1)))).toBe('part-added')
    await writeMembers(bad, [...members, [first!, members.get(first!)!]])
    expect(await sample.problemOf(bad)).toBe('name-twice')
  })

  it.each([
    '../x',
    '/etc/passwd',
    'a/../../x',
    'entries/',
    'C:/x',
    'entries/1',
    'notes.txt',
    'MANIFEST.JSON',
  ])('is refused with a part named %j', async (name) => {
    // yazl writes no such names, so another one becomes it in the bytes.
    const place = '~'.repeat(name.length)
    await writeMembers(bad, [...members, [place, Buffer.of(1)]])
    const bytes = await readFile(bad, 'latin1')
    await writeFile(bad, Buffer.from(bytes.replaceAll(place, name), 'latin1'))
    expect(await sample.problemOf(bad)).toBe('bad-name')
  })

  it('is refused as a bomb: more than a part may have, before it is unpacked', async () => {
    const bomb = Buffer.alloc(archiveFileLimits.smallMemberBytesMax + 1)
    expect(await sample.changed((copy) => copy.set('tree/left', bomb))).toBe('too-large')
    await writeMembers(bad, members, () => false)
    expect(await sample.problemOf(bad)).toBe('unknown-packing')
    const lying = Buffer.from(await readFile(sample.good))
    // The size that the list states of the first part becomes another one.
    const at = lying.indexOf(Buffer.from('PK\u0001\u0002'))
    lying.writeUInt32LE(lying.readUInt32LE(at + 24) + 1, at + 24)
    await writeFile(bad, lying)
    expect(await sample.problemOf(bad)).toBe('part-changed')
  })

  it('is refused cut anywhere', async () => {
    const bytes = await readFile(sample.good)
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      await writeFile(bad, bytes.subarray(0, Math.floor(bytes.length * share)))
      expect(await sample.problemOf(bad)).toBe('not-a-zip')
    }
    await writeFile(bad, bytes.subarray(0, bytes.length - 1))
    expect(await sample.problemOf(bad)).toBe('not-a-zip')
  })

  it('throws nothing but a refusal for any bytes, and is never believed to say something else', async () => {
    const bytes = await readFile(sample.good)
    const { manifest, entries } = await verifyArchive(sample.good)
    const { origin, log, start, end, checkpoint } = manifest
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const copy = Buffer.from(bytes)
          copy[at] = (copy[at] ?? 0) ^ by
          await writeFile(bad, copy)
          const result = await verifyArchive(bad, { keys: [sample.key] }).catch(
            (error: unknown) => error,
          )
          if (result instanceof ArchiveError) return
          // Times and attributes of members prove nothing and may be anything. When the file was made and
          // what file was before it is known by the digest, which the live log and the next file have.
          const proved = { origin, log, start, end, checkpoint }
          expect(result).toMatchObject({ entries, manifest: proved })
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)
})
