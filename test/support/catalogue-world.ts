import { writeContractArchive } from '../../src/contract/contract-archive.js'
import { readContractFolder } from '../../src/contract/contract-files.js'
import { openTestAdminApi, type AdminAnswer, type TestAdminApi } from './admin-api.js'
import { startTestDatabase, type TestDatabase } from './database.js'

export const finAxtaris = 'AZ/GOV/DIN/GCQ/finAxtaris'
export const capital = 'AZ/GOV/DSMF/SOSIAL/pensiyaKapitali'
export const xss = `"><script>alert(1)</script>&'`
/** Of what is registered below, nothing that everybody may read. */
export const secrets = [
  ...['gizli.example', 'din.example', 'Nümunəyeva', 'ehtiyat@example.az', '994', 'Z. Əliyeva'],
  ...['Gizli səbəb', 'Gizli əsas'],
]

const system = (code: string, services: string): string =>
  `{ code: ${code}, domain: PORTAL, name: { az: ${code} sistemi, en: ${code} system }, services: [${services}] }`
const service = (code: string, more: string): string =>
  `{ code: ${code}, protocol: rest, address: "https://gizli.example.az/${code}", modes: [user, body], ${more} }`
const declaration = (digest: string): string => `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - { class: GOV, code: DIN, name: { az: Daxili İşlər Nazirliyi, en: Ministry of Internal Affairs }, subsystems: [${system('GCQ', `{ code: finAxtaris, version: v1, protocol: soap, address: "https://gizli.example.az/fin", modes: [user], contract: { digest: ${digest} } }, ${service('tezlikle', 'version: v1, status: suspended')}`)}] }
  - { class: GOV, code: DSMF, name: { az: Dövlət Sosial Müdafiə Fondu, en: State Social Protection Fund }, subsystems: [${system('SOSIAL', `${service('pensiyaKapitali', 'version: v1, default: true, name: { az: Pensiya kapitalı, en: Pension capital }, deprecatedFrom: 2026-12-31')}, ${service('pensiyaKapitali', 'version: v2')}`)}] }
  - { class: GOV, code: VN, name: { az: ${JSON.stringify(xss)}, en: ${JSON.stringify(xss)} }, subsystems: [${system('VERGI', service('borcTap', `version: v1, name: { az: ${JSON.stringify(xss)}, en: ${JSON.stringify(xss)} }`))}] }
`
const resource = (id: string, az: string, en: string, more: object): object => ({
  ...{ id, kind: 'register', name: { az, en }, legalBasis: 'Gizli əsas', identifiers: ['fin'] },
  hosting: { place: 'data-centre', address: 'Bakı, Z. Əliyeva 77' },
  contact: { name: 'Aysel Nümunəyeva', email: 'ehtiyat@example.az', phone: '+994 12 000 00 00' },
  ...more,
})

/** The admin API with a registry of which the catalogue shows some, and hides some. */
export interface CatalogueWorld {
  readonly database: TestDatabase
  readonly api: TestAdminApi
  get(path: string, headers?: Record<string, string>): Promise<AdminAnswer>
  post(path: string, body: object): Promise<AdminAnswer>
  /** Of a service, as it is now. */
  setStatus(id: string, body: object): Promise<void>
  close(): Promise<void>
}

export async function openCatalogueWorld(clock: () => Date): Promise<CatalogueWorld> {
  const database = await startTestDatabase()
  const api = await openTestAdminApi(database, { clock })
  const post: CatalogueWorld['post'] = async (path, body) =>
    wellDone(await api.call('POST', path, { as: 'OPERATOR', body }))
  await declare(api)
  await addResources(post)
  return {
    ...{ database, api, post },
    get: (path, headers = {}) => api.call('GET', path, { headers }),
    async setStatus(id, body) {
      const path = `/v1/services/${encodeURIComponent(id)}`
      const { headers } = await api.call('GET', path, { as: 'OPERATOR' })
      const ifMatch = String(headers['etag'])
      wellDone(await api.call('PUT', `${path}/status`, { as: 'OPERATOR', ifMatch, body }))
    },
    async close() {
      await api.close()
      await database.stop()
    },
  }
}

function wellDone(answer: AdminAnswer): AdminAnswer {
  if (answer.status >= 300) throw new Error(answer.bytes.toString())
  return answer
}

async function declare(api: TestAdminApi): Promise<void> {
  const yaml = { as: 'OPERATOR', headers: { 'content-type': 'application/yaml' } } as const
  // The member is there before what is written for its system.
  const members = declaration('x').replace(/, subsystems: .*/g, ' }')
  const path = '/v1/registry/declarations'
  wellDone(await api.call('POST', path, { ...yaml, bytes: members }))
  const { files } = readContractFolder('contracts/DIN/GCQ/finAxtaris/v1')
  const zip = {
    as: 'OPERATOR',
    headers: { 'content-type': 'application/zip' },
    bytes: await writeContractArchive(files),
  } as const
  const { json } = wellDone(await api.call('POST', '/v1/contracts', zip))
  const bytes = declaration((json as { digest: string }).digest)
  wellDone(await api.call('POST', path, { ...yaml, bytes }))
}

async function addResources(post: CatalogueWorld['post']): Promise<void> {
  const dataObjects = [
    {
      code: 'pensiyaKapitali',
      name: { az: 'Pensiya kapitalı', en: 'Pension capital' },
      source: true,
    },
  ]
  const offeredBy = [capital]
  await post(
    '/v1/resources',
    resource('AZ/GOV/DSMF/FERDI-UCOT', 'Fərdi uçot bazası', 'Individual accounts', {
      dataObjects,
      offeredBy,
    }),
  )
  const copies = [{ ...dataObjects[0], source: false, duplicateReason: 'Gizli səbəb' }]
  await post(
    '/v1/resources',
    resource('AZ/GOV/VN/BORCLAR', xss, xss, {
      dataObjects: copies,
      offeredBy: ['AZ/GOV/VN/VERGI/borcTap'],
    }),
  )
  const place = {
    service: capital,
    approvedBy: 'NK 123 №-li qərarı',
    places: ['portal'],
    interaction: 'interactive',
  }
  await post('/v1/service-places', place)
}

export const at = (kind: string, id: string): string =>
  `/v1/catalogue/${kind}/${encodeURIComponent(id)}`

export const pages = [
  ...['/v1/catalogue', '/v1/catalogue?text=%22%3E%3Cscript%3Ealert(2)%3C/script%3E'],
  ...['/v1/catalogue/html/resources', '/v1/catalogue/html/members', '/v1/catalogue/html/changes'],
  ...[at('html/services', 'AZ/GOV/VN/VERGI/borcTap/v1'), at('html/resources', 'AZ/GOV/VN/BORCLAR')],
  ...[at('html/members', 'AZ/GOV/VN'), at('html/services', `${capital}/v1`)],
  at('html/services', `${finAxtaris}/v1`),
]
export const data = [
  ...['/v1/catalogue/services', '/v1/catalogue/resources', '/v1/catalogue/members'],
  ...['/v1/catalogue/changes', '/v1/catalogue/changes/atom'],
  ...[at('services', `${finAxtaris}/v1`), at('resources', 'AZ/GOV/DSMF/FERDI-UCOT')],
  ...[
    `${at('services', `${finAxtaris}/v1`)}/wsdl`,
    `${at('services', `${finAxtaris}/v1`)}/openapi`,
  ],
]
