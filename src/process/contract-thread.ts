import { parentPort, workerData } from 'node:worker_threads'
import { readerInThisThread } from '../contract/contract-reader.js'
import type { ContractTask } from './contract-threads.js'

// The entry of a thread: one task, one result.
const task = workerData as ContractTask
const result =
  task.kind === 'read'
    ? await readerInThisThread.read(task.archive)
    : await readerInThisThread.breaks(task.before, task.after)
parentPort?.postMessage(result)
