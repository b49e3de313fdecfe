import { v7 as newId } from 'uuid'
import { CheckJob } from '../../src/admin/connection-cases/check-job.js'
import { RecheckJob } from '../../src/admin/rechecks/recheck-job.js'
import { RegistryChanges } from '../../src/admin/registry/registry-changes.js'
import type { ConnectionApplication } from '../../src/conformity/application.js'
import type { CheckLine, CheckResult } from '../../src/conformity/requirement.js'
import { addStep } from '../../src/connection/case.store.js'
import { keptSets } from '../../src/connection/requirement-sets.js'
import { writeContractArchive } from '../../src/contract/contract-archive.js'
import type { DocumentKind } from '../../src/document/document-kind.js'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestAdminApi,
  type TestCaller,
} from './admin-api.js'
import { caseWithOpinion, sampleApplication } from './connection-case.js'
import { plainDocument } from './connection-cases.js'
import { soapContract } from './contract-samples.js'
import type { TestDatabase } from './database.js'

/** What the tests recheck: a system that a connection case has connected, and its service. */
export const system = 'AZ/GOV/NN/VESIQE'
export const service = `${system}/yoxla/v1`

const name = '{ az: a, en: b }'
const registryWith = (digest: string): string => `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - class: GOV
    code: NN
    name: ${name}
    status: active
    subsystems:
      - code: VESIQE
        domain: PORTAL
        name: ${name}
        status: active
        services: [{ code: yoxla, version: v1, protocol: soap, address: 'https://nn.az/yoxla', modes: [body], status: active, contract: { digest: ${digest} } }]
  - { class: GOV, code: VN, name: ${name}, status: active, subsystems: [{ code: ISTEHLAK, domain: PORTAL, name: ${name}, status: active }] }
accessRights:
  - { id: r1, consumer: AZ/GOV/VN/ISTEHLAK, service: ${service}, legalBasis: Q, purpose: M, from: '2026-01-01', modes: [body], status: active }
`

interface Held {
  clock: () => Date
  isReal: boolean
}

/** Of connected objects, at a clock that the test moves, with checks that find what it says. */
export class RecheckField {
  readonly api: TestAdminApi
  /** How far ahead the clock is. */
  passedMs = 0
  /** What the next checks find, by code; everything else passes. */
  found: Readonly<Record<string, CheckResult>> = {}
  readonly #held: Held
  readonly #job: RecheckJob
  readonly #checks: CheckJob

  private constructor(api: TestAdminApi, held: Held) {
    held.clock = () => this.now()
    this.#held = held
    this.api = api
    const parts = { database: api.database, requirementSets: keptSets }
    const changes = new RegistryChanges(api.database.pool, () => this.now())
    this.#job = new RecheckJob({ ...parts, changes })
    const run: ConstructorParameters<typeof CheckJob>[0]['run'] = (_application, set) => {
      const lines = set.requirements.map(({ code }) => lineOf(code, this.found[code] ?? 'pass'))
      const at = this.now()
      return Promise.resolve({ requirementSet: set.version, startedAt: at, endedAt: at, lines })
    }
    this.#checks = new CheckJob({ ...parts, node: 'test', now: () => this.now(), run })
  }

  /** The caller closes it before the database is stopped. */
  static async open(database: TestDatabase): Promise<RecheckField> {
    const held = { clock: (): Date => new Date(), isReal: false }
    const clock = (): Date => held.clock()
    const api = await openTestAdminApi(database, {
      ...{ clock, connection: { clock } },
      documents: (usual) => ({
        write: (...given) => (held.isReal ? usual.write(...given) : plainDocument(...given)),
      }),
    })
    const field = new RecheckField(api, held)
    const bytes = registryWith(await field.contract(''))
    const headers = { 'content-type': 'application/yaml' }
    const path = '/v1/registry/declarations'
    const answer = await api.call('POST', path, { as: 'OPERATOR', headers, bytes })
    if (answer.status !== 200) throw new Error(answer.bytes.toString())
    await field.#connect(system, {})
    const declaration = { address: 'https://nn.az/yoxla' }
    await field.#connect(service, { kind: 'service', declaration })
    return field
  }

