/**
 * The load generator: one process, raw sockets, requests signed before the clock starts, so that
 * what is measured is the bus and not its client. Does what its parent tells it.
 */
import { openLanes, type Lane } from './load-lane.js'
import type { LoadAnswer, LoadOrder, LoadResult, LoadTarget } from './load-order.js'
import { httpPartsOf, type RequestMaker } from './load-request.js'
import { RestRequests } from './load-rest.js'
import { LoadRun } from './load-run.js'
import { SoapRequests } from './load-soap.js'

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
      maker = requestMakerOf(order)
      lanes = await openLanes(order.url, order.connections)
      return undefined
    case 'prepare':
      heads = []
      while (maker && heads.length < order.requests) heads.push(maker.head())
      return undefined
    case 'run': {
      if (!maker) throw new Error('nothing is open')
      const { ratePerSecond, timeMs } = order
      const run = new LoadRun(lanes, heads, maker.payload, { ratePerSecond, timeMs })
      const messageBytes = heads[0] ? bodyBytesOf(heads[0]) + maker.payload.length : 0
      const figures = await run.go()
      heads = []
      return { ...figures, messageBytes, verified: checkReplies(run, maker) }
    }
    case 'close':
      for (const lane of lanes) lane.close()
      lanes = []
      return undefined
  }
}

function requestMakerOf(target: LoadTarget): RequestMaker {
  const { lane, signer } = target
  return lane === 'soap' && signer ? new SoapRequests(target, signer) : new RestRequests(target)
}

/** What stands in a request's beginning behind its HTTP head. */
function bodyBytesOf(head: Buffer): number {
  return httpPartsOf(head).payload.length
}

/** @returns how many were looked at; a refusal is counted by its status and not looked at */
function checkReplies({ kept }: LoadRun, requests: RequestMaker): number {
  let verified = 0
  for (const { head, reply } of kept) {
    const { start, headers, payload } = httpPartsOf(reply)
    const status = Number(start.split(' ', 2)[1])
    if (status !== 200) continue
    if (requests.checkReply(head, { status, headers, payload })) verified += 1
  }
  return verified
}

function answer(message: LoadAnswer): void {
  process.send?.(message)
}
