import { describe, expect, it } from '@jest/globals'
import { BusMetrics } from './metrics.js'

describe('what a worker counts', () => {
  it('shows what the message log counts as it stands, however often it is read', async () => {
    let refusalsLost = 3
    const metrics = new BusMetrics({
      exchangesInProgress: () => 0,
      logQueueRows: () => 0,
      refusalsLost: () => refusalsLost,
      failingServices: () => 0,
    })
    const read = async () =>
      (await metrics.values()).find(({ name }) => name === 'sluice_log_refusals_lost_total')
    await read()
    expect(await read()).toMatchObject({ type: 'counter', values: [{ value: 3 }] })
    refusalsLost = 5
    expect(await read()).toMatchObject({ values: [{ value: 5 }] })
  })
})
