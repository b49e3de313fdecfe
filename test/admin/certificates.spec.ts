import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OcspResponder } from '../../src/ca/ocsp-responder.store.js'
import { openTestAdminApi, type TestAdminApi } from '../support/admin-api.js'
import { command, describeWith } from '../support/command.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import {
  openTestCa,
  operator,
  portalId,
  registerParties,
  type TestCa,
} from '../support/issuing-ca.js'
import { makeAuthority } from '../support/pki.js'

const describeWithOpenssl = await describeWith('openssl', 'curl', 'bash')
const member = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIM' } as const
const stranger = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const path = `/v1/subsystems/${encodeURIComponent(portalId)}/certificates`

let database: TestDatabase
let test: TestCa
let api: TestAdminApi
const file = (name: string): string => join(test.folder, name)

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database)
  await registerParties(test.pool)
  await test.ca.init(operator)
  const { ca, pool } = test
  const parts = { pool, key: ca.key, authority: () => ca.authority(), warn: () => undefined }
  api = await openTestAdminApi(database, { ca, ocsp: new OcspResponder(parts) })
})

afterAll(async () => {
  await api.close()
  await test.close()
  await database.stop()
})

/** PEM of a new key's request, made by OpenSSL outside. */
async function csr(name: string): Promise<string> {
  await test.request(name)
  const args = ['req', '-inform', 'DER', '-in', file(`${name}.csr`)]
  return (await command('openssl', args)).toString()
}

interface Issued {
  readonly certificate: { readonly serial: string; readonly pem: string; readonly status: string }
}

