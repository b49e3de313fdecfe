import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { brokerNameOf } from '../../src/broker/names.js'
import { rightsOf } from '../../src/broker/user-rights.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import type { TestBroker } from './broker.js'

const python = '/usr/bin/python3'

/** The address of a subsystem's broker user, with the rights that the supervisor gives it and no others. */
export async function brokerUserOf(broker: TestBroker, subsystem: string): Promise<string> {
  const id = parseSubsystemId(subsystem)
  const user = brokerNameOf(id)
  const url = await broker.userUrl(user)
  const path = `/api/permissions/${broker.virtualHost}/${encodeURIComponent(user)}`
  await broker.manage('PUT', path, rightsOf(id))
  return url
}

/** What a program of docs/connect-mq said. */
export interface SaidMqClient {
  /** 0 answered, 1 refused, 2 what came was not accepted, 3 nothing came in time. */
  readonly exitCode: number | null
  /** Each line that is JSON. */
  readonly said: readonly Record<string, unknown>[]
  readonly output: string
  readonly errors: string
}

interface RunOptions {
  readonly url: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end. */
export async function runMqClient(
  command: readonly string[],
  { url, env }: RunOptions,
): Promise<SaidMqClient> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: { ...process.env, AMQP_URL: url, ...env },
    timeout: 45_000,
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { exitCode, said, output, errors }
}

export const runConsumer = (args: readonly string[], options: RunOptions): Promise<SaidMqClient> =>
  runMqClient([python, 'docs/connect-mq/consumer.py', ...args], options)

/** docs/connect-mq/provider.py, as it runs. */
export class RunningMqProvider {
  /** Exchange ids of what it did, in order. */
  readonly done: string[] = []
  errors = ''
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves once it reads its queue. */
  static async start(folder: string, provider: string, url: string): Promise<RunningMqProvider> {
    const child = spawn(python, ['docs/connect-mq/provider.py', folder, provider], {
      env: { ...process.env, AMQP_URL: url },
    })
    const one = new RunningMqProvider(child)
    child.stderr.setEncoding('utf8').on('data', (text: string) => (one.errors += text))
    const lines = createInterface(child.stdout)
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the provider ended: ${one.errors}`)))
      lines.on('line', (line) => {
        if (line === 'ready') resolve()
        if (line.startsWith('done: ')) one.done.push(line.slice('done: '.length))
      })
    })
    return one
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}
