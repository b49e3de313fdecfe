import { beforeAll, describe, expect, it } from '@jest/globals'
import { createHmac, sign } from 'node:crypto'
import {
  encoded,
  partsOf,
  sampleReceipt,
  signedToken,
  type TokenParts,
} from '../../test/support/receipts.js'
import { testSigner, type TestSigner } from '../../test/support/signing.js'
import { readReceipt } from './read-receipt.js'
import { ReceiptError } from './receipt-error.js'
import type { Receipt } from './receipt.js'

let signers: Readonly<Record<'p256' | 'p384' | 'rsa' | 'ed25519', TestSigner>>
let signer: TestSigner
let token: string
let parts: TokenParts

beforeAll(() => {
  signers = {
    p256: testSigner('p256'),
    p384: testSigner('p384'),
    rsa: testSigner('rsa'),
    ed25519: testSigner('ed25519'),
  }
  signer = signers.p256
  token = sampleReceipt(signer)
  parts = partsOf(token)
})

/** What is wrong with a token, in a word; the receipt where nothing is. */
function verdict(of: string, { publicKey }: TestSigner = signer): Receipt | string {
  try {
    return readReceipt(of).verifiedBy(publicKey)
  } catch (error) {
    if (error instanceof ReceiptError) return error.trouble
    throw error
  }
}

/** Signed again by the right key, so that nothing but the change can be why it is refused. */
const changedHeader = (search: string, replacement: string): string =>
  signedToken({ ...parts, header: parts.header.replace(search, replacement) }, signer)
const changedStatement = (search: string | RegExp, replacement: string): string =>
  signedToken(
    { header: parts.header, statement: parts.statement.replace(search, replacement) },
    signer,
  )
/** The JWS changed and the rest left as it is. */
const changedJws =
  (change: (jws: string) => string) =>
  (of: string): string =>
    of.replace(/^[^~]*/, change)

describe('a receipt is read as it is written (RFC 7515 §7.1)', () => {
  it('by whoever has the key', () => {
    expect(verdict(token)).toMatchObject({ half: 2, log: 'domain/PORTAL' })
    expect(verdict(signedToken(parts, signer))).toMatchObject({ half: 2 })
  })

  it.each<[string, (of: string) => string]>([
    ['nothing', () => ''],
    ['a JWS alone', (of) => of.slice(0, of.indexOf('~'))],
    ['no index', (of) => of.slice(0, of.lastIndexOf('~'))],
    ['no JWS', (of) => of.slice(of.indexOf('~'))],
    ['no statement', (of) => of.replace(/~[^~]*~/, '~~')],
    ['an empty index', (of) => of.slice(0, -1)],
    ['an index with a sign', (of) => of.replace(/~0$/, '~+0')],
    ['an index with a zero in front', (of) => of.replace(/~0$/, '~00')],
    ['an index with a fraction', (of) => of.replace(/~0$/, '~0.0')],
    ['an index in other digits', (of) => of.replace(/~0$/, '~0x0')],
    ['an index of many digits', (of) => of.replace(/~0$/, '~1000000000')],
    ['an empty path, as SD-JWT ends', (of) => `${of}~`],
    ['a path that is no base64url', (of) => `${of}~+AA`],
    ['a path with padding', (of) => `${of}~AA==`],
    ['a statement in standard base64', (of) => of.replace(/~eyJ/, '~+yJ')],
    ['a line end behind it', (of) => `${of}\n`],
    ['no ASCII', (of) => of.replace('.', '.ə')],
    ['the JSON serialisation', (of) => JSON.stringify({ jws: of })],
    ['too much', (of) => `${of}~${'A'.repeat(4_096)}`],
    ['two parts', changedJws((jws) => jws.slice(0, jws.lastIndexOf('.')))],
    ['four parts', changedJws((jws) => `${jws}.e30`)],
    ['five parts, as an encrypted one has', changedJws((jws) => `${jws}.e30.e30`)],
    ['no signature', changedJws((jws) => jws.slice(0, jws.lastIndexOf('.') + 1))],
    ['no header', changedJws((jws) => jws.slice(jws.indexOf('.')))],
    ['a detached payload', changedJws((jws) => jws.replace(/\.[^.]*\./, '..'))],
    ['padding', changedJws((jws) => `${jws}==`)],
    ['a blank inside', changedJws((jws) => jws.replace('.', '. '))],
    ['standard base64', changedJws((jws) => `${jws.slice(0, -10)}+${jws.slice(-9)}`)],
    [
      'stray bits behind the last byte',
      changedJws((jws) => jws.slice(0, -1) + next(jws.slice(-1))),
    ],
    ['a length that base64 has not', changedJws((jws) => `${jws}AAA`)],
  ])('%s is none', (_, change) => {
    expect(verdict(change(token))).toBe('form')
  })

  it('bytes that are no UTF-8 are none', () => {
    const header = Buffer.concat([Buffer.from(parts.header), Buffer.of(0xc0, 0x80)])
    expect(verdict(`${encoded(header)}.${encoded(parts.payload)}.AAAA~e30~0`)).toBe('form')
  })
})

