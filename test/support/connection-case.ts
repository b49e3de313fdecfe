import { v7 as newId } from 'uuid'
import { writeContractArchive } from '../../src/contract/contract-archive.js'
import type { AdminAnswer, AdminCall, TestAdminApi } from './admin-api.js'
import { soapContract } from './contract-samples.js'
import type { AdminDatabase } from '../../src/admin/admin-database.store.js'
import type { ConnectionApplication } from '../../src/conformity/application.js'
import type { CaseState } from '../../src/connection/case-state.js'
import { addCase, addStep } from '../../src/connection/case.store.js'

/** An application of a system, with what a test says otherwise. */
export function sampleApplication(
  objectId: string,
  changes: Partial<ConnectionApplication> = {},
): ConnectionApplication {
  const [instance, memberClass, member] = objectId.split('/')
  const person = { post: 'mühəndis', email: 'a@example.az', phone: '+994 12 000 00 00' }
  return {
    kind: 'system',
    member: `${instance}/${memberClass}/${member}` as ConnectionApplication['member'],
    domain: 'PORTAL',
    objectId,
    name: { az: 'Sürücülük vəsiqələri', en: 'Driving licences' },
    declaration: {},
    certificateRequest: undefined,
    contract: undefined,
    probes: undefined,
    regulation: undefined,
    personalData: undefined,
    dataObjects: [],
    asksFor: [],
    duplicateReason: undefined,
    softwareStatement: 'bəli',
    securityStatement: 'bəli',
    responsible: { name: 'A. Qurbanov', ...person },
    technical: { name: 'L. Həsənova', ...person },
    hosting: { place: 'own', address: 'Bakı' },
    ownCheck: undefined,
    ...changes,
  }
}

const wayToOpinion: readonly CaseState[] = ['SUBMITTED', 'CHECKING', 'OPINION_POSITIVE']

/** A case whose application stands, and that has its positive opinion. @returns its id */
export async function caseWithOpinion(
  database: AdminDatabase,
  application: ConnectionApplication,
  openedAt = new Date(),
): Promise<string> {
  const id = newId()
  const { kind, member, domain, objectId } = application
  const by = { actor: 'L. Həsənova', role: 'MEMBER_ADMIN' }
  await database.transaction(async (client) => {
    const wanted = { id, kind, member, domain, objectId, application, openedAt }
    if (!(await addCase(client, wanted, by))) throw new Error('the object has an open case')
    for (const state of wayToOpinion) {
      const opinion = {
        id: newId(),
        number: 'RƏY-2026/0001',
        kind: 'opinion',
        digest: '0',
      } as const
      const documents = state === 'OPINION_POSITIVE' ? [opinion] : []
      await addStep(client, id, { state, at: openedAt, by, documents })
    }
  })
  return id
}

type As = AdminCall['as']

/** A command on a case, as the case is now. */
export async function move(api: TestAdminApi, id: string, act: string): Promise<AdminAnswer> {
  const path = `/v1/connection-cases/${id}`
  const seen = await api.call('GET', path, { as: 'OPERATOR' })
  const ifMatch = String(seen.headers['etag'])
  return api.call('POST', `${path}/${act}`, { as: 'OPERATOR', ifMatch })
}

/** Connection cases by the API, with the revision that is there. */
export class CasesByApi {
  readonly #api: TestAdminApi

  constructor(api: TestAdminApi) {
    this.#api = api
  }

  get(id: string, as: As = 'AGENCY'): Promise<AdminAnswer> {
    return this.#api.call('GET', `/v1/connection-cases/${id}`, { as })
  }

  async command(id: string, act: string, as: As, body?: object): Promise<AdminAnswer> {
    const ifMatch = String((await this.get(id)).headers['etag'])
    const call = { as, ifMatch, ...(body && { body }) }
    return this.#api.call('POST', `/v1/connection-cases/${id}/${act}`, call)
  }

  opened(objectId: string, changes: object, as: As): Promise<AdminAnswer> {
    const body = sampleApplication(objectId, changes)
    return this.#api.call('POST', '/v1/connection-cases', { as, body })
  }

  /** One that has its agreement. @returns its id */
  async contracted(objectId: string, changes: Partial<ConnectionApplication>): Promise<string> {
    const id = await caseWithOpinion(this.#api.database, sampleApplication(objectId, changes))
    const { status } = await this.command(id, 'agreement', 'OPERATOR')
    if (status !== 200) throw new Error(`there is no agreement: ${status}`)
    return id
  }

  /** @returns their ids */
  async listed(as: As, query = ''): Promise<string[]> {
    const { json } = await this.#api.call('GET', `/v1/connection-cases?limit=200${query}`, { as })
    return (json as { items: { id: string }[] }).items.map(({ id }) => id)
  }
}

/** An entry of the registry, as the operator sees it. */
export const entry = (api: TestAdminApi, kind: string, id: string): Promise<AdminAnswer> =>
  api.call('GET', `/v1/${kind}/${encodeURIComponent(id)}`, { as: 'OPERATOR' })

/** @returns the status of the answer */
export async function setStatus(
  api: TestAdminApi,
  kind: string,
  id: string,
  as: As,
  status: string,
): Promise<number> {
  const { headers } = await entry(api, kind, id)
  const answer = await api.call('PUT', `/v1/${kind}/${encodeURIComponent(id)}/status`, {
    ...{ as, ifMatch: String(headers['etag']), body: { status, reason: 'sınaq' } },
  })
  return answer.status
}

/** Notices of a kind in somebody's inbox. */
export const noticesOf = async (
  api: TestAdminApi,
  as: As,
  kind: string,
): Promise<{ text: { az: string } }[]> => {
  const { json } = await api.call('GET', '/v1/notices?limit=200', { as })
  return (json as { items: { kind: string; text: { az: string } }[] }).items.filter(
    (each) => each.kind === kind,
  )
}

/** Registers a contract of a SOAP service. @returns its digest */
export async function contractOf(api: TestAdminApi, id: string): Promise<string> {
  const files = Object.entries(soapContract({ service: id }))
  const folder = new Map(files.map(([path, text]) => [path, Buffer.from(text)]))
  const bytes = await writeContractArchive(folder)
  const headers = { 'content-type': 'application/zip' }
  const answer = await api.call('POST', '/v1/contracts', { as: 'OPERATOR', headers, bytes })
  if (answer.status !== 201) throw new Error(answer.bytes.toString())
  return (answer.json as { digest: string }).digest
}
