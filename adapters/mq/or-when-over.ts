import type { DeadlineSignal } from '../../src/exchange/deadline.js'

/** Resolves when the work has ended or time is up, whichever is first. */
export function orWhenOver(work: Promise<unknown>, deadline: DeadlineSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = { handleEvent: () => resolve() }
    deadline.addEventListener('abort', over)
    const ended = (): void => deadline.removeEventListener('abort', over)
    work.finally(ended).then(() => resolve(), reject)
  })
}
