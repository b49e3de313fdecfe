import { BoundedClient, type BoundedAnswer } from '../bounded-request.js'
import type { Secret } from '../config/secrets.js'
import { brokerKeepingLimits, brokerUserLimits, ownQueueBounds } from '../limits/queues.js'
import { BrokerError } from './broker-error.js'
import { passwordHashOf } from './password-hash.js'

/** What a user may do in the virtual host: regular expressions over names. */
export interface UserRights {
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface BrokerManagementSettings {
  /** Of the management HTTP API, with an administrator's login. */
  readonly managementUrl: Secret<string>
  /** Of AMQP; its path names the virtual host. */
  readonly url: Secret<string>
}

interface Connection {
  readonly name: string
  readonly vhost: string
}

type Method = 'GET' | 'PUT' | 'DELETE'

/** RabbitMQ's management HTTP API, as far as the bus looks after its users. Each answer is bounded in time and length. */
export class BrokerManagement {
  readonly #client = new BoundedClient()
  readonly #base: string
  readonly #login: string
  readonly #virtualHost: string

  constructor({ managementUrl, url }: BrokerManagementSettings) {
    const { origin, pathname, username, password } = new URL(managementUrl.reveal())
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    this.#base = `${origin}${pathname.replace(/\/+$/, '')}/api`
    this.#login = `Basic ${Buffer.from(login).toString('base64')}`
    this.#virtualHost = encodeURIComponent(virtualHostOf(url.reveal()))
  }

  async hasUser(user: string): Promise<boolean> {
    return (
      (await this.#ask('GET', `/users/${encodeURIComponent(user)}`, { may404: true })) !== undefined
    )
  }

  /** All of them, of every virtual host. */
  async users(): Promise<readonly string[]> {
    const users = (await this.#ask('GET', '/users?columns=name')) as { readonly name: string }[]
    return users.map(({ name }) => name)
  }

  /** Makes the user, or changes the password; of no tag, so without any access to this API. */
  async putUser(user: string, password: string): Promise<void> {
    const body = {
      password_hash: passwordHashOf(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    }
    await this.#ask('PUT', `/users/${encodeURIComponent(user)}`, { body })
  }

  /** Who may do what in the virtual host. */
  async rights(): Promise<ReadonlyMap<string, UserRights>> {
    const rows = (await this.#ask(
      'GET',
      `/vhosts/${this.#virtualHost}/permissions`,
    )) as (UserRights & {
      readonly user: string
    })[]
    return new Map(
      rows.map(({ user, configure, write, read }) => [user, { configure, write, read }]),
    )
  }

  async setRights(user: string, rights: UserRights): Promise<void> {
    // Before the rights: what a user may open and make is bounded from its first connection on.
    for (const [name, value] of Object.entries(brokerUserLimits)) {
      await this.#ask('PUT', `/user-limits/${encodeURIComponent(user)}/${name}`, {
        body: { value },
      })
    }
    await this.#ask('PUT', this.#rightsPath(user), { body: rights })
  }

  /** Bounds the queues that users make themselves, whatever arguments they give them. */
  async boundOwnQueues(): Promise<void> {
    await this.#ask('PUT', `/policies/${this.#virtualHost}/sluice-own-replies`, {
      body: {
        pattern: '\\.replies\\..+$',
        definition: ownQueueBounds,
        'apply-to': 'queues',
        priority: 100,
      },
    })
  }

  async clearRights(user: string): Promise<void> {
    await this.#ask('DELETE', this.#rightsPath(user), { may404: true })
  }

  /** Users with connections to the virtual host, as the broker's statistics have them: some seconds old. */
  async connectedUsers(): Promise<ReadonlySet<string>> {
    const path = `/vhosts/${this.#virtualHost}/connections?columns=user`
    const connections = (await this.#ask('GET', path)) as { readonly user: string }[]
    return new Set(connections.map(({ user }) => user))
  }

  /**
   * Closes what a user has open to the virtual host, at once where the user has nothing open to another; else only
   * what the statistics know.
   * @param reason - what the client is told
   */
  async closeConnectionsOf(user: string, reason: string): Promise<void> {
    const path = `/connections/username/${encodeURIComponent(user)}`
    const open = ((await this.#ask('GET', path, { may404: true })) ?? []) as Connection[]
    const here = open.filter(({ vhost }) => encodeURIComponent(vhost) === this.#virtualHost)
    if (here.length === 0) return
    const headers = { 'x-reason': reason }
    if (here.length === open.length) {
      await this.#ask('DELETE', path, { headers, may404: true })
      return
    }
    for (const { name } of here) {
      await this.#ask('DELETE', `/connections/${encodeURIComponent(name)}`, {
        headers,
        may404: true,
      })
    }
  }

  /** What is under way is broken off. */
  close(): Promise<void> {
    return this.#client.close()
  }

  #rightsPath(user: string): string {
    return `/permissions/${this.#virtualHost}/${encodeURIComponent(user)}`
  }

  /**
   * @returns undefined for no content, and for what is not there where that may be
   * @throws BrokerError
   */
  async #ask(
    method: Method,
    path: string,
    {
      body,
      headers = {},
      may404 = false,
    }: {
      readonly body?: object
      readonly headers?: Readonly<Record<string, string>>
      readonly may404?: boolean
    } = {},
  ): Promise<unknown> {
    const answer = await this.#request(method, path, body, headers)
    if (answer.status === 404 && may404) return undefined
    if (answer.status < 200 || answer.status > 299) {
      const why = answer.status === 401 ? 'it does not know the login' : `status ${answer.status}`
      throw new BrokerError(
        `the broker's management API refuses ${method} ${pathOnly(path)}: ${why}`,
      )
    }
    return answer.body.length === 0 ? undefined : jsonOf(answer.body)
  }

  async #request(
    method: Method,
    path: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<BoundedAnswer> {
    try {
      return await this.#client.ask(`${this.#base}${path}`, {
        method,
        headers: {
          Authorization: this.#login,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        bytesMax: brokerKeepingLimits.answerBytesMax,
        timeMsMax: brokerKeepingLimits.requestMsMax,
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new BrokerError(`the broker's management API does not answer: ${why}`, { cause: error })
    }
  }
}

/** The virtual host that an address names; `/` where it names none. */
export function virtualHostOf(url: string): string {
  const name = new URL(url).pathname.slice(1)
  return name === '' ? '/' : decodeURIComponent(name)
}

function pathOnly(path: string): string {
  return path.split('?', 1)[0] ?? path
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new BrokerError("the broker's management API answers with what is no JSON", {
      cause: error,
    })
  }
}
