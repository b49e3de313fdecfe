import { randomUUID } from 'node:crypto'
import type { ConnectionTerms } from '../../src/admin/connection-cases/desk-parts.js'
import { CheckJob } from '../../src/admin/connection-cases/check-job.js'
import type { CaseCommand } from '../../src/connection/case-command.js'
import type { CaseDocument, CaseStep } from '../../src/connection/connection-case.js'
import type { CaseEffects } from '../../src/connection/case-effects.js'
import { keptSets } from '../../src/connection/requirement-sets.js'
import type { CheckLine, CheckResult } from '../../src/conformity/requirement.js'
import type { DocumentWriter } from '../../src/document/document-writer.js'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestAdminApi,
  type TestCaller,
} from './admin-api.js'
import type { TestDatabase } from './database.js'

/** Who is at the desk in the tests: two officers of the operator, and the others. */
export const cast = {
  owner: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/NN' },
  other: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' },
  checker: { role: 'OPERATOR', from: new Date(1) },
  signer: { role: 'OPERATOR', from: new Date(2) },
  agency: 'AGENCY',
  security: 'SECURITY',
  founder: { role: 'FOUNDER_ADMIN', scope: 'MURACIET' },
} as const satisfies Record<string, TestCaller>

const contact = {
  name: 'Əli Vəliyev',
  post: 'mühəndis',
  email: 'ali@nn.az',
  phone: '+994125551122',
}

/** A complete application for a system. */
export function systemApplication(code: string, changes: object = {}): object {
  return {
    ...{ kind: 'system', member: 'AZ/GOV/NN', domain: 'PORTAL', objectId: `AZ/GOV/NN/${code}` },
    name: { az: 'Daşıma reyestri', en: 'Register of carriage' },
    declaration: {},
    certificateRequest: '-----BEGIN CERTIFICATE REQUEST-----',
    ...{ responsible: contact, technical: contact },
    softwareStatement: 'Sertifikat № 12',
    ...changes,
  }
}

/** Of a service of that system. */
export function serviceApplication(system: string, changes: object = {}): object {
  const request = { method: 'GET', target: '/?fin=1234567' }
  return systemApplication(system, {
    ...{ kind: 'service', objectId: `AZ/GOV/NN/${system}/icaze/v1` },
    declaration: { protocol: 'rest', address: 'https://icaze.nn.az/v1' },
    contract: 'ab'.repeat(32),
    probes: { good: request, bad: request },
    ...changes,
  })
}

/** What the next checks find, by code; everything else passes. */
export type Findings = Readonly<Record<string, CheckResult>>

export interface TestDesk {
  readonly api: TestAdminApi
  /** What the effects were called with. */
  readonly effects: string[]
  /** What is found by the checks to come; an error is what fails in their place. */
  find(findings: Findings | Error): void
  /** Runs whatever checks wait. @returns how many ended */
  runChecks(): Promise<number>
  pass(ms: number): void
  /** Real documents from now on, or papers that cost nothing and are nowhere to be read. */
  write(documents: 'real' | 'plain'): void
  open(application: object, as?: TestCaller): Promise<AdminAnswer>
  /** A command with the revision that is there, and nothing asserted of it. */
  command(
    id: string,
    command: CaseCommand | BesideCommand | 'check-decisions' | 'security-opinion',
    as: TestCaller,
    body?: object,
    ifMatch?: string,
  ): Promise<AdminAnswer>
  get(id: string, as?: TestCaller): Promise<AdminAnswer>
  checks(id: string): Promise<readonly { readonly lines: readonly CheckLine[] }[]>
  /** Through these commands, each by its usual actor; fails where one is refused. */
  through(id: string, ...commands: readonly CaseCommand[]): Promise<AdminAnswer>
  close(): Promise<void>
}

/** What happens to a case beside its steps. */
export type BesideCommand = 'archiving' | 'correction'

/** What the usual actor says to a command. */
const usual: Readonly<Record<CaseCommand | BesideCommand, readonly [TestCaller, object?]>> = {
  submission: [cast.owner],
  return: [cast.checker, { missing: [{ az: 'ünvan yoxdur' }] }],
  check: [cast.checker],
  opinion: [cast.signer, {}],
  demand: [cast.signer, { justification: 'Tələblər ödənilmir' }],
  improvement: [cast.owner, { text: 'Düzəldildi' }],
  refusal: [cast.signer, { grounds: 'Təkmilləşdirilmədi' }],
  agreement: [cast.signer],
  registration: [cast.signer],
  connection: [cast.signer],
  withdrawal: [cast.owner, {}],
  archiving: [cast.checker, { reason: 'Davam etmir' }],
  // No request at all, and so never right.
  correction: [cast.owner, { certificateRequest: 'açar', text: 'Yeni açar' }],
}

export function usualCall(command: CaseCommand | BesideCommand): readonly [TestCaller, object?] {
  return usual[command]
}

export const idOf = ({ json }: AdminAnswer): string => (json as { id: string }).id

