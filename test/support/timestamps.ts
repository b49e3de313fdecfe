import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { TimestampingAuthority } from '../../src/timestamp/timestamping-authority.js'
import type { TimestampTrust } from '../../src/timestamp/verify-token.js'
import { command } from './command.js'
import {
  ExtendedKeyUsageExtension,
  makeAuthority,
  type TestAuthority,
  type TestCertificate,
  type TestIdentity,
} from './pki.js'

export const timestamping = '1.3.6.1.5.5.7.3.8'
export const samplePolicy = '2.25.340282366920938463463374607431768211455'

/** A certificate for timestamps, as good as it can be but for what the test says. */
export function issueTsa(
  issuer: TestAuthority,
  wish: TestCertificate = {},
  purposes: readonly string[] = [timestamping],
  isCritical = true,
): Promise<TestIdentity> {
  const extension = new ExtendedKeyUsageExtension([...purposes], isCritical)
  return issuer.issue({
    subject: 'Vaxt',
    ...wish,
    extensions: [extension, ...(wish.extensions ?? [])],
  })
}

/** A timestamping authority of a test's own, with whoever vouches for it. */
export interface TestTsa {
  readonly root: TestAuthority
  readonly identity: TestIdentity
  readonly trust: TimestampTrust
  readonly authority: TimestampingAuthority
}

export async function makeTsa(
  identity?: (root: TestAuthority) => Promise<TestIdentity>,
  now?: () => Date,
  rootWish: TestCertificate = {},
): Promise<TestTsa> {
  const root = await makeAuthority('Vaxtın kökü', rootWish)
  const own = await (identity ?? issueTsa)(root)
  return {
    root,
    identity: own,
    trust: trustOf(root),
    authority: new TimestampingAuthority({
      privateKey: own.privateKey,
      certificate: own.der,
      policy: samplePolicy,
      ...(now && { now }),
    }),
  }
}

export function trustOf(root: { readonly der: Uint8Array }): TimestampTrust {
  return { anchors: [parseCertificate(root.der)] }
}

const configuration = `
[tsa]
default_tsa = own
[own]
serial = serial
signer_digest = sha256
default_policy = ${samplePolicy}
other_policies = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
`

/** `openssl ts` with a key and a certificate of its own, in a folder of its own. */
export interface OpensslTsa {
  readonly folder: string
  /** What `openssl ts -reply` answers. */
  reply(request: Uint8Array, ...options: string[]): Promise<Buffer>
  /** What `openssl ts -query` asks. */
  query(data: Uint8Array, ...options: string[]): Promise<Buffer>
  /** What `openssl ts -verify` says of an answer, or with `-token_in` of a token. */
  verify(answer: Uint8Array, data: Uint8Array, root: string, ...options: string[]): Promise<string>
  /** The same against the question asked last. */
  verifyQuery(answer: Uint8Array, root: string): Promise<string>
  /** An answer in its words. */
  show(answer: Uint8Array): Promise<string>
  keep(name: string, content: string): Promise<void>
  remove(): Promise<void>
}

export async function openOpensslTsa(
  identity: TestIdentity,
  chain: readonly { readonly pem: string }[],
  essDigest = 'sha256',
): Promise<OpensslTsa> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ts-'))
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFile(join(folder, name), content)
  await write('tsa.cnf', `${configuration}ess_cert_id_alg = ${essDigest}\n`)
  await write('serial', '01')
  await write('tsa.pem', identity.pem)
  await write('tsa-key.pem', privateKeyPem(identity.privateKey))
  await write('chain.pem', chain.map(({ pem }) => pem).join(''))
  const run = (...args: string[]): Promise<Buffer> => command('openssl', ['ts', ...args], folder)
  return {
    folder,
    async reply(request, ...options) {
      await write('request', request)
      const reply = ['-reply', '-config', 'tsa.cnf', '-queryfile', 'request', '-out', 'reply']
      await run(
        ...reply,
        '-signer',
        'tsa.pem',
        '-inkey',
        'tsa-key.pem',
        '-chain',
        'chain.pem',
        ...options,
      )
      return readFile(join(folder, 'reply'))
    },
    async query(data, ...options) {
      await write('data', data)
      await run('-query', '-data', 'data', '-out', 'query', ...options)
      return readFile(join(folder, 'query'))
    },
    async verify(answer, data, root, ...options) {
      await write('answer', answer)
      await write('data', data)
      await write('root.pem', root)
      const verify = ['-verify', '-data', 'data', '-in', 'answer', '-CAfile', 'root.pem']
      return (await run(...verify, ...options)).toString()
    },
    async verifyQuery(answer, root) {
      await write('answer', answer)
      await write('root.pem', root)
      const verify = ['-verify', '-queryfile', 'query', '-in', 'answer', '-CAfile', 'root.pem']
      return (await run(...verify)).toString()
    },
    async show(answer) {
      await write('answer', answer)
      return (await run('-reply', '-in', 'answer', '-text')).toString()
    },
    keep: write,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
