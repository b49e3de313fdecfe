import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import { sampleReceipt } from '../../test/support/receipts.js'
import { testSigner, type TestSigner } from '../../test/support/signing.js'

const describeWithOpenssl = await describeWith('openssl')

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-receipt-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** ECDSA's two numbers as other tools want them: a SEQUENCE of INTEGERs instead of side by side. */
function derOf(signature: Buffer): Buffer {
  const half = signature.length / 2
  const numbers = [signature.subarray(0, half), signature.subarray(half)].map((number) => {
    let start = 0
    while (start < number.length - 1 && number[start] === 0) start += 1
    const body = Buffer.concat([
      (number[start] ?? 0) > 0x7f ? Buffer.of(0) : Buffer.alloc(0),
      number.subarray(start),
    ])
    return Buffer.concat([Buffer.of(2, body.length), body])
  })
  const content = Buffer.concat(numbers)
  return Buffer.concat([Buffer.of(0x30, content.length), content])
}

const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32']
const dgst = (digest: string, options: readonly string[] = []): string[] => [
  ...['dgst', `-${digest}`, '-verify', 'key.pem', ...options],
  ...['-signature', 'signature', 'signed'],
]
const checks: Readonly<Record<TestSigner['keyType'], readonly string[]>> = {
  p256: dgst('sha256'),
  p384: dgst('sha384'),
  rsa: dgst('sha256', pss),
  ed25519: [
    ...['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin'],
    ...['-in', 'signed', '-sigfile', 'signature'],
  ],
}

describeWithOpenssl('openssl verifies a receipt', () => {
  it.each(['p256', 'p384', 'rsa', 'ed25519'] as const)(
    'by a key of the type %s',
    async (keyType) => {
      const signer = testSigner(keyType)
      const [jws = ''] = sampleReceipt(signer).split('~')
      const [header = '', payload = '', encodedSignature = ''] = jws.split('.')
      const signature = Buffer.from(encodedSignature, 'base64url')
      const files = {
        'key.pem': signer.publicKey.export({ format: 'pem', type: 'spki' }),
        signed: `${header}.${payload}`,
        signature: keyType === 'p256' || keyType === 'p384' ? derOf(signature) : signature,
      }
      for (const [name, content] of Object.entries(files)) {
        await writeFile(join(folder, name), content)
      }
      const verified = await command('openssl', checks[keyType], folder)
      expect(verified.toString()).toMatch(/Verified OK|Signature Verified Successfully/)
      await writeFile(join(folder, 'signed'), `${header}.${payload} `)
      await expect(command('openssl', checks[keyType], folder)).rejects.toThrow()
    },
  )
})
