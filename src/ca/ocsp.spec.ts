import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  openTestCa,
  operator,
  portalId,
  registerParties,
  type TestCa,
} from '../../test/support/issuing-ca.js'
import { pemOf } from '../registry/declaration/certificate-file.js'
import { DerError } from '../trust/x509/der.js'
import { CaError } from './ca-error.js'
import type { CertificateRecord } from './certificate-records.store.js'
import { readCertificationRequest } from './certification-request.js'
import { readOcspRequest } from './ocsp-request.js'
import { OcspResponder } from './ocsp-responder.store.js'

const describeWithOpenssl = await describeWith('openssl')

let database: TestDatabase
let test: TestCa
let responder: OcspResponder
let server: Server
let url: string
let now = new Date()
const file = (name: string): string => join(test.folder, name)

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database)
  await registerParties(test.pool)
  await test.ca.init(operator)
  const { ca, pool } = test
  responder = new OcspResponder({
    ...{ pool, key: ca.key, authority: () => ca.authority(), now: () => now },
    warn: (event, details) => {
      throw new Error(`${event} ${JSON.stringify(details)}`)
    },
  })
  server = createServer((request, response) => {
    void (async () => {
      const chunks = (await request.toArray()) as Buffer[]
      response.setHeader('Content-Type', 'application/ocsp-response')
      response.end((await responder.answer(Buffer.concat(chunks))).der)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await writeFile(file('root.pem'), pemOf((await ca.authority()).der))
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await test.close()
  await database.stop()
})

async function issue(name: string): Promise<CertificateRecord> {
  const request = readCertificationRequest(await test.request(name))
  const order = { request, subsystem: portalId, requester: 'R. Quliyev', author: operator }
  const record = await test.ca.issue(order)
  await writeFile(file(`${record.serial}.pem`), pemOf(record.der))
  return record
}

/** What `openssl ocsp` makes of the answer; it verifies signature, delegation, nonce and times. */
async function ask(what: readonly string[], ...options: string[]): Promise<string> {
  const issuer = ['-issuer', file('root.pem'), '-CAfile', file('root.pem')]
  const args = ['ocsp', ...issuer, ...what, '-url', url, '-resp_text', ...options]
  // OpenSSL writes its verdict on the signature to standard error.
  return (await command('bash', ['-c', 'openssl "$@" 2>&1 || true', 'openssl', ...args])).toString()
}

describeWithOpenssl('the OCSP responder (RFC 6960)', () => {
  it.each(['-sha1', '-sha256', '-sha384'])('says good of a good one: %s', async (digest) => {
    const { serial } = await issue('good')
    const said = await ask([digest, '-cert', file(`${serial}.pem`)])
    expect(said).toContain('Response verify OK')
    expect(said).toMatch(/\.pem: good/)
    expect(said).toMatch(/Next Update: /)
    expect(said).toContain('OCSP No Check')
  })

  it('says revoked at once, with reason and time, and good again after a release', async () => {
    const { serial } = await issue('held')
    const asked = ['-cert', file(`${serial}.pem`)]
    await test.ca.change({ serial, wish: { act: 'hold' }, author: operator })
    expect(await ask(asked)).toMatch(/revoked[^]*Reason: certificateHold/)
    await test.ca.change({ serial, wish: { act: 'release' }, author: operator })
    expect(await ask(asked)).toMatch(/\.pem: good/)
    const wish = { act: 'revoke', reason: 'keyCompromise' } as const
    await test.ca.change({ serial, wish, author: operator })
    expect(await ask(asked)).toMatch(/revoked[^]*Reason: keyCompromise/)
  })

  it('answers for several, and unknown of a serial number that it never gave', async () => {
    const { serial } = await issue('one')
    const said = await ask(['-cert', file(`${serial}.pem`), '-serial', '0x1234'])
    expect(said).toMatch(/\.pem: good/)
    expect(said).toMatch(/0x1234: unknown/)
  })

  it('echoes the nonce; without one everybody gets the same answer for a while', async () => {
    const { serial } = await issue('cached')
    const asked = ['-cert', file(`${serial}.pem`), '-no_nonce']
    await ask(asked, '-reqout', file('request.der'))
    const request = await readFile(file('request.der'))
    const [first, second] = [await responder.answer(request), await responder.answer(request)]
    expect(second.der).toBe(first.der)
    expect(first.holdsUntil!.getTime()).toBeGreaterThan(now.getTime())
    now = new Date(now.getTime() + 11_000)
    expect((await responder.answer(request)).der).not.toBe(first.der)
    // OpenSSL refuses an answer with another nonce than its own.
    const said = await ask(asked.slice(0, 2))
    expect(said).toContain('OCSP Nonce')
    expect(said).not.toContain('WARNING')
  })

  it('renews its own certificate long before it ends, and keeps each on record', async () => {
    const { serial } = await issue('later')
    const count = async (): Promise<number> =>
      (await test.pool.query('SELECT FROM sluice.ca_responder')).rowCount ?? 0
    const before = await count()
    const real = now
    now = new Date(now.getTime() + 4 * 86_400_000)
    await ask(['-cert', file(`${serial}.pem`), '-noverify', '-no_nonce'])
    now = real
    expect(await count()).toBe(before + 1)
  })

  it('answers nothing of certificates of others, and names what is malformed', async () => {
    const other = await openTestCa(database, { name: 'Başqa CA' })
    await other.ca.init(operator)
    await writeFile(file('other.pem'), pemOf((await other.ca.authority()).der))
    await other.close()
    const args = ['ocsp', '-issuer', file('other.pem'), '-serial', '1', '-reqout', file('o.der')]
    await command('openssl', args)
    // OCSPResponseStatus: unauthorized (6), malformedRequest (1).
    const status = async (request: Buffer): Promise<string> =>
      (await responder.answer(request)).der.toString('hex')
    expect(await status(await readFile(file('o.der')))).toBe('30030a0106')
    expect(await status(Buffer.from('GET /'))).toBe('30030a0101')
    expect(await status(Buffer.alloc(5_000, 0x30))).toBe('30030a0101')
  })
})

describe('parsers of what strangers send', () => {
  it('take any bytes, and say only what they may', async () => {
    await command('openssl', [
      ...['ocsp', '-issuer', file('root.pem'), '-serial', '0x123456', '-reqout', file('seed.der')],
    ])
    const seeds = [await readFile(file('seed.der')), await test.request('seed')]
    const mutated = fc
      .tuple(fc.nat(1), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), fc.nat(500))
      .map(([which, changes, cut]) => {
        const bytes = Buffer.from(seeds[which]!)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return cut < bytes.length ? bytes.subarray(0, bytes.length - (cut % 20)) : bytes
      })
    const parsers = [
      [readOcspRequest, DerError],
      [readCertificationRequest, CaError],
    ] as const
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        for (const [parse, expected] of parsers) {
          try {
            parse(bytes)
          } catch (error) {
            if (!(error instanceof expected)) throw error
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
