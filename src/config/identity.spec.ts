import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { privateKeyPem } from '../trust/issuing/key-pair.js'
import { makeAuthority, type TestIdentity } from '../../test/support/pki.js'
import type { Config, IdentityFiles } from './config.js'
import { loadIdentity, loadRsaIdentity } from './identity.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-identity-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function configOf(wish: Partial<Config>): Config {
  return { directory: folder, identity: undefined, rsaIdentity: undefined, ...wish } as Config
}

async function written(name: string, { privateKey, pem }: TestIdentity): Promise<IdentityFiles> {
  const keyFile = join(folder, `${name}-key.pem`)
  const certificateFile = join(folder, `${name}.pem`)
  await writeFile(keyFile, privateKeyPem(privateKey))
  await writeFile(certificateFile, pem)
  return { keyFile, certificateFile }
}

describe('identities of the bus’s own making', () => {
  it.each([
    ['P-256', 'identity', loadIdentity, 'ec'],
    ['RSA', 'identity-rsa', loadRsaIdentity, 'rsa'],
  ] as const)('%s: made once, under a root of its own kind', async (_what, name, load, keyType) => {
    const made = await load(configOf({}))
    const again = await load(configOf({}))
    expect(again?.certificateThumbprint).toBe(made?.certificateThumbprint)
    expect(made?.privateKey.reveal().asymmetricKeyType).toBe(keyType)
    const root = new X509Certificate(await readFile(join(folder, name, 'bus-ca.pem')))
    const own = new X509Certificate(await readFile(join(folder, name, 'bus.pem')))
    expect(root.publicKey.asymmetricKeyType).toBe(keyType)
    expect(own.verify(root.publicKey)).toBe(true)
    const { mode } = await stat(join(folder, name, 'bus-key.pem'))
    expect(mode & 0o777).toBe(0o600)
    expect(JSON.stringify(made)).not.toContain('BEGIN')
  })
})

describe('an RSA identity', () => {
  it('is none where only the other one is named', async () => {
    const authority = await makeAuthority('Kök')
    const identity = await written('p256', await authority.issue())
    expect(await loadRsaIdentity(configOf({ identity }))).toBeUndefined()
  })

  it('may have 3072 bits', async () => {
    const authority = await makeAuthority('Kök')
    const rsaIdentity = await written('rsa', await authority.issue({ keyType: 'rsa-3072' }))
    const { privateKey } = (await loadRsaIdentity(configOf({ rsaIdentity })))!
    expect(privateKey.reveal().asymmetricKeyDetails?.modulusLength).toBe(3072)
  })

  it.each([
    ['is no RSA key', undefined],
    [
      'has 4096 bits, and would take long to sign',
      generateKeyPairSync('rsa', { modulusLength: 4096 }),
    ],
  ])('that %s is refused by name', async (_what, keyPair) => {
    const authority = await makeAuthority('Kök')
    const rsaIdentity = await written('odd', await authority.issue(keyPair ? { keyPair } : {}))
    await expect(loadRsaIdentity(configOf({ rsaIdentity }))).rejects.toThrow(
      'odd-key.pem: rsaIdentity must be an RSA key of 2048 to 3072 bits',
    )
  })
})
