import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  openTestCa,
  operator,
  portalId,
  registerParties,
  taxId,
  type TestCa,
} from '../../test/support/issuing-ca.js'
import { readActs } from '../audit-log/audit-log.store.js'
import { pemOf } from '../registry/declaration/certificate-file.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { parseRevocationList } from '../trust/x509/crl.js'
import { followLife } from './certificate-life.store.js'
import {
  countCertificates,
  findCertificate,
  type CertificateRecord,
} from './certificate-records.store.js'
import { readCertificationRequest } from './certification-request.js'

const describeWithOpenssl = await describeWith('openssl')
const publicUrl = 'http://pki.example.az'

let database: TestDatabase
let test: TestCa

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database, { publicUrl, algorithm: 'p384' })
  await registerParties(test.pool)
})

afterAll(async () => {
  await test.close()
  await database.stop()
})

async function issue(
  name: string,
  rest: { renews?: string; options?: string[] } = {},
): Promise<CertificateRecord> {
  const { renews, options } = rest
  const request = readCertificationRequest(await test.request(name, options))
  return test.ca.issue({
    request,
    subsystem: portalId,
    renews,
    requester: 'R. Quliyev',
    author: operator,
  })
}

/** What the registry says of a certificate, which is what counts at the gate. */
async function registered(thumbprint: string): Promise<string | undefined> {
  const { rows } = await test.pool.query<{ status: string }>(
    'SELECT status FROM sluice.certificate WHERE thumbprint = $1',
    [thumbprint],
  )
  return rows[0]?.status
}

async function textOf(args: readonly string[]): Promise<string> {
  return (await command('openssl', args)).toString()
}

/** Whether `openssl verify` takes it, with the newest list. */
async function verified({ serial, der }: CertificateRecord): Promise<string> {
  const [root, list, leaf] = ['root.pem', 'list.pem', `${serial}.pem`].map((name) =>
    join(test.folder, name),
  )
  await writeFile(root!, pemOf((await test.ca.authority()).der))
  const crl = (await test.ca.list()).der.toString('base64').replace(/.{64}/g, '$&\n')
  await writeFile(list!, `-----BEGIN X509 CRL-----\n${crl}\n-----END X509 CRL-----\n`)
  await writeFile(leaf!, pemOf(der))
  const said = await command('openssl', [
    ...['verify', '-x509_strict', '-crl_check', '-CAfile', root!, '-CRLfile', list!, leaf!],
  ]).catch((error: unknown) => String((error as { stderr?: unknown }).stderr ?? error))
  return String(said)
}

