import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyPem } from '../trust/issuing/key-pair.js'
import { command, describeWith } from '../../test/support/command.js'
import { makeAuthority, type TestAuthority } from '../../test/support/pki.js'
import { CmsError } from './cms-error.js'
import { cmsIds } from './cms-ids.js'
import { signData } from './sign-data.js'
import { verifySignedData } from './verify-signed-data.js'

const describeWithOpenssl = await describeWith('openssl')
const content = Buffer.from('Sübut: kim, nə vaxt, nəyi.\r\n')
const keyTypes = ['rsa-2048', 'p256', 'p384'] as const

let folder: string
let root: TestAuthority
let middle: TestAuthority

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cms-'))
  root = await makeAuthority('Kök')
  middle = await root.subordinate('Aralıq')
  await writeFile(join(folder, 'root.pem'), root.pem)
  await writeFile(join(folder, 'chain.pem'), middle.pem)
  await writeFile(join(folder, 'content'), content)
  for (const keyType of keyTypes) {
    const leaf = await middle.issue({ keyType })
    await writeFile(join(folder, `${keyType}.pem`), leaf.pem)
    await writeFile(join(folder, `${keyType}-key.pem`), privateKeyPem(leaf.privateKey))
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What `openssl cms -sign` makes of the content. */
async function signedByOpenssl(keyType: string, ...options: string[]): Promise<Buffer> {
  await command(
    'openssl',
    [
      ...['cms', '-sign', '-binary', '-in', 'content', '-outform', 'DER', '-out', 'signed'],
      ...['-signer', `${keyType}.pem`, '-inkey', `${keyType}-key.pem`, '-certfile', 'chain.pem'],
      ...options,
    ],
    folder,
  )
  return readFile(join(folder, 'signed'))
}

function refusalOf(signedData: Buffer): string {
  try {
    verifySignedData({ signedData, contentType: cmsIds.data, content })
  } catch (error) {
    expect(error).toBeInstanceOf(CmsError)
    return (error as CmsError).reason
  }
  return 'none'
}

describeWithOpenssl('openssl cms', () => {
  it.each(keyTypes)('verifies what is signed here with a %s key', async (keyType) => {
    const leaf = await middle.issue({ keyType })
    const der = signData({
      content,
      contentType: cmsIds.data,
      isDetached: true,
      privateKey: leaf.privateKey,
      certificate: leaf.der,
      certificates: [leaf.der, middle.der],
      signingTime: new Date(),
    }).encode()
    await writeFile(join(folder, 'ours'), der)
    const verify = ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 'ours']
    const out = await command(
      'openssl',
      [...verify, '-content', 'content', '-CAfile', 'root.pem'],
      folder,
    )
    expect(out).toEqual(content)
    await writeFile(join(folder, 'other'), 'başqa')
    const other = [...verify, '-content', 'other', '-CAfile', 'root.pem']
    await expect(command('openssl', other, folder)).rejects.toThrow('content verify error')
  })

  it.each([
    ...keyTypes.map((keyType) => [keyType, []] as const),
    ['rsa-2048', ['-keyopt', 'rsa_padding_mode:pss', '-md', 'sha512']] as const,
    ['p384', ['-md', 'sha512']] as const,
    ['p256', ['-keyid']] as const,
  ])('its signature with a %s key (%j) verifies here', async (keyType, options) => {
    const signedData = await signedByOpenssl(keyType, '-cades', ...options)
    const proven = verifySignedData({ signedData, contentType: cmsIds.data, content })
    expect(proven.content).toEqual(content)
    expect(proven.others.map(({ der }) => der)).toEqual([middle.der])
    expect(Math.abs(proven.signingTime!.getTime() - Date.now())).toBeLessThan(600_000)
  })

  it.each([
    ['that names no certificate', [], 'malformed'],
    ['without attributes', ['-noattr'], 'malformed'],
    ['with SHA-1', ['-cades', '-md', 'sha1'], 'algorithm-forbidden'],
    ['in BER', ['-cades', '-stream'], 'malformed'],
    ['without its certificate', ['-cades', '-nocerts'], 'signer-unknown'],
    ['that holds its content', ['-cades', '-nodetach'], 'content'],
    ['of two signers', ['-cades', '-signer', 'p384.pem', '-inkey', 'p384-key.pem'], 'malformed'],
  ])('its signature %s is refused', async (_what, options, reason) => {
    expect(refusalOf(await signedByOpenssl('p256', ...options))).toBe(reason)
  })
})
