import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Connections } from './connections.js'

/** How long an idle connection is kept when the listener closes. */
const closeGraceMs = 1_000
const closeSweepMs = 100

/**
 * Closes a listener without cutting what is under way: requests that still come, and replies that are
 * still read, which Node takes for idle connections. A connection that is idle now may have a
 * request under way to it, which closing would reset. It is kept for a moment: what still comes is
 * answered with `Connection: close`. The clocks of slow senders and slow readers go on.
 */
export async function closeInOrder(server: Server, connections: Connections): Promise<void> {
  // `close` of an HTTP server closes idle connections at once; that of its base class does not.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve())
  })
  let sweep: NodeJS.Timeout | undefined
  const grace = setTimeout(() => {
    // After what has arrived by now has been read.
    const endIdle = (): void => void setImmediate(() => connections.endIdle())
    sweep = setInterval(endIdle, closeSweepMs)
    endIdle()
  }, closeGraceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(grace)
  // Ends the clocks of Node's server; that it is closed already is no news.
  server.close()
}