describeWithOpenssl('the issuing CA', () => {
  it('issues nothing before it has a certificate of its own, and makes one once', async () => {
    await expect(issue('early')).rejects.toMatchObject({ code: 'CA_NOT_READY' })
    expect(await test.ca.init(operator)).toBe(true)
    expect(await test.ca.init(operator)).toBe(false)
    const { rows } = await test.pool.query(
      'SELECT role, revocation, crl, status FROM sluice.authority',
    )
    expect(rows).toEqual([
      { role: 'anchor', revocation: 'crl', crl: `${publicUrl}/pki/crl.der`, status: 'accepted' },
    ])
  })

  it('issues to a key that OpenSSL made outside what the registry says, and OpenSSL accepts it', async () => {
    const record = await issue('first')
    const certificate = parseCertificate(record.der)
    expect(certificate.subject.text).toBe('C=AZ, O=Nazirlik, CN=AZ/GOV/DIM/PORTAL')
    expect(certificate.keyUsage).toBe(1)
    expect(certificate.basicConstraints?.isCa).toBe(false)
    expect(certificate.distributionPoints).toHaveLength(1)
    expect(certificate.authorityKeyId).toBe(
      parseCertificate((await test.ca.authority()).der).subjectKeyId,
    )
    const years = (record.notAfter.getTime() - Date.now()) / (365 * 86_400_000)
    expect(Math.round(years)).toBe(2)
    expect(await registered(record.thumbprint)).toBe('active')
    expect(await verified(record)).toMatch(/: OK/)
    const text = await textOf([
      'x509',
      '-in',
      join(test.folder, `${record.serial}.pem`),
      '-noout',
      '-text',
    ])
    expect(text).toContain('ecdsa-with-SHA384')
    expect(text).toContain('OCSP - URI:http://pki.example.az/pki/ocsp')
    expect(text).toContain('CA Issuers - URI:http://pki.example.az/pki/ca.der')
    const client = await test.pool.connect()
    const [act] = await readActs(client, { limit: 1 })
    client.release()
    expect(act).toMatchObject({
      fields: { kind: 'certificate.issue', actor: operator.actor },
      isIntact: true,
    })
  })

  it('renews with overlap: both are good until the old one is revoked (R-084)', async () => {
    const old = await issue('old')
    const renewed = await issue('new', { renews: old.serial })
    expect(renewed.renews).toBe(old.serial)
    expect([await registered(old.thumbprint), await registered(renewed.thumbprint)]).toEqual([
      'active',
      'active',
    ])
    expect(await verified(old)).toMatch(/: OK/)
  })

  it('holds, releases and revokes, and the list says so with its reason (R-083)', async () => {
    const record = await issue('changing')
    const { serial, thumbprint } = record
    const numberOf = async (): Promise<bigint> =>
      parseRevocationList((await test.ca.list()).der).number ?? 0n
    const before = await numberOf()
    const held = await test.ca.change({
      serial,
      wish: { act: 'hold' },
      revision: 1,
      author: operator,
    })
    expect(held).toMatchObject({ status: 'held', reason: 'certificateHold', revision: 2 })
    expect(await registered(thumbprint)).toBe('held')
    expect(await verified(record)).toContain('certificate revoked')
    await expect(
      test.ca.change({ serial, wish: { act: 'release' }, revision: 1, author: operator }),
    ).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' })
    await test.ca.change({ serial, wish: { act: 'release' }, author: operator })
    expect(await registered(thumbprint)).toBe('active')
    expect(await verified(record)).toMatch(/: OK/)
    const wish = { act: 'revoke', reason: 'keyCompromise' } as const
    await test.ca.change({ serial, wish, author: operator })
    expect(await findCertificate(test.pool, serial)).toMatchObject({
      status: 'revoked',
      reason: 'keyCompromise',
    })
    expect(await verified(record)).toContain('certificate revoked')
    const text = await textOf(['crl', '-in', join(test.folder, 'list.pem'), '-noout', '-text'])
    expect(text).toMatch(new RegExp(`${serial}[^]*Key Compromise`, 'i'))
    expect(await numberOf()).toBe(before + 3n)
    for (const act of ['hold', 'release'] as const) {
      await expect(
        test.ca.change({ serial, wish: { act }, author: operator }),
      ).rejects.toMatchObject({ code: 'STATUS_REFUSED' })
    }
  })

  it('gives no certificate to a key of a revoked one, or of another system (R-081)', async () => {
    const record = await issue('reused')
    const { serial } = record
    const key = join(test.folder, 'reused.key')
    const request = readCertificationRequest(await test.request('again', ['-key', key]))
    const order = { request, requester: 'R. Quliyev', author: operator }
    await expect(test.ca.issue({ ...order, subsystem: taxId })).rejects.toMatchObject({
      code: 'KEY_IN_USE',
    })
    await test.ca.change({
      serial,
      wish: { act: 'revoke', reason: 'superseded' },
      author: operator,
    })
    await expect(test.ca.issue({ ...order, subsystem: portalId })).rejects.toMatchObject({
      code: 'KEY_IN_USE',
    })
  })

  it('lets the list follow a revocation that came by a declaration', async () => {
    const record = await issue('declared')
    await test.pool.query(
      "UPDATE sluice.certificate SET status = 'revoked' WHERE thumbprint = $1",
      [record.thumbprint],
    )
    expect(await verified(record)).toContain('certificate revoked')
  })

  it('lets certificates follow the life of their system (R-088)', async () => {
    const [used, held] = [await issue('used'), await issue('held')]
    await test.ca.change({ serial: held.serial, wish: { act: 'hold' }, author: operator })
    const states = async (): Promise<(string | undefined)[]> => [
      await registered(used.thumbprint),
      await registered(held.thumbprint),
    ]
    const follow = async (event: 'suspended' | 'resumed' | 'liquidated'): Promise<void> => {
      const client = await test.pool.connect()
      await client.query('BEGIN')
      const status = event === 'resumed' ? 'active' : event
      await client.query('UPDATE sluice.subsystem SET status = $2 WHERE id = $1', [
        portalId,
        status,
      ])
      await followLife(client, [portalId], event, operator)
      await client.query('COMMIT')
      client.release()
    }
    await follow('suspended')
    expect(await states()).toEqual(['held', 'held'])
    expect(await findCertificate(test.pool, used.serial)).toMatchObject({ heldBySuspension: true })
    await expect(issue('late')).rejects.toMatchObject({ code: 'SUBSYSTEM_INACTIVE' })
    await expect(
      test.ca.change({ serial: used.serial, wish: { act: 'release' }, author: operator }),
    ).rejects.toMatchObject({ code: 'SUBSYSTEM_INACTIVE' })
    await follow('resumed')
    expect(await states()).toEqual(['active', 'held'])
    await follow('liquidated')
    expect(await states()).toEqual(['revoked', 'revoked'])
    expect(await findCertificate(test.pool, used.serial)).toMatchObject({
      reason: 'cessationOfOperation',
    })
  })

  it('counts by type of holder and month (R-087)', async () => {
    const month = new Date().toISOString().slice(0, 7)
    const [count, ...others] = await countCertificates(test.pool, {})
    expect(others).toEqual([])
    expect(count).toMatchObject({ month, holder: 'state', active: 0 })
    expect(count?.issued).toBeGreaterThan(7)
  })

  it('has no place for a private key anywhere in the database (R-080)', async () => {
    const { rows } = await test.pool.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = 'sluice' AND column_name ~ '(private|secret|pkcs8)'`,
    )
    // What one-time codes are made of, sealed: no key of a system, and of no certificate.
    expect(rows).toEqual([{ name: 'administrator.totp_secret' }])
    const { rows: tables } = await test.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'sluice' AND table_name ~ '^ca_'`,
    )
    for (const { name } of tables) {
      const { rows: found } = await test.pool.query(
        `SELECT FROM sluice.${name} t WHERE to_jsonb(t)::text ILIKE '%PRIVATE KEY%'`,
      )
      expect(found).toEqual([])
    }
  })
})
