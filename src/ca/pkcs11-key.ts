import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { CaKeyAlgorithm, Pkcs11Config } from '../config/ca-config.js'
import type { CaKey } from '../trust/issuing/ca-key.js'
import type { SigningAlgorithm } from '../trust/issuing/key-pair.js'
import { signingAlgorithmOf } from '../trust/issuing/key-pair.js'
import { CaError } from './ca-error.js'
import { pkcs11MakeKeyMsMax, pkcs11WaitingMax } from './limits.js'
import { Pkcs11Tool } from './pkcs11-tool.js'

/**
 * The CA's key in a token that speaks PKCS #11. Where the token has none of this id yet it is made there, and
 * never leaves it.
 * @throws ConfigError; CaError CA_KEY_UNAVAILABLE
 */
export async function openPkcs11Key(
  config: Pkcs11Config,
  algorithm: CaKeyAlgorithm,
): Promise<CaKey> {
  const tool = new Pkcs11Tool(config)
  let publicKey = await findPublicKey(tool, config.id)
  if (!publicKey) {
    await makeKey(tool, config, algorithm)
    publicKey = await findPublicKey(tool, config.id)
  }
  if (!publicKey) throw new CaError('CA_KEY_UNAVAILABLE', 'The token does not show its key.')
  return new Pkcs11Key(tool, config.id, publicKey)
}

/** Signs by the token, one signature after the other: tokens have few sessions. */
class Pkcs11Key implements CaKey {
  readonly publicKey: KeyObject
  readonly algorithm: SigningAlgorithm
  readonly #tool: Pkcs11Tool
  readonly #id: string
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(tool: Pkcs11Tool, id: string, publicKey: KeyObject) {
    this.publicKey = publicKey
    this.algorithm = signingAlgorithmOf(publicKey)
    this.#tool = tool
    this.#id = id
  }

  async sign(bytes: Uint8Array): Promise<Buffer> {
    if (this.#waiting >= pkcs11WaitingMax) {
      throw new CaError('CA_KEY_UNAVAILABLE', 'Too many signatures wait for the token.')
    }
    this.#waiting += 1
    const turn = this.#last.then(() => this.#sign(bytes))
    this.#last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }

  #sign(bytes: Uint8Array): Promise<Buffer> {
    const { name, hash = 'SHA-256' } = this.algorithm
    const digest = createHash(hash.replace('-', '')).update(bytes).digest()
    // The token sees the digest alone, so that a long list is no more for it than a short one.
    const isEc = name === 'ECDSA'
    const input = isEc ? digest : Buffer.concat([digestInfoOf[hash], digest])
    const mechanism = isEc ? 'ECDSA' : 'RSA-PKCS'
    const args = ['--sign', '--mechanism', mechanism, '--id', this.#id]
    return this.#tool.run({ args, input, logsIn: true })
  }
}

/** What stands before the digest in PKCS #1 v1.5 (RFC 8017 §9.2, note 1). */
const digestInfoOf = {
  'SHA-256': Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  'SHA-384': Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  'SHA-512': Buffer.from('3051300d060960864801650304020305000440', 'hex'),
} as const

const toolKeyTypes: Readonly<Record<CaKeyAlgorithm, string>> = {
  p256: 'EC:prime256v1',
  p384: 'EC:secp384r1',
  'rsa-3072': 'rsa:3072',
}

async function makeKey(
  tool: Pkcs11Tool,
  { id, label }: Pkcs11Config,
  algorithm: CaKeyAlgorithm,
): Promise<void> {
  const what = ['--key-type', toolKeyTypes[algorithm], '--id', id, '--label', label]
  await tool.run({
    args: ['--keypairgen', ...what, '--usage-sign', '--sensitive'],
    logsIn: true,
    timeMsMax: pkcs11MakeKeyMsMax,
  })
}

/** The tool (0.23) writes no key on P-384 as DER, so those on curves are read from what it lists. */
async function findPublicKey(tool: Pkcs11Tool, id: string): Promise<KeyObject | undefined> {
  const listed = await tool.run({ args: ['--list-objects', '--type', 'pubkey'] })
  const objects = listed.toString('latin1').split(/^Public Key Object;/m)
  const own = objects.find((each) => new RegExp(`^\\s*ID:\\s*${id}\\s*$`, 'mi').test(each))
  if (own === undefined) return undefined
  if (!/^\s*EC\b/.test(own)) {
    const der = await tool.run({ args: ['--read-object', '--type', 'pubkey', '--id', id] })
    return keyFrom(der)
  }
  const point = /EC_POINT:\s*([0-9a-f]+)/i.exec(own)?.[1] ?? ''
  const curve = /EC_PARAMS:\s*([0-9a-f]+)/i.exec(own)?.[1] ?? ''
  return keyFrom(curveKeyDer(Buffer.from(point, 'hex'), Buffer.from(curve, 'hex')))
}

function keyFrom(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch (error) {
    throw new CaError('CA_KEY_UNAVAILABLE', 'The public key of the token cannot be read.', {
      cause: error,
    })
  }
}

const ecPublicKey = Buffer.from('06072a8648ce3d0201', 'hex')

/** SubjectPublicKeyInfo (RFC 5480 §2). @param wrapped the point in an OCTET STRING, as PKCS #11 has it */
function curveKeyDer(wrapped: Buffer, curve: Buffer): Buffer {
  const point = wrapped.subarray(2)
  const bits = Buffer.concat([Buffer.of(0x03, point.length + 1, 0), point])
  const algorithm = Buffer.concat([
    Buffer.of(0x30, ecPublicKey.length + curve.length),
    ecPublicKey,
    curve,
  ])
  return Buffer.concat([Buffer.of(0x30, algorithm.length + bits.length), algorithm, bits])
}
