import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import { certificationRequestBytesMax } from './limits.js'
import { readCertificationRequest } from './certification-request.js'

const describeWithOpenssl = await describeWith('openssl')
const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-csr-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function made(...options: string[]): Promise<Buffer> {
  const [key, out] = [join(folder, 'key.pem'), join(folder, 'request')]
  const usual = ['-nodes', '-subj', '/CN=x', '-keyout', key, '-out', out]
  await command('openssl', ['req', '-new', ...usual, ...options])
  return readFile(out)
}

describeWithOpenssl('a certificate request (RFC 2986)', () => {
  it.each([
    ['P-256', p256],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-sha384']],
    ['RSA 2048', ['-newkey', 'rsa:2048']],
    ['Ed25519', ['-newkey', 'ed25519']],
    ['old marks', [...p256, '-newhdr']],
    [
      'wishes that the bus decides upon itself',
      [...p256, '-addext', 'keyUsage=critical,digitalSignature'],
    ],
  ])('of OpenSSL is taken in PEM and DER: %s', async (_what, options) => {
    const request = readCertificationRequest(await made(...options))
    expect(request.subject.text).toBe('CN=x')
    expect(readCertificationRequest(request.der).spki).toEqual(request.spki)
  })

  it.each([
    ['RSA 1024', ['-newkey', 'rsa:1024'], 'KEY_REFUSED'],
    ['SHA-1', [...p256, '-sha1'], 'KEY_REFUSED'],
    ['another curve', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], 'KEY_REFUSED'],
    [
      'an authority',
      [...p256, '-addext', 'basicConstraints=critical,CA:TRUE'],
      'EXTENSION_REFUSED',
    ],
    ['what nobody knows', [...p256, '-addext', '1.2.3.4=critical,DER:0500'], 'EXTENSION_REFUSED'],
  ])('is refused: %s', async (_what, options, code) => {
    const request = await made(...options)
    expect(() => readCertificationRequest(request)).toThrow(expect.objectContaining({ code }))
  })

  it('is refused without proof that the key is its sender’s', async () => {
    const der = Buffer.from(readCertificationRequest(await made(...p256)).der)
    const at = der.indexOf('0c0178', 0, 'hex')
    der[at + 2] = 0x79
    expect(() => readCertificationRequest(der)).toThrow(/was not made with the key/)
  })

  it('is told from a private key, which counts as compromised from then on (R-080)', async () => {
    const request = await made(...p256)
    const key = await readFile(join(folder, 'key.pem'))
    for (const sent of [key, Buffer.concat([request, key])]) {
      expect(() => readCertificationRequest(sent)).toThrow(
        expect.objectContaining({ code: 'PRIVATE_KEY_SENT' }),
      )
    }
  })

  it('has an end, and nothing behind it', async () => {
    const { der } = readCertificationRequest(await made(...p256))
    const code = 'REQUEST_MALFORMED'
    for (const wrong of [
      Buffer.alloc(certificationRequestBytesMax + 1, 0x30),
      Buffer.concat([der, Buffer.of(0)]),
      der.subarray(0, -1),
      Buffer.alloc(0),
    ]) {
      expect(() => readCertificationRequest(wrong)).toThrow(expect.objectContaining({ code }))
    }
  })
})
