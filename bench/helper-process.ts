import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadAnswer, LoadOrder, LoadResult } from './load-order.js'

const here = dirname(fileURLToPath(import.meta.url))

/** A server of the bench in a process of its own. */
export interface HelperServer {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  readonly address: string
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts `provider` or `proxy` and resolves when it listens.
 * @throws Error when it ends before that
 */
export async function startServer(
  name: 'provider' | 'proxy',
  args: readonly string[] = [],
): Promise<HelperServer> {
  const child = fork(join(here, `${name}.js`), args)
  const { port } = (await answerOf(child, name)) as { readonly port: number }
  return {
    address: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  }
}

/** The load generator's process. */
export class LoadGenerator {
  readonly #child = fork(join(here, 'load.js'))

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** @throws Error with the generator's own words */
  async order(order: LoadOrder): Promise<LoadResult | undefined> {
    const answered = answerOf(this.#child, 'load')
    this.#child.send(order)
    const answer = (await answered) as LoadAnswer
    if ('error' in answer) throw new Error(`load generator: ${answer.error}`)
    return answer.result
  }

  stop(): Promise<void> {
    return stopChild(this.#child)
  }
}

function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      reject(new Error(`${name} ended with code ${code ?? 'none'}`))
    }
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message)
    })
  })
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
