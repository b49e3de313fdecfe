import 'reflect-metadata'
import cluster from 'node:cluster'

/** `npm start`: the supervisor first; it starts this same file again for each worker. */
process.exit(await (cluster.isPrimary ? runNode() : runWorker()))

// Neither loads what only the other needs: that is a third of the work of a start.
async function runNode(): Promise<number> {
  const program = await import('./process/run-node.js')
  return program.runNode()
}

async function runWorker(): Promise<number> {
  const program = await import('./worker.js')
  return program.runWorker()
}
