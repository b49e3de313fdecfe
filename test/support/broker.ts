import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { startPrivateBroker } from '../../src/broker/private-broker.js'
import { databaseFolder } from './database.js'

/** A real RabbitMQ, as far as one spec file sees it: a virtual host of its own. */
export interface TestBroker {
  /** Of the administrator, with the virtual host. */
  readonly url: string
  readonly managementUrl: string
  readonly virtualHost: string
  /**
   * The address of a user, who is made where there is none, without any right. Users are of all virtual hosts, so
   * one of a name has the same password everywhere.
   */
  userUrl(user: string): Promise<string>
  /** Calls the management API. @returns what it answers, read as JSON */
  manage(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  /**
   * `kill -9`, once RabbitMQ has written down which quorum queues there are: until a second after it made one, this
   * version forgets it (ra 2.2.0). Only of a broker that was started alone.
   */
  kill(): Promise<void>
  /** Starts it again after `kill`, at the same addresses. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface TestBrokerWish {
  /** A broker for this spec file only, which may be killed; takes seconds to start. */
  readonly alone?: boolean
  /** Of a broker alone: the largest message that it takes. */
  readonly messageBytesMax?: number
}

interface Addresses {
  readonly url: string
  readonly managementUrl: string
}

/** Starts a broker for a spec file: `beforeAll(async () => { broker = await startTestBroker() }, 60_000)`. */
export async function startTestBroker(wish: TestBrokerWish = {}): Promise<TestBroker> {
  if (wish.alone || wish.messageBytesMax !== undefined) return startAlone(wish)
  const admin = await askForBroker()
  const virtualHost = `test-${randomBytes(6).toString('hex')}`
  const manage = managing(admin.managementUrl)
  await manage('PUT', `/api/vhosts/${virtualHost}`)
  const user = new URL(admin.url).username
  const everything = { configure: '.*', write: '.*', read: '.*' }
  await manage('PUT', `/api/permissions/${virtualHost}/${user}`, everything)
  const refuse = (): Promise<void> =>
    Promise.reject(new Error('this broker is of all spec files; ask for one alone'))
  return {
    ...faceOf({ ...admin, url: withHost(admin.url, virtualHost) }),
    kill: refuse,
    restart: refuse,
    async stop() {
      await manage('DELETE', `/api/vhosts/${virtualHost}`)
    },
  }
}

async function startAlone({ messageBytesMax = 67_108_864 }: TestBrokerWish): Promise<TestBroker> {
  const dataDir = await mkdtemp(join(databaseFolder(), 'sluice-test-broker-'))
  let broker = await startPrivateBroker({ dataDir, messageBytesMax })
  const { ports } = broker
  const kill = async (): Promise<void> => {
    process.kill(broker.pid, 'SIGKILL')
    await broker.ended
    await broker.stop()
  }
  let isUp = true
  return {
    ...faceOf(broker),
    async kill() {
      await untilQueuesAreKept(dataDir, broker)
      isUp = false
      await kill()
    },
    async restart() {
      broker = await startPrivateBroker({ dataDir, messageBytesMax, ports })
      isUp = true
    },
    async stop() {
      if (isUp) await kill()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** In RabbitMQ's own file of them. */
async function untilQueuesAreKept(dataDir: string, { managementUrl }: Addresses): Promise<void> {
  const all = await managing(managementUrl)('GET', '/api/queues?columns=name,vhost,type')
  const names = (all as { name: string; vhost: string; type: string }[])
    .filter(({ type }) => type === 'quorum')
    .map(({ name, vhost }) => `${vhost}_${name}`)
  const file = join(dataDir, 'data/sluice@localhost/quorum/sluice@localhost/names.dets')
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const kept = await readFile(file).catch(() => Buffer.alloc(0))
    if (names.every((name) => kept.includes(name))) return
    await pause(50)
  }
  throw new Error('the broker does not write its queues down')
}

function faceOf({ url, managementUrl }: Addresses): Omit<TestBroker, 'kill' | 'restart' | 'stop'> {
  const manage = managing(managementUrl)
  return {
    url,
    managementUrl,
    virtualHost: new URL(url).pathname.slice(1),
    manage,
    async userUrl(user) {
      const password = createHash('sha256').update(`test of ${user}`).digest('hex')
      await manage('PUT', `/api/users/${encodeURIComponent(user)}`, { password, tags: '' })
      const address = new URL(url)
      address.username = encodeURIComponent(user)
      address.password = password
      return address.href
    },
  }
}

function managing(managementUrl: string): TestBroker['manage'] {
  const { origin, username, password } = new URL(managementUrl)
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  return async (method, path, body) => {
    const answer = await request(`${origin}${path}`, {
      method,
      headers: {
        authorization: `Basic ${login.toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}

function withHost(url: string, virtualHost: string): string {
  const address = new URL(url)
  address.pathname = `/${virtualHost}`
  return address.href
}

/** Of the process that jest was started in, which starts it for the first who asks. */
async function askForBroker(): Promise<Addresses> {
  const path = process.env['SLUICE_TEST_BROKER']
  if (path === undefined) throw new Error('jest was started without its configuration')
  const socket = connect(path).setEncoding('utf8')
  let text = ''
  socket.on('data', (chunk: string) => (text += chunk))
  await once(socket, 'close')
  const answer = JSON.parse(text) as Addresses & { readonly error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}
