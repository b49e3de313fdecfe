import 'reflect-metadata'
import { hash } from 'node:crypto'
import { cpSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CheckJob } from '../../src/admin/connection-cases/check-job.js'
import type { CheckLine } from '../../src/conformity/requirement.js'
import { loadIdentityWithChain } from '../../src/config/identity.js'
import { keptSets } from '../../src/connection/requirement-sets.js'
import { writeContractArchive } from '../../src/contract/contract-archive.js'
import { documentSignerOf } from '../../src/document/document-signer.js'
import { DocumentStore } from '../../src/document/document.store.js'
import { deskCheck } from '../../src/process/desk-check.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import type { AdminAnswer } from './admin-api.js'
import type { DeskTerms } from './admin-world.js'
import { ControlPlane, otherOfficer, type Who } from './control-plane.js'
import { startNginx, startSoap, type ExampleEndpoint } from './example-endpoints.js'
import { freePort } from './free-port.js'
import { SubjectAlternativeNameExtension } from './pki.js'
import type { WholeBus } from './whole-bus.js'

/** What is told at one desk, in order: what one leaves behind the next may find. */
export type DeskStory = readonly [title: string, tell: (desk: DeskPlane) => Promise<void>]

/** A case as the API shows it, as far as tests look. */
export interface CaseJson {
  readonly id: string
  readonly state: string
  readonly steps: readonly { readonly state: string; readonly documents: readonly DocumentJson[] }[]
}
interface DocumentJson {
  readonly id: string
  readonly number: string
  readonly kind: string
  readonly digest: string
}

type Example = 'rest' | 'soap' | 'mq' | 'system' | 'resource'
const examples = 'docs/conformity'
const cases = '/v1/connection-cases'

/** A bus whose connection desk is the only way in, with checks that really call, and the endpoints of an applicant. */
export class DeskPlane {
  readonly plane: ControlPlane
  /** An applicant's own folder, with the examples of docs/conformity and certificates for them. */
  readonly folder: string
  readonly #job: CheckJob
  readonly #endpoints: ExampleEndpoint[] = []
  /** Files of contracts that were uploaded, by digest. */
  readonly contracts = new Map<string, ReadonlyMap<string, Buffer>>()
  readonly #clock: { behindMs: number }

  private constructor(
    plane: ControlPlane,
    folder: string,
    job: CheckJob,
    clock: DeskPlane['behind'],
  ) {
    this.plane = plane
    this.folder = folder
    this.#job = job
    this.#clock = clock
  }

  static async open(): Promise<DeskPlane> {
    const behind = { behindMs: 0 }
    const plane = await ControlPlane.open({
      nodes: 1,
      bus: { soap: {}, conformity: { privateAddresses: ['127.0.0.1/32'] } },
      desk: (bus) => deskOf(bus, behind),
    })
    const folder = await mkdtemp(join(tmpdir(), 'sluice applicant '))
    cpSync(examples, folder, { recursive: true })
    await certify(plane.bus, folder)
    return new DeskPlane(plane, folder, await checkJobOf(plane), behind)
  }

  get behind(): { behindMs: number } {
    return this.#clock
  }

  async close(): Promise<void> {
    for (const endpoint of this.#endpoints) await endpoint.close()
    await this.plane.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** A plain nginx with files of JSON. */
  async nginx(): Promise<ExampleEndpoint> {
    const port = await freePort()
    const conf = join(this.folder, 'rest/nginx.conf')
    await writeFile(conf, (await readFile(conf, 'utf8')).replace('8443', String(port)))
    return this.#kept(await startNginx(join(this.folder, 'rest'), port))
  }

  /** A server of Node's `soap`. */
  async soap(options?: Parameters<typeof startSoap>[1]): Promise<ExampleEndpoint> {
    return this.#kept(await startSoap(join(this.folder, 'soap'), options))
  }

  #kept(endpoint: ExampleEndpoint): ExampleEndpoint {
    this.#endpoints.push(endpoint)
    return endpoint
  }

  /** Runs the checks that wait, as a node does. */
  runChecks(): Promise<number> {
    return this.#job.turn(new AbortController().signal)
  }

  /** An example's contract as a zip, for a service of this name. @returns its digest */
  async upload(
    who: Who,
    example: Example,
    service: string,
    edit = (text: string) => text,
  ): Promise<string> {
    const folder = join(examples, example, 'contract')
    const files = new Map<string, Buffer>()
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8')
      const isContract = name === 'contract.yaml'
      const named = isContract ? edit(text.replace(/^service: .*$/m, `service: ${service}`)) : text
      files.set(name, Buffer.from(named))
    }
    const bytes = await writeContractArchive(files)
    const headers = { 'content-type': 'application/zip' }
    const call = { status: 201, bytes, headers }
    const { json } = await this.plane.ask([who, 'POST', '/v1/contracts'], call)
    const { digest } = json as DigestJson
    this.contracts.set(digest, files)
    return digest
  }

