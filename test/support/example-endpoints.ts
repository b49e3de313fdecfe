import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** An applicant's endpoint of other people's making. */
export interface ExampleEndpoint {
  readonly address: string
  close(): Promise<void>
}

/** A plain nginx with its configuration in a folder. @param port - that the configuration has */
export async function startNginx(cwd: string, port: number): Promise<ExampleEndpoint> {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`
  const running = spawn('nginx', ['-p', cwd, '-c', 'nginx.conf'], {
    ...{ cwd, stdio: 'ignore', env: { ...process.env, PATH } },
  })
  await listening(port)
  return endpointOf(running, `https://localhost:${port}`)
}

/**
 * Node's `soap`, as in docs/conformity/soap.
 * @param cwd - where its certificate and key are
 * @param careless - whether it answers anything, and not as its contract says
 */
export async function startSoap(
  cwd: string,
  { port = 0, careless = false } = {},
): Promise<ExampleEndpoint> {
  // Beside what it imports, as a stranger has it after `npm install soap`.
  const server = join(process.cwd(), 'docs/conformity/soap/server.mjs')
  const env = { ...process.env, PORT: String(port), CARELESS: careless ? '1' : '' }
  const running = spawn(process.execPath, [server], {
    ...{ cwd, env, stdio: ['ignore', 'pipe', 'inherit'] },
  })
  const [address] = (await once(createInterface(running.stdout), 'line')) as [string]
  return endpointOf(running, address)
}

function endpointOf(running: ChildProcess, address: string): ExampleEndpoint {
  return {
    address,
    async close() {
      if (running.exitCode !== null || running.signalCode !== null) return
      running.kill('SIGKILL')
      await once(running, 'exit')
    },
  }
}

/** Until somebody listens. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
