/**
 * One RabbitMQ for all spec files of a run: it takes seconds of a processor to start, a virtual host a moment. Lives in
 * jest's own process, and is started when the first spec file asks for it over a socket. Plain JavaScript, since jest
 * maps no names of modules here.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** More than any test sends. */
const messageBytesMax = 67_108_864

let folder
let server
let starting

/** Begins to listen for spec files that ask; they find the socket in `SLUICE_TEST_BROKER`. */
export async function holdBroker() {
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-ask-'))
  const path = join(folder, 'broker')
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    starting ??= start()
    starting.then(
      ({ url, managementUrl }) => socket.end(JSON.stringify({ url, managementUrl })),
      (error) => socket.end(JSON.stringify({ error: String(error.message) })),
    )
  })
  await new Promise((resolve) => server.listen(path, resolve))
  server.unref()
  process.env.SLUICE_TEST_BROKER = path
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

export async function releaseBroker() {
  server?.close()
  const broker = await starting?.catch(() => undefined)
  await broker?.end()
  if (folder) rmSync(folder, { recursive: true, force: true })
}

async function start() {
  const { AMQP_URL: url, AMQP_MANAGEMENT_URL: managementUrl } = process.env
  if (url && managementUrl) return { url, managementUrl, end: async () => undefined }
  const build = new URL('../../dist/src/broker/private-broker.js', import.meta.url)
  const { startPrivateBroker } = await import(build.href)
  const dataDir = mkdtempSync(
    join(process.env.SLUICE_TEST_DATABASES ?? tmpdir(), 'sluice-test-broker-'),
  )
  const broker = await startPrivateBroker({ dataDir, messageBytesMax })
  // Nobody wants its data, so it is not waited for.
  const kill = () => {
    try {
      process.kill(broker.pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  process.once('exit', kill)
  return {
    url: broker.url,
    managementUrl: broker.managementUrl,
    async end() {
      kill()
      await broker.stop()
      process.removeListener('exit', kill)
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
