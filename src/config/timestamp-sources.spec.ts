import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWith } from '../../test/support/command.js'
import { makeAuthority } from '../../test/support/pki.js'
import { openOpensslTsa } from '../../test/support/timestamps.js'
import { TimestampClient } from '../timestamp/timestamp-client.js'
import { verifyToken } from '../timestamp/verify-token.js'
import type { Config } from './config.js'
import { ownTimestampsPolicy } from '../timestamp/own-policy.js'
import { loadTimestampSources } from './timestamp-sources.js'
import type { TimestampAuthorityConfig } from './timestamps-config.js'

const data = Buffer.from('sluice/PORTAL\n17\nkök\n\n— imza\n')
const never = new AbortController().signal
const describeWithOpenssl = await describeWith('openssl')

let parent: string
let folder: string

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-tsa-'))
})

beforeEach(async () => {
  folder = await mkdtemp(join(parent, 'var-'))
})

afterAll(() => rm(parent, { recursive: true, force: true }))

function configOf(...authorities: TimestampAuthorityConfig[]): Config {
  return { directory: folder, timestamps: { everyMs: 60_000, authorities } } as unknown as Config
}

async function ownClient(): Promise<TimestampClient> {
  const sources = await loadTimestampSources(configOf())
  return new TimestampClient({ sources, retryMsMin: 1_000, warn: () => undefined })
}

describe('the bus’s own authority for timestamps', () => {
  it('is made once, with a key that only its owner may read', async () => {
    const [made] = await loadTimestampSources(configOf())
    const [again] = await loadTimestampSources(configOf())
    expect(again!.trust.anchors[0]!.der).toEqual(made!.trust.anchors[0]!.der)
    expect((await stat(join(folder, 'tsa/tsa-key.pem'))).mode & 0o777).toBe(0o600)
    const certificate = new X509Certificate(await readFile(join(folder, 'tsa/tsa.pem')))
    const root = new X509Certificate(await readFile(join(folder, 'tsa/tsa-ca.pem')))
    expect(certificate.verify(root.publicKey)).toBe(true)
    // Ten years, since timestamps are asked for long after.
    expect(new Date(certificate.validTo).getTime() - Date.now()).toBeGreaterThan(3_649 * 86_400_000)
  })

  it('says in its name, its certificate and its policy that it is not independent', async () => {
    const client = await ownClient()
    const { source, token } = await client.stamp(data, never)
    expect(source).toMatchObject({ name: 'own (not independent)', isIndependent: false })
    const { certificate, policy } = verifyToken({ token, data, trust: source.trust })
    expect(certificate.subject.text).toContain('(not independent)')
    expect(policy).toBe(ownTimestampsPolicy)
  })

  it('delays stamps where its certificate has expired, and does not stop the bus', async () => {
    await loadTimestampSources(configOf(), new Date('2010-01-01T00:00:00Z'))
    const client = await ownClient()
    await expect(client.stamp(data, never)).rejects.toThrow('It expired on 2019-12-30')
  })

  it('is refused with the key of another', async () => {
    await loadTimestampSources(configOf())
    const key = await readFile(join(folder, 'tsa/tsa-key.pem'))
    folder = await mkdtemp(join(parent, 'var-'))
    await loadTimestampSources(configOf())
    await writeFile(join(folder, 'tsa/tsa-key.pem'), key)
    await expect(loadTimestampSources(configOf())).rejects.toThrow(
      /tsa-key\.pem is not the key of .*tsa\.pem/,
    )
  })
})

describe('authorities of others', () => {
  const named = (trustFile: string): TimestampAuthorityConfig => ({
    ...{ name: 'Dövlət', url: 'http://127.0.0.1:1/', trustFile },
  })

  it('take the place of the bus’s own, each with those who vouch for it', async () => {
    const roots = [await makeAuthority('Kök 1'), await makeAuthority('Kök 2')]
    const trustFile = join(folder, 'trust.pem')
    await writeFile(trustFile, roots.map(({ pem }) => pem).join('\n'))
    const [source, ...others] = await loadTimestampSources(configOf(named(trustFile)))
    expect(others).toEqual([])
    expect(source).toMatchObject({ name: 'Dövlət', isIndependent: true })
    expect(source!.trust.anchors.map(({ der }) => der)).toEqual(roots.map(({ der }) => der))
    await expect(stat(join(folder, 'tsa'))).rejects.toThrow('ENOENT')
  })

  it.each([
    ['is not there', undefined],
    ['holds no certificate', 'kök'],
    [
      'holds something that is none',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ],
  ])('are refused by name where the file of those %s', async (_what, content) => {
    const trustFile = join(folder, 'trust.pem')
    if (content !== undefined) await writeFile(trustFile, content)
    await expect(loadTimestampSources(configOf(named(trustFile)))).rejects.toThrow(
      /trust\.pem: cannot be read, or holds no certificates/,
    )
  })
})

describeWithOpenssl('openssl ts', () => {
  it('verifies what the bus’s own authority stamped, by its root and the note', async () => {
    const { token } = await (await ownClient()).stamp(data, never)
    const root = await readFile(join(folder, 'tsa/tsa-ca.pem'), 'utf8')
    const authority = await makeAuthority('Kök')
    const openssl = await openOpensslTsa(await authority.issue(), [])
    try {
      const said = await openssl.verify(token, data, root, '-token_in')
      expect(said).toContain('Verification: OK')
    } finally {
      await openssl.remove()
    }
  })
})
