import { Worker } from 'node:worker_threads'

/** What a thread may take. */
export interface ThreadLimits {
  readonly msMax: number
  /** Of its own heap, beside what the process has. */
  readonly heapMebibytesMax: number
}

/** A thread was ended because it took too long or too much. */
export class ThreadLimitError extends Error {
  override readonly name = 'ThreadLimitError'
}

/**
 * Runs a piece of work in a thread of its own, which ends with it, so that nothing of this one waits for it. The
 * module at `entry` finds the task in `workerData`, and posts the result once.
 * @throws ThreadLimitError, what the work throws (as an Error without its class), the reason of `signal`
 */
export async function runInThread<Result>(
  entry: URL,
  task: object,
  { msMax, heapMebibytesMax, signal }: ThreadLimits & { readonly signal?: AbortSignal | undefined },
): Promise<Result> {
  signal?.throwIfAborted()
  // It has no business with what the environment holds.
  const worker = new Worker(entry, {
    ...{ workerData: task, env: {} },
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax },
  })
  const limit = AbortSignal.timeout(msMax)
  const given = signal ? AbortSignal.any([limit, signal]) : limit
  try {
    return await new Promise<Result>((resolve, reject) => {
      const giveUp = (): void =>
        reject(limit.aborted ? new ThreadLimitError('it takes too long') : reasonOf(signal))
      given.addEventListener('abort', giveUp, { once: true })
      worker.once('message', resolve)
      worker.once('error', (error) => reject(isOutOfMemory(error) ? tooMuch(error) : error))
      worker.once('exit', (code) => reject(new Error(`a thread ended with ${code} and no result`)))
    })
  } finally {
    await worker.terminate()
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('given up', { cause: reason })
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function tooMuch(cause: unknown): ThreadLimitError {
  return new ThreadLimitError('it takes too much memory', { cause })
}