/** A connection desk with a registry that has members, and checks that find what a test says. */
export async function openTestDesk(
  database: TestDatabase,
  terms: ConnectionTerms = {},
): Promise<TestDesk> {
  const effects: string[] = []
  let passedMs = 0
  let findings: Findings | Error = {}
  const clock = (): Date => new Date(Date.now() + passedMs)
  const connection = { effects: notedIn(effects), clock, ...terms }
  let isReal = false
  const documents = (usual: DocumentWriter): DocumentWriter => ({
    write: (...given) => (isReal ? usual.write(...given) : plainDocument(...given)),
  })
  const api = await openTestAdminApi(database, { connection, documents })
  await declare(api)
  const job = new CheckJob({
    ...{ database: api.database, requirementSets: keptSets, node: 'test', now: clock },
    run: (_application, { version, requirements }) => {
      if (findings instanceof Error) return Promise.reject(findings)
      const found = findings
      const lines = requirements.map(({ code }) => lineOf(code, found[code] ?? 'pass'))
      const at = clock()
      return Promise.resolve({ requirementSet: version, startedAt: at, endedAt: at, lines })
    },
  })
  const cases = '/v1/connection-cases'
  const desk: TestDesk = {
    ...{ api, effects },
    find: (wanted) => (findings = wanted),
    runChecks: () => job.turn(new AbortController().signal),
    pass: (ms) => (passedMs += ms),
    write: (wanted) => (isReal = wanted === 'real'),
    open: (body, as = cast.owner) => api.call('POST', cases, { as, body }),
    get: (id, as = 'AGENCY') => api.call('GET', `${cases}/${id}`, { as }),
    async command(id, command, as, body, ifMatch) {
      const tag = ifMatch ?? String((await desk.get(id)).headers['etag'])
      const call = { as, ifMatch: tag, ...(body && { body }) }
      return api.call('POST', `${cases}/${id}/${command}`, call)
    },
    async checks(id) {
      const { json } = await api.call('GET', `${cases}/${id}/checks`, { as: 'AGENCY' })
      return (json as { items: { lines: CheckLine[] }[] }).items
    },
    async through(id, ...commands) {
      let answer = await desk.get(id)
      for (const command of commands) {
        const [as, body] = usual[command]
        answer = await desk.command(id, command, as, body)
        if (answer.status !== 200) throw new Error(`${command}: ${answer.bytes.toString()}`)
        if (command === 'check') await desk.runChecks()
      }
      return answer
    },
    close: () => api.close(),
  }
  return desk
}

let plainCount = 0

/** A paper that costs nothing, and is nowhere to be read. */
export function plainDocument(...[, { kind }, { at }]: Parameters<DocumentWriter['write']>) {
  const number = `${kind}-${(plainCount += 1)}`
  return Promise.resolve({ id: randomUUID(), number, kind, at, digest: '00'.repeat(32) })
}

function notedIn(called: string[]): CaseEffects {
  const note =
    (name: string): CaseEffects['concluded'] =>
    (_client, { objectId }) => {
      called.push(`${name} ${objectId}`)
      return Promise.resolve([])
    }
  return {
    rehearsed: () => Promise.resolve(),
    keyLooked: () => Promise.resolve(),
    concluded: note('concluded'),
    registered: note('registered'),
    connected: note('connected'),
    archived(_client, { objectId }) {
      called.push(`archived ${objectId}`)
      return Promise.resolve()
    },
  }
}

function lineOf(code: string, result: CheckResult): CheckLine {
  const isGood = result === 'pass' || result === 'not-applicable'
  const text = { az: `${code} tapıntısı`, en: `finding of ${code}` }
  const remedy = isGood ? undefined : { az: 'düzəldin', en: 'put it right' }
  return { code, result, finding: text, remedy, tookMs: undefined, officer: undefined }
}

const name = '{ az: a, en: b }'
const member = (code: string, more = ''): string =>
  `  - { class: GOV, code: ${code}, name: ${name}, status: active${more} }\n`

async function declare(api: TestAdminApi): Promise<void> {
  const system = `[{ code: KOHNE, domain: PORTAL, name: ${name}, status: suspended }]`
  const bytes = `instance: AZ
domains:
${['PORTAL', 'MURACIET', 'SENED'].map((code) => `  - { code: ${code}, status: active }\n`).join('')}
members:
${member('VN')}${member('NN', `, subsystems: ${system}`)}`
  const answer = await api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' }, bytes },
  })
  if (answer.status !== 200) throw new Error(answer.bytes.toString())
}

export const stateOf = ({ json }: AdminAnswer): string => (json as { state: string }).state
export const stepsOf = ({ json }: AdminAnswer): CaseStep[] => (json as { steps: CaseStep[] }).steps
export const documentsOf = (answer: AdminAnswer): CaseDocument[] =>
  stepsOf(answer).flatMap(({ documents }) => documents)

interface NoticeRow {
  readonly kind: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
  readonly text: { readonly az: string }
}

/** Notices of a subject in somebody's inbox, oldest first. */
export async function inboxOf(
  { api }: TestDesk,
  as: TestCaller,
  subject: string,
): Promise<NoticeRow[]> {
  const { json } = await api.call('GET', '/v1/notices?limit=200', { as })
  return (json as { items: NoticeRow[] }).items.filter((each) => each.subject === subject)
}

let opened = 0

/** A draft of a system's case. */
export async function openCase(desk: TestDesk, changes: object = {}): Promise<string> {
  const answer = await desk.open(systemApplication(`S${(opened += 1)}`, changes))
  if (answer.status !== 201) throw new Error(answer.bytes.toString())
  return idOf(answer)
}
