/**
 * Loaded into jest and its workers. Jest lets a signal end them at once, and what tests have started,
 * databases and whole buses in process groups of their own, would live on.
 */
import { subscribe } from 'node:diagnostics_channel'
import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'

const lookEveryMs = 500
const children = new Set()

subscribe('child_process', ({ process: child }) => {
  children.add(child)
  child.once('exit', () => children.delete(child))
})

if (isMainThread) {
  process.on('exit', () => {
    // To PostgreSQL: do not wait for sessions. To a bus: stop in order.
    for (const child of children) child.kill('SIGINT')
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]))
  }
  // A worker whose jest was killed. Listening for the end of the channel would hold it open for ever.
  if (process.connected) {
    setInterval(() => {
      if (!process.connected) process.exit(1)
    }, lookEveryMs).unref()
  }
}
