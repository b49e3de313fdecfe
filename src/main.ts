import 'reflect-metadata'
import cluster from 'node:cluster'
import { runNode } from './process/run-node.js'
import { runWorker } from './worker.js'

/** `npm start`: the supervisor first; it starts this same file again for each worker. */
process.exit(await (cluster.isPrimary ? runNode() : runWorker()))
