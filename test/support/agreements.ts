import { join } from 'node:path'
import type { AdminAnswer, AdminCall, TestAdminApi } from './admin-api.js'
import { command } from './command.js'
import type { TestCa } from './issuing-ca.js'

const name = '{ az: a, en: b }'

/** Three participants, one of them with a system. */
export const sampleMembers = `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - { class: GOV, code: NN, name: ${name}, status: active }
  - { class: COM, code: ACME, name: ${name}, status: active }
  - { class: GOV, code: VN, name: ${name}, status: active, subsystems: [{ code: KOHNE, domain: PORTAL, name: ${name}, status: active }] }
`

/** Applies a declaration by the API. */
export function declare(on: TestAdminApi, bytes: string): Promise<AdminAnswer> {
  const headers = { 'content-type': 'application/yaml' }
  return on.call('POST', '/v1/registry/declarations', { as: 'OPERATOR', headers, bytes })
}

export interface AgreementJson {
  readonly id: string
  readonly state: string
  readonly from: string
  readonly document?: { readonly id: string; readonly number: string }
}

export const agreementIn = ({ json }: AdminAnswer): AgreementJson => json as AgreementJson

/** Accepts an agreement for a side, in the revision that was seen. */
export const accept = (
  api: TestAdminApi,
  as: AdminCall['as'],
  id: string,
  side: string,
  revision: number,
): Promise<AdminAnswer> =>
  api.call('POST', `/v1/agreements/${id}/acceptance`, {
    ...{ as, ifMatch: `"${revision}"`, body: { side } },
  })

/** An agreement that both sides have accepted, from now on. @returns its id */
export async function concluded(
  on: TestAdminApi,
  member: string,
  as: AdminCall['as'],
  until: Date,
): Promise<string> {
  const body = { member, until: until.toISOString() }
  const { id } = agreementIn(await on.call('POST', '/v1/agreements', { as: 'OPERATOR', body }))
  await accept(on, as, id, 'member', 1)
  const { status } = await accept(on, 'OPERATOR', id, 'operator', 2)
  if (status !== 200) throw new Error(`an agreement was not concluded: ${status}`)
  return id
}

/** PEM of a request over a new key, made by OpenSSL. */
export async function csr(test: TestCa, file: string): Promise<string> {
  await test.request(file)
  const args = ['req', '-inform', 'DER', '-in', join(test.folder, `${file}.csr`)]
  return (await command('openssl', args)).toString()
}
