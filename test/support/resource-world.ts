import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from './admin-api.js'
import { startTestDatabase } from './database.js'
import { readActs } from '../../src/audit-log/audit-log.store.js'
import type { ActFields } from '../../src/audit-log/act.js'

const name = '{ az: a, en: b }'
const system = (code: string, more = ''): string =>
  `[{ code: ${code}, domain: PORTAL, name: ${name}${more} }]`
const service = (code: string): string =>
  `, services: [{ code: ${code}, version: v1, default: true, protocol: rest,
     address: "https://xidmet.example.az/${code}", modes: [user, body] }]`
const sample = `instance: AZ
domains: [{ code: PORTAL, status: active }, { code: SENED, status: active }]
members:
  - { class: GOV, code: DIN, name: { az: Daxili İşlər Nazirliyi, en: Interior }, subsystems: ${system('GCQ', service('finAxtaris'))} }
  - { class: GOV, code: DSMF, name: { az: Dövlət Sosial Müdafiə Fondu, en: Fund }, subsystems: ${system('SOSIAL', service('pensiyaKapitali'))} }
  - { class: GOV, code: VN, name: ${name}, subsystems: ${system('VERGI', service('borcTap'))} }
  - { class: COM, code: PORTAL, name: ${name}, subsystems: ${system('SAYT')} }
accessRights:
  - { consumer: AZ/COM/PORTAL/SAYT, service: AZ/GOV/DSMF/SOSIAL/pensiyaKapitali, legalBasis: Qanun, purpose: arayış, from: 2026-01-01, modes: [user] }
  - { consumer: AZ/GOV/VN/VERGI, service: AZ/GOV/DSMF/SOSIAL/pensiyaKapitali/v1, legalBasis: Qanun, purpose: köhnə, from: 2020-01-01, until: 2021-01-01, modes: [body] }
`

const rest = {
  kind: 'register',
  legalBasis: 'Nazirlər Kabinetinin qərarı',
  identifiers: ['fin'],
  hosting: { place: 'data-centre', address: 'Bakı, Z. Əliyeva 77' },
  contact: { name: 'Aysel Nümunəyeva', email: 'ehtiyat@example.az', phone: '+994 12 000 00 00' },
}
export const object = (code: string, az: string, more: object = {}): object => ({
  ...{ code, name: { az, en: code }, source: true },
  ...more,
})
export const population = {
  ...{ ...rest, id: 'AZ/GOV/DIN/EHALI', name: { az: 'Əhali reyestri', en: 'Population register' } },
  dataObjects: [object('fin', 'FİN'), object('ad', 'Ad'), object('soyad', 'Soyad')],
  offeredBy: ['AZ/GOV/DIN/GCQ/finAxtaris'],
}
export const pension = {
  ...{ ...rest, id: 'AZ/GOV/DSMF/FERDI-UCOT', kind: 'database' },
  name: { az: 'Fərdi uçot bazası', en: 'Individual accounts' },
  dataObjects: [object('pensiyaKapitali', 'Pensiya kapitalı')],
  offeredBy: ['AZ/GOV/DSMF/SOSIAL/pensiyaKapitali'],
  readBy: ['AZ/GOV/DIN/GCQ/finAxtaris'],
}
export const debts = {
  ...{ ...rest, id: 'AZ/GOV/VN/BORCLAR', name: { az: 'Borclar', en: 'Debts' } },
  dataObjects: [object('vergiBorcu', 'Vergi borcu')],
}

/** The admin API with two resources, of four members with a system and a service each. */
export interface ResourceWorld {
  readonly api: TestAdminApi
  post(path: string, body: object, as?: AdminCall['as']): Promise<AdminAnswer>
  get(path: string, as?: AdminCall['as']): Promise<AdminAnswer>
  csv(path: string, bytes: string | Buffer): Promise<AdminAnswer>
  /** Of a resource, as it is now. */
  patch(id: string, body: object, as?: AdminCall['as']): Promise<AdminAnswer>
  acts(): Promise<ActFields[]>
  close(): Promise<void>
}

export const at = (id: string): string => `/v1/resources/${encodeURIComponent(id)}`
export const ownerOf = (code: string): AdminCall['as'] => ({
  ...{ role: 'MEMBER_ADMIN', scope: `AZ/GOV/${code}` },
})

export async function openResourceWorld(): Promise<ResourceWorld> {
  const database = await startTestDatabase()
  const api = await openTestAdminApi(database)
  const world: ResourceWorld = {
    api,
    post: (path, body, as = 'OPERATOR') => api.call('POST', path, { as, body }),
    get: (path, as = 'AGENCY') => api.call('GET', path, { as }),
    csv: (path, bytes) =>
      api.call('POST', path, { as: 'OPERATOR', headers: { 'content-type': 'text/csv' }, bytes }),
    async patch(id, body, as = 'OPERATOR') {
      const { headers } = await world.get(at(id))
      return api.call('PATCH', at(id), { as, body, ifMatch: String(headers['etag']) })
    },
    async acts() {
      const client = await api.database.pool.connect()
      const found = await readActs(client, { limit: 1_000 }).finally(() => client.release())
      return found.flatMap(({ fields }) => fields ?? [])
    },
    async close() {
      await api.close()
      await database.stop()
    },
  }
  await fill(world)
  return world
}

async function fill(world: ResourceWorld): Promise<void> {
  const applied = await world.api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' }, bytes: sample },
  })
  if (applied.status !== 200) throw new Error(applied.bytes.toString())
  for (const each of [population, pension]) {
    const made = await world.post('/v1/resources', each)
    if (made.status !== 201) throw new Error(made.bytes.toString())
  }
}
