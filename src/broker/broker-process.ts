import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** The start of the broker failed; `lines` is what it said. */
export class BrokerStartError extends Error {
  override readonly name = 'BrokerStartError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(`RabbitMQ did not start: ${lines.slice(-5).join(' / ') || 'it said nothing'}`)
    this.lines = lines
  }

  /** Whether a second try may help: a port was taken meanwhile. */
  get isPassing(): boolean {
    return this.lines.some((line) => /eaddrinuse|in use/i.test(line))
  }
}

export interface ProcessWish {
  readonly file: string
  readonly args: readonly string[]
  /** Both processes stand in it, by which an orphan is known again. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

const linesKeptMax = 20
const readyPattern = /completed with \d+ plugins|Server startup complete/

/** Starts a program in a process group of its own: Ctrl-C in a terminal is for the bus, which needs its broker to the end. */
export function spawnIn({ file, args, folder, env }: ProcessWish): ChildProcess {
  return spawn(file, args, {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/**
 * Resolves when the broker says that it is up.
 * @throws BrokerStartError
 */
export function untilReady(
  child: ChildProcess,
  readyLimitMs: number,
  log: ((line: string) => void) | undefined,
): Promise<void> {
  const lines: string[] = []
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new BrokerStartError([...lines, `not ready within ${readyLimitMs} ms`]))
    }, readyLimitMs)
    const fail = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    child.once('error', (error) => fail(new BrokerStartError([error.message])))
    // `close` and not `exit`: by then the last lines, which say why, have been read.
    child.once('close', () => fail(new BrokerStartError(lines)))
    const read = (line: string): void => {
      log?.(line)
      if (lines.push(line) > linesKeptMax) lines.shift()
      if (!readyPattern.test(line)) return
      clearTimeout(timer)
      resolve()
    }
    if (child.stdout) createInterface({ input: child.stdout }).on('line', read)
    if (child.stderr) createInterface({ input: child.stderr }).on('line', read)
  })
}

/** Ends a process of `spawnIn`: an orderly stop, and after the limit force against all that it started. */
export async function endChild(child: ChildProcess, stopLimitMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => killGroup(child), stopLimitMs)
  await ended
  clearTimeout(timer)
}

/** Ends a process of `spawnIn` with all that it started, at once. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** Different ports of the loopback interface that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
