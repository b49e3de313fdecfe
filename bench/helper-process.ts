import { fork, type ChildProcess, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadResult } from './load-order.js'

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

/** A process of the bench that does what it is told, one order after the other. */
export class OrderedProcess<Order extends Serializable, Result> {
  readonly #name: string
  readonly #child: ChildProcess

  /** @param name - its file among those of the bench */
  constructor(name: string) {
    this.#name = name
    this.#child = fork(join(here, `${name}.js`))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** @throws Error with the process's own words */
  async order(order: Order): Promise<Result> {
    const answered = answerOf(this.#child, this.#name)
    this.#child.send(order)
    const answer = (await answered) as OrderAnswer<Result>
    if ('error' in answer) throw new Error(`${this.#name}: ${answer.error}`)
    return answer.result
  }

  stop(): Promise<void> {
    return stopChild(this.#child)
  }
}

type OrderAnswer<Result> = { readonly result: Result } | { readonly error: string }

/** The load generator's process. */
export class LoadGenerator extends OrderedProcess<LoadOrder, LoadResult | undefined> {
  constructor() {
    super('load')
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