  /** Real documents from now on, or papers that cost nothing and are nowhere to be read. */
  write(documents: 'real' | 'plain'): void {
    this.#held.isReal = documents === 'real'
  }

  now(): Date {
    return new Date(Date.now() + this.passedMs)
  }

  /** One turn of the job. */
  turn(): Promise<number> {
    return this.#job.turn(this.now())
  }

  /** Runs whatever checks wait. */
  runChecks(): Promise<number> {
    return this.#checks.turn(new AbortController().signal)
  }

  /** Registers the service's contract with these elements more in its request. @returns its digest */
  async contract(requestElements: string): Promise<string> {
    const files = Object.entries(soapContract({ service, requestElements }))
    const folder = new Map(files.map(([path, text]) => [path, Buffer.from(text)]))
    const bytes = await writeContractArchive(folder)
    const headers = { 'content-type': 'application/zip' }
    const answer = await this.api.call('POST', '/v1/contracts', { as: 'OPERATOR', headers, bytes })
    if (answer.status !== 201) throw new Error(answer.bytes.toString())
    return (answer.json as { digest: string }).digest
  }

  /** A command on a recheck, as it is now. */
  async command(id: string, act: string, as: TestCaller, body?: object): Promise<AdminAnswer> {
    const path = `/v1/rechecks/${id}`
    const seen = await this.api.call('GET', path, { as: 'AGENCY' })
    const ifMatch = String(seen.headers['etag'])
    return this.api.call('POST', `${path}/${act}`, { as, ifMatch, ...(body && { body }) })
  }

  entry(kind: string, id: string): Promise<AdminAnswer> {
    return this.api.call('GET', `/v1/${kind}/${encodeURIComponent(id)}`, { as: 'OPERATOR' })
  }

  /** @returns the status of the answer */
  async setActive(kind: string, id: string): Promise<number> {
    const ifMatch = String((await this.entry(kind, id)).headers['etag'])
    const path = `/v1/${kind}/${encodeURIComponent(id)}/status`
    const body = { status: 'active', reason: 'sınaq' }
    return (await this.api.call('PUT', path, { as: 'OPERATOR', ifMatch, body })).status
  }

  /** What notices of a kind about a recheck say. */
  async told(as: TestCaller, kind: string, subject: string): Promise<object[]> {
    const { json } = await this.api.call('GET', '/v1/notices?limit=200', { as })
    const { items } = json as { items: { kind: string; subject: string; data: object }[] }
    return items
      .filter((each) => each.kind === kind && each.subject === subject)
      .map(({ data }) => data)
  }

  close(): Promise<void> {
    return this.api.close()
  }

  /** As if its case had come to the end long ago. */
  async #connect(object: string, changes: Partial<ConnectionApplication>): Promise<void> {
    const { database } = this.api
    const id = await caseWithOpinion(database, sampleApplication(object, changes), this.now())
    const kind: DocumentKind = 'application'
    const paper = { id: newId(), number: 'MÜR-2026/0001', kind, digest: '0' }
    await database.transaction(async (client) => {
      for (const state of ['CONTRACTED', 'REGISTERED', 'CONNECTED'] as const) {
        const documents = state === 'CONTRACTED' ? [paper] : []
        const by = { actor: 'L. Həsənova' }
        await addStep(client, id, { state, at: this.now(), by, documents })
      }
    })
  }
}

function lineOf(code: string, result: CheckResult): CheckLine {
  const text = { az: `${code} tapıntısı`, en: `finding of ${code}` }
  return { code, result, finding: text, remedy: text, tookMs: undefined, officer: undefined }
}
