import { setTimeout as pause } from 'node:timers/promises'
import { CaError } from '../ca/ca-error.js'
import { IssuingCa } from '../ca/issuing-ca.store.js'
import { crlLookEveryMs } from '../ca/limits.js'
import { OcspResponder } from '../ca/ocsp-responder.store.js'
import { openCaKey } from '../ca/open-ca-key.js'
import { hasInstance } from '../ca/registry-transaction.store.js'
import type { CaConfig } from '../config/ca-config.js'
import type { Secret } from '../config/secrets.js'
import { createPool } from '../database/connection.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { readRevocationList } from '../trust/read-revocation-list.js'
import type { HealthCheck } from './messages.js'

export interface NodeCaInput {
  readonly config: CaConfig
  /** Address of a login that may take on the role of the admin API. */
  readonly adminUrl: Secret<string>
  /** Address of a login that may take on the role of the jobs, which keeps revocation lists. */
  readonly jobsUrl: Secret<string>
  readonly log: SystemLog
}

const statementTimeoutMs = 30_000
const firstStart = { actor: 'sluice', role: 'node', reason: 'first start with a CA' } as const

type Pool = ReturnType<typeof createPool>

/** The CA of a node: its key, its OCSP responder, and the turns in which its list is kept up to date. */
export class NodeCa {
  readonly ca: IssuingCa
  readonly ocsp: OcspResponder
  readonly #config: CaConfig
  readonly #pools: Readonly<Record<'admin' | 'jobs', Pool>>
  readonly #lists: RevocationListStore
  readonly #log: SystemLog
  readonly #stopping = new AbortController()
  readonly #turns: Promise<void>
  #keptNumber = 0
  #trouble: string | undefined

  private constructor(
    config: CaConfig,
    ca: IssuingCa,
    pools: Readonly<Record<'admin' | 'jobs', Pool>>,
    log: SystemLog,
  ) {
    this.#config = config
    this.ca = ca
    this.#pools = pools
    this.#lists = new RevocationListStore(pools.jobs)
    this.#log = log
    this.ocsp = new OcspResponder({
      ...{ pool: pools.admin, key: ca.key, authority: () => ca.authority() },
      warn: (event, details) => log.warn(details, event),
    })
    this.#turns = this.#run()
  }

  /**
   * Opens the CA's key, making it where there is none yet.
   * @throws ConfigError; CaError CA_KEY_UNAVAILABLE
   */
  static async open(input: NodeCaInput): Promise<NodeCa> {
    const { config } = input
    const key = await openCaKey(config)
    const pools = { admin: openPool(input, 'admin'), jobs: openPool(input, 'jobs') }
    return new NodeCa(config, new IssuingCa({ config, key, pool: pools.admin }), pools, input.log)
  }

  checks(): HealthCheck[] {
    const why = this.#trouble
    return why === undefined ? [] : [{ name: 'CA', ok: false, why }]
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#turns
    await Promise.all([this.#pools.admin.end(), this.#pools.jobs.end()])
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#turn()
        this.#trouble = undefined
      } catch (error) {
        this.#note(error)
      }
      await pause(crlLookEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** A CA without certificate waits for its operator, or for the registry to have an instance; that is no trouble. */
  async #turn(): Promise<void> {
    if (!(await this.#isReady())) return
    const list = await this.ca.list()
    if (this.#config.publicUrl === undefined || list.number === this.#keptNumber) return
    const { der: authorityDer, thumbprint } = await this.ca.authority()
    const facts = readRevocationList(list.der, authorityDer)
    const kept = { authority: thumbprint, digest: list.digest, der: list.der }
    await this.#lists.keepIfNewer(kept, facts)
    this.#keptNumber = list.number
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.ca.authority()
      return true
    } catch (error) {
      if (!(error instanceof CaError) || error.code !== 'CA_NOT_READY') throw error
    }
    if (this.#config.root === 'outside' || !(await hasInstance(this.#pools.admin))) return false
    if (await this.ca.init(firstStart)) this.#log.info({ name: this.#config.name }, 'CA ready')
    return true
  }

  #note(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    if (why !== this.#trouble) this.#log.warn({ err: error }, 'the CA cannot do its part')
    this.#trouble = why
  }
}

function openPool({ adminUrl, jobsUrl, log }: NodeCaInput, role: 'admin' | 'jobs'): Pool {
  return createPool(
    {
      ...{ url: (role === 'admin' ? adminUrl : jobsUrl).reveal(), role },
      ...{ applicationName: 'sluice ca', connectionTimeoutMs: 5_000, statementTimeoutMs },
      ...{ connectionsMax: role === 'admin' ? 4 : 1, idleTimeoutMs: 60_000 },
    },
    (error) => log.warn({ err: error }, 'an idle database connection broke'),
  )
}
