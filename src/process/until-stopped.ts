/**
 * Waits for a part of the start, but no longer than until the start is called off.
 * @throws the signal's reason once it is
 */
export async function untilStopped<Value>(work: Promise<Value>, stop: AbortSignal): Promise<Value> {
  stop.throwIfAborted()
  let onStop: () => void = () => undefined
  const stopped = new Promise<never>((_resolve, reject) => {
    onStop = () => reject(stop.reason as Error)
    stop.addEventListener('abort', onStop)
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

/** Waits for an orderly end, but no longer than `limitMs`. @returns whether it came */
export async function endsWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer))
}