describe("a receipt's header", () => {
  it.each<[string, string, string]>([
    ['typ of another token', '"sluice-receipt+jwt"', '"JWT"'],
    ['typ in capitals', 'sluice-receipt+jwt', 'SLUICE-RECEIPT+JWT'],
    ['typ that is no text', '"sluice-receipt+jwt"', '["sluice-receipt+jwt"]'],
    ['no typ', '"typ":"sluice-receipt+jwt",', ''],
    ['crit', '{', '{"crit":["exp"],'],
    ['crit that is empty', '{', '{"crit":[],'],
    ['crit for an unencoded payload (RFC 7797)', '{', '{"b64":false,"crit":["b64"],'],
    ['an unencoded payload without crit', '{', '{"b64":false,'],
    ['a key of its own', '{', '{"jwk":{"kty":"oct","k":"AA"},'],
    ['a place to fetch a key from', '{', '{"jku":"https://example.test/",'],
    ['a certificate of its own', '{', '{"x5c":["MII"],'],
    ['a kid', '{', '{"kid":"1",'],
    ['a second typ', '{', '{"typ":"JWT",'],
    ['alg twice', '{', '{"alg":"none",'],
    ['white space', '{', '{ '],
    ['another order', '{"alg":"ES256",', '{'],
    ['an escape that is not needed', 'ES256', '\\u0045S256'],
    ['a thumbprint that is shorter', '"x5t#S256":"', '"x5t#S256":"AA","y":"'],
    ['no thumbprint', '"x5t#S256"', '"x5t"'],
    ['a prototype', '{', '{"__proto__":{"alg":"ES256"},'],
  ])('with %s is refused', (_, search, replacement) => {
    const changed = changedHeader(search, replacement)
    expect(partsOf(changed).header).not.toBe(parts.header)
    expect(['header', 'algorithm']).toContain(verdict(changed))
  })

  it.each(['none', 'None', '', 'HS256', 'ES256K', 'RS256', 'RS1', 'ES512', 'es256', 'Ed448'])(
    'with alg %j is refused',
    (alg) => {
      expect(verdict(changedHeader('ES256', alg))).toBe('algorithm')
    },
  )

  it.each(['null', '[]', '"x"', '7', '{', '{}x', '['.repeat(1_500), '\ufeff{}'])(
    'that is no object with members is refused: %j',
    (header) => {
      expect(verdict(signedToken({ ...parts, header }, signer))).toBe('header')
    },
  )

  it.each([
    ['ES384', 'p256'],
    ['PS256', 'p256'],
    ['EdDSA', 'p256'],
    ['ES256', 'p384'],
    ['ES256', 'rsa'],
    ['EdDSA', 'rsa'],
    ['ES256', 'ed25519'],
  ] as const)('with alg %s is refused of a key of the type %s', (alg, keyType) => {
    const by = signers[keyType]
    const changed = signedToken({ ...parts, header: parts.header.replace('ES256', alg) }, by)
    expect(verdict(changed, by)).toBe('algorithm')
  })

  it('does not make a public key a secret one', () => {
    const header = parts.header.replace('ES256', 'HS256')
    const signed = `${encoded(header)}.${encoded(parts.payload)}`
    const rest = `~${encoded(parts.statement)}~0`
    const secret = signer.publicKey.export({ format: 'pem', type: 'spki' })
    const forged = createHmac('sha256', secret).update(signed).digest('base64url')
    expect(verdict(`${signed}.${forged}${rest}`)).toBe('algorithm')
  })
})

