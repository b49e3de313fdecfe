/**
 * The load generator: one process, raw sockets, requests signed before the clock starts, so that
 * what is measured is the bus and not its client. Does what its parent tells it.
 */
import { openLanes, type Lane } from './load-lane.js'
import type { LoadAnswer, LoadOrder, LoadResult } from './load-order.js'
import { RequestMaker } from './load-requests.js'
import { LoadRun } from './load-run.js'

let lanes: readonly Lane[] = []
let maker: RequestMaker | undefined
let heads: Buffer[] = []

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  )
})
// A parent that is gone wants nothing measured any more.
process.on('disconnect', () => process.exit(0))

async function obey(order: LoadOrder): Promise<LoadResult | undefined> {
  switch (order.act) {
    case 'open':
      maker = new RequestMaker(order)
      lanes = await openLanes(order.url, order.connections)
      return undefined
    case 'prepare':
      heads = []
      while (maker && heads.length < order.requests) heads.push(maker.head())
      return undefined
    case 'run': {
      if (!maker) throw new Error('nothing is open')
      const { ratePerSecond, timeMs } = order
      const result = await new LoadRun(lanes, heads, maker.payload, { ratePerSecond, timeMs }).go()
      heads = []
      return result
    }
    case 'close':
      for (const lane of lanes) lane.close()
      lanes = []
      return undefined
  }
}

function answer(message: LoadAnswer): void {
  process.send?.(message)
}
