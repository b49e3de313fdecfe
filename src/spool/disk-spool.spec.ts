import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { SubsystemId } from '../exchange/identifier.js'
import { SharedPayloadBudget } from '../exchange/payload-budget.js'
import type { ByteSource, SpooledPayload } from '../exchange/payload.js'
import { spoolPieceBytes } from '../limits/http.js'
import { sha256Of } from '../trust/http-signature/content-digest.js'
import { DiskSpool } from './disk-spool.js'

const portal = 'AZ/GOV/RITN/PORTAL' as SubsystemId
const personnel = 'AZ/GOV/TN/KADR' as SubsystemId

let directory: string
let budget: SharedPayloadBudget
let spool: DiskSpool
let warnings: string[]

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sluice-test-spool-')), 'spool')
  warnings = []
  budget = new SharedPayloadBudget('spooled requests', {
    bytesMax: 8 * spoolPieceBytes,
    bytesPerConsumerMax: 6 * spoolPieceBytes,
  })
  spool = new DiskSpool({ directory, budget, warn: (event) => warnings.push(event) })
  await spool.open()
})

afterEach(async () => {
  spool.release('1')
  await rm(join(directory, '..'), { recursive: true })
})

async function spooled(bytes: Uint8Array, steps: readonly number[] = []): Promise<SpooledPayload> {
  const writer = spool.writer('1', portal, bytes.length)
  let at = 0
  for (const step of [...steps, bytes.length]) {
    await writer.write(bytes.subarray(at, at + step))
    at += step
  }
  return writer.finish()
}

async function read(source: ByteSource): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of source.pieces()) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The files of this process that had a name in the folder, by their descriptors. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd')
  const links = descriptors.map((fd) => readlink(join('/proc/self/fd', fd)).catch(() => ''))
  const all = await Promise.all(links)
  const found = all.flatMap((path, at) => (path.startsWith(directory) ? [descriptors[at]!] : []))
  return found.map((fd) => join('/proc/self/fd', fd))
}

describe('a payload on the spool', () => {
  it('is read as it came, whole and in stretches, as often as somebody likes', async () => {
    const bytes = randomBytes(3 * spoolPieceBytes + 77)
    const payload = await spooled(bytes, [1, 100, spoolPieceBytes, 0])
    expect(payload.length).toBe(bytes.length)
    expect(Buffer.from(payload.sha256)).toEqual(sha256Of(bytes))
    for (let time = 0; time < 2; time++) expect((await read(payload)).equals(bytes)).toBe(true)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (one, other) => {
        const [start, end] = one < other ? [one, other] : [other, one]
        const stretch = payload.stretch(start, end)
        expect(stretch.length).toBe(end - start)
        expect((await read(stretch)).equals(bytes.subarray(start, end))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.each([0, 1, spoolPieceBytes - 1, spoolPieceBytes, spoolPieceBytes + 1])(
    'may have %d bytes',
    async (length) => {
      const bytes = randomBytes(length)
      expect((await read(await spooled(bytes))).equals(bytes)).toBe(true)
    },
  )

  it('has no name, and no byte on the disk that says anything', async () => {
    const bytes = Buffer.alloc(2 * spoolPieceBytes, 'Aygün Məmmədova ')
    const payload = await spooled(bytes)
    expect(await readdir(directory)).toEqual([])
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    const [file, ...others] = await openFiles()
    expect(others).toEqual([])
    expect((await stat(file!)).mode & 0o777).toBe(0o600)
    const stored = await readFile(file!)
    expect(stored.length).toBe(bytes.length)
    expect(stored.includes('Aygün')).toBe(false)
    expect(
      stored.subarray(0, 64).equals(stored.subarray(spoolPieceBytes, spoolPieceBytes + 64)),
    ).toBe(false)
    expect((await read(payload)).equals(bytes)).toBe(true)
  })

  it('is refused where a byte of it was altered or cut', async () => {
    const payload = await spooled(randomBytes(2 * spoolPieceBytes))
    const [file] = await openFiles()
    const stored = await readFile(file!)
    stored[spoolPieceBytes + 5]! ^= 1
    await writeFile(file!, stored)
    await expect(read(payload)).rejects.toThrow()
    expect(await read(payload.stretch(0, 10))).toHaveLength(10)
    await writeFile(file!, stored.subarray(0, spoolPieceBytes + 9))
    await expect(read(payload)).rejects.toThrow('cut')
  })

  it('is gone with its exchange, also for who is reading it', async () => {
    const payload = await spooled(randomBytes(3 * spoolPieceBytes))
    const pieces = payload.pieces()[Symbol.asyncIterator]()
    await pieces.next()
    expect([spool.files, budget.bytes]).toEqual([1, payload.length])
    spool.release('1')
    expect([spool.files, budget.bytes]).toEqual([0, 0])
    await expect(pieces.next()).rejects.toThrow('given back')
    await expect(read(payload)).rejects.toThrow('given back')
  })

  it('counts to its consumer while it comes; above its share THROTTLED, and nothing is announced too large', () => {
    const writer = spool.writer('1', portal, undefined)
    const piece = Buffer.alloc(spoolPieceBytes)
    for (let count = 0; count < 6; count++) void writer.write(piece)
    expect(() => writer.write(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: 'THROTTLED', side: 'consumer' }),
    )
    expect(() => spool.writer('2', personnel, 3 * spoolPieceBytes)).toThrow(
      expect.objectContaining({ code: 'THROTTLED', side: 'bus' }),
    )
    writer.abandon()
    writer.abandon()
    expect([spool.files, budget.bytes]).toEqual([0, 0])
    spool.release('2')
  })

  it('that was given up leaves the other one of its exchange', async () => {
    const first = spool.writer('1', portal, undefined)
    await first.write(Buffer.alloc(spoolPieceBytes))
    first.abandon()
    const payload = await spooled(Buffer.from('yenidən'))
    spool.release('of nobody')
    expect((await read(payload)).toString()).toBe('yenidən')
    expect(budget.bytes).toBe(payload.length)
    spool.release('1')
    first.abandon()
    expect(budget.bytes).toBe(0)
  })
})

describe('a disk that fails', () => {
  it('refuses with THROTTLED of the bus’s side, and the engineer is told', async () => {
    await rm(directory, { recursive: true })
    const writer = spool.writer('1', portal, undefined)
    await expect(writer.write(Buffer.alloc(spoolPieceBytes))).rejects.toMatchObject({
      code: 'THROTTLED',
      side: 'bus',
    })
    expect(warnings).toEqual(['spool.write_failed'])
  })

  it('is found at the start', async () => {
    const file = join(directory, 'no-folder')
    await writeFile(file, '')
    const broken = new DiskSpool({ directory: file, budget, warn: () => undefined })
    await expect(broken.open()).rejects.toThrow(file)
  })

  it('what a killed process left is removed, and nothing else', async () => {
    const left = join(directory, '0190a2b0-0000-4000-8000-000000000001.spool')
    await writeFile(left, 'x')
    await writeFile(join(directory, 'README'), 'x')
    await chmod(directory, 0o755)
    await spool.open()
    expect(await readdir(directory)).toEqual(['README'])
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
  })
})