  /** A draft after an example. @returns the id of its case */
  async apply(who: Who, example: Example, changes: object): Promise<string> {
    const text = await readFile(join(examples, example, 'application.yaml'), 'utf8')
    const body = { ...(parse(text) as object), ...changes }
    const opened = await this.plane.ask([who, 'POST', cases], { status: 201, body })
    return (opened.json as CaseJson).id
  }

  /** A command on a case, as the case is now. */
  async command(
    who: Who,
    id: string,
    command: string,
    { status = 200, body }: { status?: number; body?: object } = {},
  ): Promise<AdminAnswer> {
    const seen = await this.plane.ask(['AGENCY', 'GET', `${cases}/${id}`])
    const ifMatch = String(seen.headers['etag'])
    return this.plane.ask([who, 'POST', `${cases}/${id}/${command}`], { status, body, ifMatch })
  }

  /** Submits it, and has it checked. @returns what was found, by code */
  async check(who: Who, id: string, isAgain = false): Promise<Map<string, CheckLine>> {
    if (!isAgain) await this.command(who, id, 'submission')
    await this.command('OPERATOR', id, 'check')
    if ((await this.runChecks()) !== 1) throw new Error('no check has ended')
    const { json } = await this.plane.ask([who, 'GET', `${cases}/${id}/checks`])
    const { items } = json as { items: { lines: CheckLine[] }[] }
    return new Map(items.at(-1)!.lines.map((line) => [line.code, line]))
  }

  /** An officer decides on what no program can. */
  async decide(id: string, lines: ReadonlyMap<string, CheckLine>): Promise<void> {
    for (const { code, result } of lines.values()) {
      if (result !== 'open') continue
      const body = { code, result: 'pass', reason: 'Sənədlərə baxıldı' }
      await this.command('OPERATOR', id, 'check-decisions', { body })
    }
  }

  /** After that, another officer gives a positive opinion. */
  async approve(id: string, lines: ReadonlyMap<string, CheckLine>): Promise<void> {
    await this.decide(id, lines)
    await this.command(otherOfficer, id, 'opinion', { body: {} })
  }

  /** From the opinion to the act of connection. */
  async connect(id: string): Promise<CaseJson> {
    await this.command('OPERATOR', id, 'agreement')
    await this.command('OPERATOR', id, 'registration')
    const connected = await this.command('OPERATOR', id, 'connection')
    await this.plane.bus.registry.settled()
    return connected.json as CaseJson
  }

  /** Identifiers of a system's services in the open catalogue, as anybody sees it without a login. */
  async servicesOf(subsystem: string): Promise<string[]> {
    const { status, json } = await this.plane.world.call(
      undefined,
      'GET',
      '/v1/catalogue/services?limit=200',
    )
    if (status !== 200) throw new Error(`the catalogue answers ${status}`)
    const { items } = json as { items: { id: string }[] }
    return items.map(({ id }) => id).filter((id) => id.startsWith(`${subsystem}/`))
  }

  /** Texts of somebody's notices of a kind that speak of something. */
  async told(who: Who, kind: string, about: string): Promise<string[]> {
    const { json } = await this.plane.ask([who, 'GET', '/v1/notices?limit=200'])
    const { items } = json as { items: NoticeJson[] }
    const texts = items.filter((each) => each.kind === kind).map(({ text }) => text.az)
    return texts.filter((text) => text.includes(about))
  }
}

interface DigestJson {
  readonly digest: string
}
interface NoticeJson {
  readonly kind: string
  readonly text: { readonly az: string }
}

/** The bus itself signs its documents, and nobody passes by the desk. */
async function deskOf({ config }: WholeBus, clock: { behindMs: number }): Promise<DeskTerms> {
  const documents = new DocumentStore(documentSignerOf(await loadIdentityWithChain(config)))
  return {
    ...{ connectionDesk: 'required', documents: () => documents },
    clock: () => new Date(Date.now() - clock.behindMs),
  }
}

/** What a node checks with. */
async function checkJobOf({ bus, world }: ControlPlane): Promise<CheckJob> {
  const { privateKey, certificate } = await loadIdentityWithChain(bus.config)
  const certificateThumbprint = hash('sha256', certificate, 'base64url')
  const identity = { privateKey, certificate, certificateThumbprint }
  const { database } = world.api
  return new CheckJob({
    ...{ database, requirementSets: keptSets, now: () => new Date(), node: hostname() },
    run: deskCheck({ pool: database.pool, config: bus.config, identity }),
  })
}

/** Certificates of the endpoints, from an authority that the bus believes. */
async function certify({ authority }: WholeBus, folder: string): Promise<void> {
  const { pem, privateKey } = await authority.issue({
    subject: 'localhost',
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    without: ['2.5.29.37'],
  })
  for (const example of ['rest', 'soap']) {
    await writeFile(join(folder, example, 'certificate.pem'), pem)
    await writeFile(join(folder, example, 'key.pem'), privateKeyPem(privateKey))
  }
}