describe("a receipt's signature", () => {
  const withSignature = (signature: Uint8Array): string =>
    `${encoded(parts.header)}.${encoded(parts.payload)}.${encoded(signature)}~${encoded(parts.statement)}~0`
  const order = Buffer.from(
    'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    'hex',
  )
  const zero = Buffer.alloc(32)
  const one = Buffer.concat([Buffer.alloc(31), Buffer.of(1)])

  it.each<[string, () => Uint8Array]>([
    ['r and s of zero', () => Buffer.concat([zero, zero])],
    ['r of zero', () => Buffer.concat([zero, one])],
    ['s of zero', () => Buffer.concat([one, zero])],
    ['the order for r and s', () => Buffer.concat([order, order])],
    ['r and s of one', () => Buffer.concat([one, one])],
    ['one byte', () => Buffer.of(0)],
    ['a byte more', () => Buffer.concat([signatureOf(token), Buffer.of(0)])],
    ['a byte less', () => signatureOf(token).subarray(1)],
    ['a byte in front', () => Buffer.concat([Buffer.of(0), signatureOf(token)])],
    ['DER', () => sign('sha256', Buffer.from(signedPart(token)), signer.privateKey)],
    [
      'r and s the other way round',
      () => Buffer.concat([signatureOf(token).subarray(32), signatureOf(token).subarray(0, 32)]),
    ],
    ['that of other bytes', () => signatureOf(changedStatement('PORTAL', 'SENED'))],
    ["that of another's key", () => signatureOf(signedToken(parts, testSigner('p256')))],
  ])('with %s is refused', (_, signature) => {
    expect(verdict(withSignature(signature()))).toBe('signature')
  })

  it.each(['p256', 'p384', 'rsa', 'ed25519'] as const)(
    'by a key of the type %s covers every bit of header and payload',
    (keyType) => {
      const by = signers[keyType]
      const whole = sampleReceipt(by)
      const signed = signedPart(whole)
      for (const at of [0, 20, signed.indexOf('.') + 30, signed.length - 9]) {
        const changed = whole.slice(0, at) + next(whole.charAt(at)) + whole.slice(at + 1)
        expect(typeof verdict(changed, by)).toBe('string')
      }
    },
  )

  it.each([
    ['PKCS #1 v1.5', { padding: 1 }],
    ['PSS with another salt', { padding: 6, saltLength: 20 }],
  ])('by an RSA key with %s is refused', (_, options) => {
    const by = signers.rsa
    const signed = signedPart(sampleReceipt(by))
    const signature = sign('sha256', Buffer.from(signed), { key: by.privateKey, ...options })
    expect(verdict(`${signed}.${encoded(signature)}~${encoded(parts.statement)}~0`, by)).toBe(
      'signature',
    )
  })

  it('says nothing before it is verified', () => {
    const changed = signedToken({ ...parts, statement: 'no JSON' }, testSigner('p256'))
    expect(verdict(changed)).toBe('signature')
    expect(readReceipt(changed)).not.toHaveProperty('exchangeId')
  })
})

describe("a receipt's statement", () => {
  it.each<[string, string | RegExp, string]>([
    ['another half', '"half":2', '"half":1'],
    ['a half in other words', '"half":2', '"half":2.0'],
    ['no exchange', /"exchangeId":"[^"]*",/, ''],
    ['an exchange that is no UUID', '019ab2c4-', '019ab2c4'],
    ['an exchange in capitals', '019ab2c4', '019AB2C4'],
    ['no log', '"log":"domain/PORTAL",', ''],
    ['an unknown kind of log', 'domain/PORTAL', 'audit'],
    ['a domain without a name', 'domain/PORTAL', 'domain/'],
    ['a domain with two segments', 'domain/PORTAL', 'domain/PORTAL/x'],
    ['a domain that steers a terminal', 'domain/PORTAL', 'domain/\\u001b[2J'],
    ['half a character', 'domain/PORTAL', 'domain/\\ud800'],
    ['a hash that is shorter', '"leafHash":"-', '"leafHash":"'],
    ['a hash with padding', '","requestLeafHash"', '=","requestLeafHash"'],
    ['a hash with stray bits', 's","requestLeafHash"', 't","requestLeafHash"'],
    ['a request hash that is null', /"requestLeafHash":"[^"]*"/, '"requestLeafHash":null'],
    ['no time', /,"recordedAt":"[^"]*"/, ''],
    ['a day that is none', '2026-03-31', '2026-02-31'],
    ['a time of another zone', '.007Z"', '.007+04:00"'],
    ['a time without milliseconds', '.007Z', 'Z'],
    ['a member more', '"half"', '"iat":1,"half"'],
    ['a member twice', '"half":2', '"half":1,"half":2'],
    ['another order', /^\{"exchangeId":("[^"]*"),"half":2/, '{"half":2,"exchangeId":$1'],
    ['white space', '{', '{\n'],
    ['an escape', 'PORTAL', '\\u0050ORTAL'],
    ['no object', /.*/, '[]'],
    ['no JSON', /.*/, 'nothing'],
  ])('with %s is refused, whoever signed it', (_, search, replacement) => {
    const changed = changedStatement(search, replacement)
    expect(partsOf(changed).statement).not.toBe(parts.statement)
    expect(verdict(changed)).toBe('payload')
  })
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Another character of base64url, that differs in the last bit. */
function next(character: string): string {
  return alphabet[alphabet.indexOf(character) ^ 1] ?? 'A'
}

function signedPart(of: string): string {
  return of.slice(0, of.lastIndexOf('.'))
}

function signatureOf(of: string): Buffer {
  return Buffer.from(of.slice(of.lastIndexOf('.') + 1, of.indexOf('~')), 'base64url')
}
