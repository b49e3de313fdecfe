import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { collected } from '../../test/support/held.js'
import { TestSpool } from '../../test/support/spool.js'
import { SharedPayloadBudget } from '../exchange/payload-budget.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { isInMemory } from '../exchange/payload.js'
import { spoolAboveBytes, spooledMemoryBytes } from '../limits/http.js'
import { DiskSpool } from '../spool/disk-spool.js'
import { SpoolingCollector } from './spooling-collector.js'

const consumer = 'AZ/GOV/VN/EVHF' as SubsystemId
const disk = new TestSpool()

afterEach(() => disk.forget())
afterAll(() => disk.close())

function collecting(announced: number | undefined, bytesMax = 4 * spoolAboveBytes) {
  const limits = { bytesMax, bytesPerConsumerMax: bytesMax }
  const budget = new SharedPayloadBudget('requests', limits)
  const holding = budget.hold('1', consumer)
  const collector = new SpoolingCollector(announced, holding, (bytes) =>
    disk.spool.writer('test', consumer, bytes),
  )
  return { budget, collector }
}

describe('a body that may go by way of the disk', () => {
  it.each([
    [spoolAboveBytes, true, true],
    [spoolAboveBytes, false, true],
    [spoolAboveBytes + 1, true, false],
    [spoolAboveBytes + 1, false, false],
    [3 * spoolAboveBytes, false, false],
  ])('of %d bytes, announced %s, is in memory: %s', async (length, isAnnounced, inMemory) => {
    const bytes = randomBytes(length)
    const { budget, collector } = collecting(isAnnounced ? length : undefined)
    for (let at = 0; at < length; at += 60_000) {
      await collector.add(bytes.subarray(at, at + 60_000))
      // It grows by doubling, and moves before it would be larger.
      expect(budget.bytes).toBeLessThanOrEqual(spooledMemoryBytes)
    }
    expect(collector.bytes).toBe(length)
    const payload = await collector.take()
    expect(isInMemory(payload)).toBe(inMemory)
    expect((await collected(payload)).equals(bytes)).toBe(true)
    expect(disk.spool.files).toBe(inMemory ? 0 : 1)
  })

  it('is dropped from wherever it is', async () => {
    for (const announced of [10, 2 * spoolAboveBytes, undefined]) {
      const { collector } = collecting(announced)
      await collector.add(randomBytes(10))
      collector.drop()
    }
    expect(disk.spool.files).toBe(0)
  })

  it('is refused, and nothing more, where the disk fails', async () => {
    const unheard: unknown[] = []
    const hear = (error: unknown): void => void unheard.push(error)
    process.on('unhandledRejection', hear)
    const limits = { bytesMax: 4 * spoolAboveBytes, bytesPerConsumerMax: 4 * spoolAboveBytes }
    const broken = new DiskSpool({
      directory: '/dev/null/spool',
      budget: new SharedPayloadBudget('spooled requests', limits),
      warn: () => undefined,
    })
    const holding = new SharedPayloadBudget('requests', limits).hold('1', consumer)
    const collector = new SpoolingCollector(undefined, holding, (bytes) =>
      broken.writer('1', consumer, bytes),
    )
    const collect = async (): Promise<void> => {
      // Of such chunks the one that is too much for the memory fills a piece by itself.
      for (let at = 0; at < 2 * spoolAboveBytes; at += 60_000)
        await collector.add(Buffer.alloc(60_000))
    }
    await expect(collect()).rejects.toMatchObject({ code: 'THROTTLED', side: 'bus' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })

  it('finds no room for its window: THROTTLED, and no file', () => {
    expect(() => collecting(2 * spoolAboveBytes, spooledMemoryBytes - 1)).toThrow(
      expect.objectContaining({ code: 'THROTTLED' }),
    )
    expect(disk.spool.files).toBe(0)
  })
})
