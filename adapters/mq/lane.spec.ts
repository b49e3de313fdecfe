import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { mqLimits } from '../../src/limits/queues.js'
import { Lane } from './lane.js'

describe('a lane', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  const { pauseMsMin, pauseMsMax } = mqLimits

  it('holds nobody up while all goes well', async () => {
    const lane = new Lane()
    await Promise.all([lane.turn(lane.join()), lane.turn(lane.join())])
    expect([lane.isHeld, lane.isOpen]).toEqual([false, true])
  })

  it('lets those who waited go on in their order, whoever came to wait first', async () => {
    const lane = new Lane()
    const places = [lane.join(), lane.join(), lane.join()]
    const gone: number[] = []
    const waits = [
      lane.hold(places[1]!).then(() => gone.push(2)),
      lane.turn(places[2]!).then(() => gone.push(3)),
      lane.turn(places[0]!).then(() => gone.push(1)),
    ]
    await jest.advanceTimersByTimeAsync(pauseMsMin - 1)
    expect(gone).toEqual([])
    await jest.advanceTimersByTimeAsync(1)
    await Promise.all(waits)
    expect(gone).toEqual([1, 2, 3])
  })

  it('that a message has stopped stays so until that one is held or let go, whoever else is held', async () => {
    const lane = new Lane()
    const [first, second] = [lane.join(), lane.join()]
    const gone: string[] = []
    void lane.hold(first).then(() => gone.push('held'))
    lane.stop(first)
    lane.stop(second)
    void lane.turn(second).then(() => gone.push('second'))
    lane.letGo(second)
    await jest.advanceTimersByTimeAsync(pauseMsMin)
    expect([gone, lane.isHeld]).toEqual([[], true])
    lane.letGo(first)
    await jest.advanceTimersByTimeAsync(0)
    expect([gone, lane.isHeld]).toEqual([['held', 'second'], false])
  })

  it('waits longer each time, up to a limit, and briefly again once a message went through', async () => {
    const lane = new Lane()
    const place = lane.join()
    const paused = async (): Promise<number> => {
      const began = Date.now()
      const held = lane.hold(place)
      await jest.runAllTimersAsync()
      await held
      return Date.now() - began
    }
    expect([await paused(), await paused()]).toEqual([pauseMsMin, 2 * pauseMsMin])
    for (let times = 0; times < 10; times++) await paused()
    expect(await paused()).toBe(pauseMsMax)
    lane.flows()
    expect(await paused()).toBe(pauseMsMin)
  })

  it('that is closed holds nobody', async () => {
    const lane = new Lane()
    const held = lane.hold(lane.join())
    lane.close()
    await held
    await lane.hold(lane.join())
    expect([lane.isHeld, lane.isOpen]).toEqual([false, false])
  })
})