describeWithOpenssl('certificates by API', () => {
  it('a member asks, the operator is told and decides, the member has the certificate (R-080)', async () => {
    const asked = await api.call('POST', path, { as: member, body: { csr: await csr('one') } })
    expect(asked.status).toBe(201)
    const { request } = asked.json as { request: { id: string; status: string } }
    expect(request).toMatchObject({ status: 'open' })
    const inbox = await api.call('GET', '/v1/notices?unread=true', { as: 'OPERATOR' })
    expect((inbox.json as { items: object[] }).items).toMatchObject([
      {
        kind: 'certificate.request',
        subject: request.id,
        text: { az: expect.stringContaining('sertifikat istənilir') as unknown },
      },
    ])
    const seen = await api.call('GET', `/v1/certificate-requests/${request.id}`, { as: 'OPERATOR' })
    const approve = `/v1/certificate-requests/${request.id}/approve`
    const order = {
      as: 'OPERATOR',
      ifMatch: String(seen.headers['etag']),
      body: { reason: 'Müqavilə 7' },
    } as const
    const approved = await api.call('POST', approve, order)
    expect(approved).toMatchObject({ status: 201, json: { status: 'active', requester: 'Test 1' } })
    expect(await api.call('POST', approve, order)).toMatchObject({ status: 412 })
    const listed = await api.call('GET', path, { as: member })
    expect((listed.json as { items: object[] }).items).toHaveLength(1)
    const others = await api.call('GET', '/v1/certificates', { as: stranger })
    expect((others.json as { items: object[] }).items).toEqual([])
    const { serial } = approved.json as { serial: string }
    expect(await api.call('GET', `/v1/certificates/${serial}`, { as: stranger })).toMatchObject({
      status: 404,
    })
  })

  it('the operator does both at once; a member holds and revokes its own; list and OCSP say so', async () => {
    const body = { csr: await csr('two'), reason: 'Müraciət 9' }
    const { certificate } = (await api.call('POST', path, { as: 'OPERATOR', body })).json as Issued
    const one = `/v1/certificates/${certificate.serial}`
    const held = await api.call('POST', `${one}/hold`, {
      as: member,
      ifMatch: '"1"',
      body: { reason: 'Şübhə' },
    })
    expect(held).toMatchObject({ status: 200, json: { status: 'held', reason: 'certificateHold' } })
    const release = { ifMatch: '"2"', body: { reason: 'Aydınlaşdı' } }
    expect(await api.call('POST', `${one}/release`, { as: member, ...release })).toMatchObject({
      status: 403,
    })
    expect(await api.call('POST', `${one}/release`, { as: 'OPERATOR', ...release })).toMatchObject({
      status: 200,
    })
    const revoke = {
      as: member,
      ifMatch: '"3"',
      body: { reason: 'Açar itib', code: 'keyCompromise' },
    } as const
    expect(await api.call('POST', `${one}/revoke`, revoke)).toMatchObject({
      status: 200,
      json: { status: 'revoked' },
    })

    await writeFile(file('two.pem'), certificate.pem)
    await writeFile(file('ca.pem'), (await api.call('GET', '/pki/ca.pem')).bytes)
    expect((await api.call('GET', '/pki/ca.der')).bytes).toEqual((await test.ca.authority()).der)
    await writeFile(file('crl.der'), (await api.call('GET', '/pki/crl.der')).bytes)
    const verify = [
      '-inform',
      'DER',
      '-in',
      file('crl.der'),
      '-CAfile',
      file('ca.pem'),
      '-noout',
      '-text',
    ]
    expect((await command('openssl', ['crl', ...verify])).toString()).toContain('Key Compromise')
    const ask = ['-issuer', file('ca.pem'), '-cert', file('two.pem'), '-CAfile', file('ca.pem')]
    const said = await command('openssl', [
      'ocsp',
      ...ask,
      '-url',
      `${api.address}/pki/ocsp`,
      '-reqout',
      file('q.der'),
    ])
    expect(said.toString()).toMatch(/two\.pem: revoked/)
    const inPath = encodeURIComponent((await readFile(file('q.der'))).toString('base64'))
    const answered = await api.call('GET', `/pki/ocsp/${inPath}`)
    await writeFile(file('a.der'), answered.bytes)
    expect(answered.headers['content-type']).toBe('application/ocsp-response')
    expect(
      (
        await command('openssl', ['ocsp', '-no_nonce', '-respin', file('a.der'), ...ask])
      ).toString(),
    ).toMatch(/revoked/)
  })

  it('renews; counts; refuses private keys, and what is no request', async () => {
    const body = { csr: await csr('three'), reason: 'Müraciət 10' }
    const { certificate } = (await api.call('POST', path, { as: 'OPERATOR', body })).json as Issued
    const renewed = await api.call('POST', `${path}/${certificate.serial}/renew`, {
      as: 'OPERATOR',
      body: { csr: await csr('four'), reason: 'Vaxtı bitir' },
    })
    expect(renewed).toMatchObject({
      status: 201,
      json: { certificate: { renews: certificate.serial, status: 'active' } },
    })
    const counted = await api.call('GET', '/v1/certificates/statistics', { as: 'AGENCY' })
    expect(counted).toMatchObject({ json: { items: [{ holder: 'state', issued: 4, active: 3 }] } })
    const key = (await readFile(file('three.key'))).toString()
    const sent = await api.call('POST', path, { as: member, body: { csr: key } })
    expect(sent).toMatchObject({
      status: 422,
      json: { detail: expect.stringMatching(/^Məxfi açar/) as unknown },
    })
    expect(await api.call('POST', path, { as: member, body: { csr: 'salam' } })).toMatchObject({
      status: 422,
    })
  })

  it('accepts an outside authority, and removes it (R-089)', async () => {
    const outside = await makeAuthority('Kənar CA')
    const body = {
      name: 'Kənar',
      pem: outside.pem,
      role: 'anchor',
      revocation: 'none',
      reason: 'Saziş',
    }
    const accepted = await api.call('POST', '/v1/authorities', { as: 'OPERATOR', body })
    expect(accepted).toMatchObject({ status: 201, json: { status: 'accepted' } })
    expect(await api.call('POST', '/v1/authorities', { as: 'OPERATOR', body })).toMatchObject({
      status: 409,
    })
    const one = `/v1/authorities/${encodeURIComponent('Kənar')}`
    const change = { as: 'OPERATOR', body: { status: 'removed', reason: 'Saziş bitib' } } as const
    const ifMatch = String(accepted.headers['etag'])
    expect(await api.call('PUT', one, { ...change, ifMatch })).toMatchObject({
      json: { status: 'removed' },
    })
    expect(await api.call('PUT', one, { ...change, ifMatch })).toMatchObject({ status: 412 })
  })

  it('are handled as docs/certificates.md says, word for word', async () => {
    const page = await readFile(join(process.cwd(), 'docs/certificates.md'), 'utf8')
    const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text)
    expect(blocks).toHaveLength(4)
    const [API, TOKEN] = [api.address, api.sessions.tokenOf('OPERATOR')]
    const script = `set -euo pipefail\ncd "$1"\nAPI=${API} TOKEN=${TOKEN}\n${blocks.join('\n')}`
    const said = (await command('bash', ['-c', `${script} 2>&1`, 'bash', test.folder])).toString()
    expect(said).toMatch(/portal\.pem: OK[^]*portal\.pem: good[^]*portal\.pem: revoked/)
    expect(JSON.parse(await readFile(file('revoked.json'), 'utf8'))).toMatchObject({
      reason: 'keyCompromise',
    })
  })

  it('has no field for a private key anywhere (R-080)', async () => {
    expect(api.errors).toEqual([])
    const document = JSON.stringify((await api.call('GET', '/v1/openapi.json')).json)
    expect(document).not.toMatch(/"(?:private_?key|secret_?key|pkcs8|pkcs12)"/i)
  })
})
