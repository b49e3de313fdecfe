import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { request } from 'node:https'
import {
  openAdminWorld,
  type AdminWorld,
  type MadePerson,
} from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import {
  makeAuthority,
  SubjectAlternativeNameExtension,
  type TestAuthority,
  type TestIdentity,
} from '../../../test/support/pki.js'
import { privateKeyPem } from '../../trust/issuing/key-pair.js'

const extendedKeyUsage = '2.5.29.37'

let database: TestDatabase
let world: AdminWorld
let authority: TestAuthority
let person: MadePerson
let certificate: TestIdentity
let operator: { readonly token: string }

beforeAll(async () => {
  database = await startTestDatabase()
  authority = await makeAuthority('Inzibatçıların CA-sı')
  const server = await authority.issue({
    subject: 'localhost',
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    without: [extendedKeyUsage],
  })
  const tls = {
    key: privateKeyPem(server.privateKey),
    certificate: server.pem,
    clientAuthorities: authority.pem,
  }
  const plain = await openAdminWorld(database)
  person = await plain.make({ login: 'holder', roles: ['AGENCY'] })
  operator = await plain.enter({ login: 'operator', roles: ['OPERATOR'] })
  await plain.close()
  world = await openAdminWorld(database, { tls })
  certificate = await authority.issue({ subject: 'Sahib' })
})

afterAll(async () => {
  await world.close()
  await database.stop()
})

interface Answer {
  readonly status: number
  readonly json: unknown
}

/** Asks over TLS, with a certificate where one is given. */
function ask(
  method: string,
  path: string,
  {
    identity,
    token,
    ifMatch,
    headers,
    body,
  }: {
    readonly identity?: TestIdentity
    readonly token?: string
    readonly ifMatch?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
  },
): Promise<Answer & { readonly etag: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{
          host: '127.0.0.1',
          servername: 'localhost',
          path,
          method,
          ca: authority.pem,
          agent: false,
        },
        port: Number(new URL(world.api.address).port),
        ...(identity && { cert: identity.pem, key: privateKeyPem(identity.privateKey) }),
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
          ...headers,
        },
      },
      (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => {
          const json: unknown = JSON.parse(Buffer.concat(pieces).toString() || 'null')
          const etag = response.headers.etag ?? ''
          resolve({ status: response.statusCode ?? 0, json, etag })
        })
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const login = (identity?: TestIdentity, headers: Readonly<Record<string, string>> = {}) =>
  ask('POST', '/v1/sessions', {
    body: { certificate: true },
    headers,
    ...(identity && { identity }),
  })

async function change(what: string, body?: unknown): Promise<Answer> {
  const { token } = operator
  const path = `/v1/administrators/${person.id}`
  const seen = await ask('GET', path, { token })
  expect(seen).toMatchObject({ status: 200 })
  const { etag } = seen
  return ask('POST', `${path}${what}`, {
    ...{ token, ifMatch: etag },
    ...(body !== undefined && { body }),
  })
}

describe('a login by certificate', () => {
  it('is none before the certificate is registered, by an act of somebody else', async () => {
    expect(await login(certificate)).toMatchObject({ status: 401 })
    expect(await change('/certificates', { certificate: 'no certificate' })).toMatchObject({
      status: 400,
    })
    expect(await change('/certificates', { certificate: certificate.pem })).toMatchObject({
      status: 200,
    })
    expect(await change('/certificates', { certificate: certificate.pem })).toMatchObject({
      status: 409,
    })
  })

  it('begins a session of its administrator', async () => {
    const begun = await login(certificate)
    expect(begun.status).toBe(201)
    const { token } = begun.json as { token: string }
    const me = await ask('GET', '/v1/me', { token })
    expect(me.json).toMatchObject({ id: person.id, roles: [{ role: 'AGENCY' }] })
    const [act] = (await world.acts('session.begin')).slice(-1)
    expect(act).toMatchObject({ account: person.id, after: { way: 'certificate' } })
  })

  it('is none without a certificate, whatever headers say', async () => {
    const pem = encodeURIComponent(certificate.pem)
    const der = certificate.pem.replaceAll(/-----[^-]+-----|\s/g, '')
    expect(await login()).toMatchObject({ status: 401 })
    for (const headers of [
      { 'x-client-cert': pem },
      { 'x-ssl-client-cert': pem, 'x-ssl-client-verify': 'SUCCESS' },
      { 'x-forwarded-client-cert': `Cert="${pem}"` },
      { 'client-cert': `:${der}:` },
    ]) {
      expect(await login(undefined, headers)).toMatchObject({ status: 401 })
    }
  })

  it('is none with a certificate of another authority, of the same name and the same key', async () => {
    const forger = await makeAuthority('Inzibatçıların CA-sı')
    const { privateKey, publicKey } = certificate
    const forged = await forger.issue({ subject: 'Sahib', keyPair: { privateKey, publicKey } })
    expect(await login(forged)).toMatchObject({ status: 401 })
  })

  it('is none with a certificate that has expired', async () => {
    const now = Date.now()
    const expired = await authority.issue({
      subject: 'Sahib',
      notBefore: new Date(now - 2_000_000),
      notAfter: new Date(now - 1_000_000),
    })
    expect(await login(expired)).toMatchObject({ status: 401 })
    expect(await change('/certificates', { certificate: expired.pem })).toMatchObject({
      status: 422,
    })
  })

  it('ends with the certificate, sessions included', async () => {
    const begun = await login(certificate)
    const { token } = begun.json as { token: string }
    const listed = await ask('GET', `/v1/administrators/${person.id}`, { token: operator.token })
    const [known] = (listed.json as { certificates: { thumbprint: string }[] }).certificates
    const removed = await change(`/certificates/${known?.thumbprint ?? ''}/remove`)
    expect(removed).toMatchObject({ status: 200, json: { certificates: [] } })
    expect(await ask('GET', '/v1/me', { token })).toMatchObject({ status: 401 })
    expect(await login(certificate)).toMatchObject({ status: 401 })
    expect((await world.acts('administrator.certificate')).length).toBe(2)
  })
})
