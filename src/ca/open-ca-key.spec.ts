import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createPrivateKey } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { command, describeWith } from '../../test/support/command.js'
import { caOf, caSchema, type CaConfig, type CaKeyAlgorithm } from '../config/ca-config.js'
import { ConfigError } from '../config/env.js'
import { issueEndEntity, issueRoot } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair } from '../trust/issuing/key-pair.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { requestForCa } from './ca-request.js'
import { openCaKey } from './open-ca-key.js'

const describeWithHsm = await describeWith('softhsm', 'opensc', 'openssl')
const describeWithOpenssl = await describeWith('openssl')
const algorithms: CaKeyAlgorithm[] = ['p256', 'p384']

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-ca-key-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

function configOf(name: string, settings: object): CaConfig {
  return caOf(caSchema.parse(settings), join(folder, name))!
}

/** Whether OpenSSL accepts what the key signs: a root, a certificate below it, a request. */
async function expectAccepted(config: CaConfig): Promise<void> {
  const key = await openCaKey(config)
  const now = Date.now()
  const terms = (name: string) => ({
    subject: [['CN', name]] as const,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 3_600_000),
  })
  const root = await issueRoot(terms('Kök'), key)
  const { publicKey } = await makeKeyPair('p256')
  const leaf = await issueEndEntity(terms('Sistem'), publicKey, { certificate: root, key })
  const [rootFile, leafFile, csr] = ['root.pem', 'leaf.pem', 'ca.csr'].map((each) =>
    join(folder, each),
  )
  await writeFile(rootFile!, root.pem)
  await writeFile(leafFile!, leaf.pem)
  await writeFile(csr!, await requestForCa(config, key))
  const said = await command('openssl', ['verify', '-x509_strict', '-CAfile', rootFile!, leafFile!])
  expect(said.toString()).toMatch(/: OK/)
  const request = await command('bash', [
    '-c',
    `openssl req -in ${csr!} -noout -verify -subject 2>&1`,
  ])
  expect(request.toString()).toMatch(/verify OK[^]*CN ?= ?Sluice CA/)
  expect(parseCertificate(root.der).basicConstraints?.isCa).toBe(true)
}

describeWithOpenssl('the CA’s key in a file', () => {
  it.each(algorithms)(
    'is made once, encrypted, and signs what OpenSSL accepts: %s',
    async (algorithm) => {
      const config = configOf(algorithm, { algorithm })
      await expectAccepted(config)
      const { keyFile, passphraseFile } = config.software
      const pem = await readFile(keyFile, 'utf8')
      expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
      expect((await stat(keyFile)).mode & 0o77).toBe(0)
      expect((await stat(passphraseFile)).mode & 0o77).toBe(0)
      await openCaKey(config)
      expect(await readFile(keyFile, 'utf8')).toBe(pem)
    },
  )

  it('is not taken in clear, nor opened by another passphrase', async () => {
    const config = configOf('wrong', {})
    await openCaKey(config)
    const { keyFile, passphraseFile } = config.software
    const passphrase = (await readFile(passphraseFile, 'utf8')).trim()
    const key = createPrivateKey({ key: await readFile(keyFile), passphrase })
    await writeFile(passphraseFile, 'another')
    await expect(openCaKey(config)).rejects.toThrow(ConfigError)
    await writeFile(keyFile, key.export({ format: 'pem', type: 'pkcs8' }))
    await expect(openCaKey(config)).rejects.toThrow(/must be encrypted/)
  })
})

describeWithHsm('the CA’s key in a PKCS #11 token', () => {
  const pin = 'sinaq-2468'
  const pkcs11 = (id: string): object => ({
    ...{
      module: '/usr/lib/softhsm/libsofthsm2.so',
      token: 'sluice',
      id,
      pinFile: join(folder, 'pin'),
      environment: { SOFTHSM2_CONF: join(folder, 'softhsm2.conf') },
    },
  })

  beforeAll(async () => {
    await mkdir(join(folder, 'tokens'))
    const conf = join(folder, 'softhsm2.conf')
    await writeFile(
      conf,
      `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`,
    )
    await writeFile(join(folder, 'pin'), `${pin}\n`)
    const init = [
      '--init-token',
      '--free',
      '--label',
      'sluice',
      '--so-pin',
      '12345678',
      '--pin',
      pin,
    ]
    await command('env', [`SOFTHSM2_CONF=${conf}`, 'softhsm2-util', ...init])
  })

  it.each([
    ['p256', '01'],
    ['p384', '02'],
    ['rsa-3072', '03'],
  ])('is made there once and signs there: %s', async (algorithm, id) => {
    const config = configOf('token', { algorithm, pkcs11: pkcs11(id) })
    await expectAccepted(config)
    const [first, second] = [await openCaKey(config), await openCaKey(config)]
    expect(first.publicKey.equals(second.publicKey)).toBe(true)
    // Several at one time take turns.
    const signed = await Promise.all([1, 2, 3].map((each) => first.sign(Buffer.of(each))))
    expect(signed).toHaveLength(3)
    expect(inspect(first, { depth: 9 })).not.toContain(pin)
  })

  it('says what is the matter, and never the PIN', async () => {
    await writeFile(join(folder, 'wrong-pin'), '0000')
    const config = { ...pkcs11('01'), pinFile: join(folder, 'wrong-pin') }
    const key = await openCaKey(configOf('token', { pkcs11: config }))
    await expect(key.sign(Buffer.of(1))).rejects.toMatchObject({
      code: 'CA_KEY_UNAVAILABLE',
      message: 'The token does not do its part: CKR_PIN_INCORRECT.',
    })
    const elsewhere = { ...pkcs11('01'), token: 'nowhere' }
    await expect(openCaKey(configOf('token', { pkcs11: elsewhere }))).rejects.toThrow(
      /no such token/,
    )
  })
})
