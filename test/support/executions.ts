import { v7 } from 'uuid'
import pg from 'pg'
import { readFileSync } from 'node:fs'
import { ExecutionJob } from '../../src/admin/executions/execution-job.js'
import { readSettings } from '../../src/contract/contract-settings.js'
import type { ControlTerms } from '../../src/contract/control-terms.js'
import { executionWords } from '../../src/execution/execution-words.js'
import { parseServiceId, parseSubsystemId } from '../../src/exchange/identifier.js'
import type { NoticeCode } from '../../src/exchange/message-notice.js'
import type { MessageLog } from '../../src/message-log/message-log.store.js'
import { RegistryStore } from '../../src/registry/registry.store.js'
import { openTestAdminApi, type TestAdminApi, type TestCaller } from './admin-api.js'
import type { TestDatabase } from './database.js'
import { startTestLog } from './message-log.js'
import { ownerPool, recordNothing, writeOf } from './registry-database.js'
import { sampleMember, sampleSubsystem } from './registry-samples.js'
import { sampleValidated } from './sample-exchange.js'

/** Nodes of three authorities. */
export const nodes = {
  baku: 'AZ/GOV/BSIH/MURACIET',
  transport: 'AZ/GOV/NN/MURACIET',
  ecology: 'AZ/GOV/ETSN/MURACIET',
} as const

type Folder = 'MURACIET/muraciet' | 'MURACIET/hadise' | 'SENED/sened'

/** A notice as the API gives it. */
export interface Told {
  readonly data: Readonly<Record<string, unknown>>
  readonly text: Readonly<Record<'az' | 'en', string>>
}

/** Nodes that send each other cards and events, into a real log, at a clock that the test moves. */
export class ExecutionField {
  readonly api: TestAdminApi
  readonly #log: MessageLog
  readonly #job: ExecutionJob
  readonly #owner: pg.Client
  #passedMs: number

  private constructor(
    parts: { readonly api: TestAdminApi; readonly log: MessageLog; readonly owner: pg.Client },
    private readonly clock: { now: () => Date },
  ) {
    this.api = parts.api
    this.#log = parts.log
    this.#owner = parts.owner
    this.#job = new ExecutionJob(parts.api.database)
    this.#passedMs = 0
    clock.now = () => new Date(Date.now() + this.#passedMs)
  }

  /** The caller closes it before the database is stopped. */
  static async open(database: TestDatabase): Promise<ExecutionField> {
    const pool = ownerPool(database.ownerUrl)
    const ids = Object.values(nodes)
    const domains = ['MURACIET', 'SENED'].map((code) => ({
      ...{ code, name: { az: code, en: code }, status: 'active' as const },
    }))
    const members = ids.map((id) => sampleMember(id.slice(0, id.lastIndexOf('/'))))
    const subsystems = ids.map((id) => sampleSubsystem(id, { domain: 'MURACIET' }))
    const store = new RegistryStore(pool, recordNothing)
    await store.apply(() => writeOf({ domains, members, subsystems }))
    await pool.end()
    const clock = { now: (): Date => new Date() }
    const now = (): Date => clock.now()
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const { log } = await startTestLog(database.busUrl, { now })
    return new ExecutionField(
      { api: await openTestAdminApi(database, { clock: now }), log, owner },
      clock,
    )
  }

  async close(): Promise<void> {
    await this.api.close()
    await this.#log.close()
    await this.#owner.end()
  }

  now(): Date {
    return this.clock.now()
  }

  pass(ms: number): void {
    this.#passedMs += ms
  }

  /** One turn of the job. @returns of how many executions was told */
  turn(): Promise<number> {
    return this.#job.turn(this.now())
  }

  /** A message as step 4 takes it, with what its contract declares of it. @returns its exchange id */
  async send(
    sender: string,
    to: string,
    body: object,
    folder: Folder = 'MURACIET/muraciet',
  ): Promise<string> {
    const [domain = '', code = ''] = folder.split('/')
    const receivedAt = this.now()
    const exchangeId = v7({ msecs: receivedAt.getTime() })
    const validated = sampleValidated({
      ...{ exchangeId, receivedAt, consumer: parseSubsystemId(sender) },
      payload: Buffer.from(JSON.stringify(body)),
    })
    const message = {
      ...validated,
      route: {
        ...{ ...validated.route, domain, pattern: 'one-way' as const },
        ...{ provider: parseSubsystemId(to), service: parseServiceId(`${to}/${code}/v1`) },
      },
    }
    await this.#log.logRequest(message, executionWords(message, controlOf(folder)))
    return exchangeId
  }

  tell(sender: string, to: string, event: object): Promise<string> {
    return this.send(sender, to, event, 'MURACIET/hadise')
  }

  /** What the recipient of a message, or the bus, says of it. */
  async say(exchangeId: string, code: NoticeCode): Promise<void> {
    await this.#owner.query(
      `INSERT INTO sluice.outbox_notice (id, exchange_id, partition, code, sender, recipient, message_id, protocol, at)
       VALUES ($1, $2, 0, $3, 'x', 'x', 'x', 'rest', $4)`,
      [v7(), exchangeId, code, this.now()],
    )
  }

  /** Notices of a kind about a message, in the inbox of these. */
  async told(as: TestCaller, kind: string, subject: string): Promise<Told[]> {
    const { json } = await this.api.call('GET', '/v1/notices?limit=200', { as })
    const { items } = json as { items: (Told & { kind: string; subject: string })[] }
    return items.filter((notice) => notice.kind === kind && notice.subject === subject)
  }
}

function controlOf(folder: Folder): ControlTerms {
  const { control } = readSettings(readFileSync(`contracts/${folder}/v1/contract.yaml`))
  if (!control) throw new Error(`${folder} controls nothing`)
  return control
}
