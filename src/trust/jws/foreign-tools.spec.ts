import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, describeWith } from '../../../test/support/command.js'
import { mqConsumerId, mqRequestContent } from '../../../test/support/mq-signing.js'
import { makeAuthority, type TestIdentity } from '../../../test/support/pki.js'
import { directoryOf, fiveMinutesMs, type TestSigner } from '../../../test/support/signing.js'
import { verifyMqHead } from './verify-request.js'

const withShell = await describeWith('bash', 'openssl')

/** What an agency needs to sign a message: a shell and openssl. */
const prelude = `
b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
thumbprint=$(openssl x509 -in certificate.pem -outform DER | openssl dgst -sha256 -binary | b64url)
env='{"client":"${mqConsumerId}","service":"AZ/GOV/DIN/GCQ/finAxtaris","id":"sorgu-1"}'
header=$(printf '{"alg":"%s","b64":false,"crit":["b64"],"typ":"sluice-request+jws","x5t#S256":"%s","iat":%s,"cty":"application/json","env":%s}' \\
  "$alg" "$thumbprint" "$(date +%s)" "$env" | b64url)
{ printf '%s.' "$header"; cat body.json; } > signed
`
// openssl writes two INTEGERs in DER; JWS has them as numbers of 32 octets, one after the other (RFC 7518 §3.4).
const ecdsa = `
openssl dgst -sha256 -sign key.pem -out signature.der signed
hex=$(openssl asn1parse -inform DER -in signature.der | sed -n 's/.*INTEGER *:\\([0-9A-F]*\\)$/\\1/p' |
  while read -r number; do printf '%64s' "$number" | tr ' ' 0; done)
value=$(printf "$(printf '%s' "$hex" | sed 's/../\\\\x&/g')" | b64url)
`
const rsa = `
value=$(openssl dgst -sha256 -sign key.pem signed | b64url)
`
const pss = `
value=$(openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign key.pem signed | b64url)
`
const ed25519 = `
value=$(openssl pkeyutl -sign -inkey key.pem -rawin -in signed | b64url)
`
const end = 'printf "%s..%s" "$header" "$value"'

const ways = [
  { alg: 'ES256', keyType: 'p256', commands: ecdsa },
  { alg: 'RS256', keyType: 'rsa-2048', commands: rsa },
  { alg: 'PS256', keyType: 'rsa-2048', commands: pss },
  { alg: 'EdDSA', keyType: 'ed25519', commands: ed25519 },
] as const

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-jws-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function signerOf({ privateKey, der, thumbprint }: TestIdentity, keyType: string): TestSigner {
  const { publicKey } = new X509Certificate(der)
  const type = keyType.replace('-2048', '') as TestSigner['keyType']
  return { subsystem: mqConsumerId, keyType: type, privateKey, publicKey, thumbprint }
}

withShell('a message signed with openssl alone', () => {
  it.each(ways)('is verified: $alg', async ({ alg, keyType, commands }) => {
    const identity = await (await makeAuthority('Kök')).issue({ subject: 'Vergi', keyType })
    const files = {
      'key.pem': identity.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      'certificate.pem': new X509Certificate(identity.der).toString(),
      'body.json': '{"fin":"5XY7K2A","ad":"Şəfəq"}\n',
    }
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), content)
    const script = `alg=${alg}${prelude}${commands}${end}`
    const options = ['-e', '-o', 'pipefail', '-c', script]
    const payload = await readFile(join(folder, 'body.json'))
    const rules = {
      signers: directoryOf(signerOf(identity, keyType)),
      now: () => new Date(),
      freshnessMs: fiveMinutesMs,
    }
    // A number that begins with zeros is shorter in DER: many signatures meet some.
    for (let round = 0; round < 4; round += 1) {
      const signature = (await command('bash', options, folder)).toString()
      const content = mqRequestContent({ properties: { headers: {} }, signature, payload })
      const { head, signer } = verifyMqHead(content, rules)
      expect(signer.thumbprint).toBe(identity.thumbprint)
      expect(head.text('id')).toBe('sorgu-1')
    }
  })
})
