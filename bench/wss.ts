// The certificate library needs the polyfill before anything imports it.
import 'reflect-metadata'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignedXml } from 'xml-crypto'
import { Fault } from '../src/exchange/fault.js'
import { parseSubsystemId } from '../src/exchange/identifier.js'
import type { SoapRequestContent } from '../src/exchange/soap-content.js'
import { soapStartBytesMax } from '../src/limits/soap.js'
import { keyTypeOf } from '../src/trust/http-signature/algorithms.js'
import type { VerificationRules } from '../src/trust/http-signature/verify-request.js'
import { issueRoot } from '../src/trust/issuing/issue-certificate.js'
import { makeKeyPair } from '../src/trust/issuing/key-pair.js'
import { verifySoapHead } from '../src/trust/wss/verify-request.js'
import { cpuMicroseconds } from './cpu-time.js'
import { envelopeOf, signed, type BenchSigner } from './wss-messages.js'

/**
 * `npm run bench:wss`: what it costs to verify and to sign a SOAP message (WS-Security), on one core,
 * beside xml-crypto and xmlsec1 in the same run. `bench/README.md` explains the figures.
 */
const isJson = process.argv.includes('--json')
const sizes = [5_000, 10_000, 100_000]
const keyTypes = ['rsa-2048', 'p256'] as const
const dayMs = 86_400_000

interface Figures {
  readonly keyType: (typeof keyTypes)[number]
  readonly bytes: number
  readonly verifyUs: number
  readonly signUs: number
  readonly unsignedUs: number
  readonly underSignedUs: number
  /** Null where xml-crypto has no such algorithm. */
  readonly xmlCryptoUs: number | null
  /** Its verification alone, without reading the document; null where it is not installed. */
  readonly xmlsec1Us: number | null
}

async function makeSigner(keyType: (typeof keyTypes)[number]): Promise<BenchSigner> {
  const keys = await makeKeyPair(keyType)
  const subject = [['CN', 'bench']] as const
  const notBefore = new Date(Date.now() - dayMs)
  const notAfter = new Date(Date.now() + dayMs)
  const certificate = await issueRoot({ subject, notBefore, notAfter }, keys)
  return { ...keys, certificate }
}

function rulesOf({ certificate, publicKey }: BenchSigner): VerificationRules {
  const keyType = keyTypeOf(publicKey)
  if (!keyType) throw new Error('no such key')
  const subsystem = parseSubsystemId('AZ/GOV/RITN/PORTAL')
  const { thumbprint } = certificate
  const key = { signer: { subsystem, thumbprint, serialNumber: '01' }, publicKey, keyType }
  const unknown = (): never => {
    throw new Fault('CERT_UNKNOWN')
  }
  const signers = {
    key: (named: string) => (named === thumbprint ? key : unknown()),
    find: unknown,
    checkCertificate: () => undefined,
  }
  return { signers, now: () => new Date(), freshnessMs: dayMs }
}

/** Both stages, as a request goes through them. */
function verify(message: Buffer, rules: VerificationRules): void {
  const content: SoapRequestContent = {
    format: 'soap',
    rawHeaders: [],
    start: message.subarray(0, soapStartBytesMax),
    startIsWhole: message.length <= soapStartBytesMax,
    head: () => message,
    readPayload: () => Promise.reject(new Error('not read')),
  }
  const { head } = verifySoapHead(content, rules)
  head.withPayload({ bytes: message, envelope: message, attachments: [] })
}

function refusal(message: Buffer, rules: VerificationRules): () => void {
  return () => {
    try {
      verify(message, rules)
    } catch (error) {
      if (error instanceof Fault) return
      throw error
    }
    throw new Error('was accepted')
  }
}

function xmlCryptoUs(message: Buffer, { certificate }: BenchSigner): number {
  const text = message.toString()
  const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(text)?.[0] ?? ''
  const { publicKey } = new X509Certificate(certificate.der)
  const check = (): void => {
    const verifier = new SignedXml({ publicCert: publicKey })
    verifier.loadSignature(signature)
    if (!verifier.checkSignature(text)) throw new Error('xml-crypto does not verify')
  }
  return cpuMicroseconds(check, 5, 300)
}

/** xmlsec1 tells its CPU time for the verification alone. */
function xmlsec1Us(message: Buffer, { certificate }: BenchSigner, repeat: number): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    writeFileSync(join(folder, 'message.xml'), message)
    writeFileSync(join(folder, 'certificate.pem'), new X509Certificate(certificate.der).toString())
    const ids = ['Body', 'Timestamp', 'client'].flatMap((name) => ['--id-attr:Id', name])
    const args = ['--verify', '--repeat', String(repeat), '--pubkey-cert-pem', 'certificate.pem']
    let least = Infinity
    for (let round = 0; round < 3; round++) {
      const { stderr, error } = spawnSync('xmlsec1', [...args, ...ids, 'message.xml'], {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      })
      if (error) return null
      const [, tests, ms] = /Executed (\d+) tests in ([\d.]+) msec/.exec(stderr) ?? []
      if (tests === undefined) throw new Error(`xmlsec1 does not verify: ${stderr.slice(0, 500)}`)
      least = Math.min(least, (Number(ms) * 1_000) / Number(tests))
    }
    return Math.round(least * 10) / 10
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(keyType: Figures['keyType']): Promise<Figures[]> {
  const signer = await makeSigner(keyType)
  const rules = rulesOf(signer)
  return sizes.map((size) => {
    const envelope = envelopeOf(size, signer)
    const message = signed(envelope, signer)
    const text = message.toString()
    const unsigned = Buffer.from(text.replace(/<ds:Signature .*<\/ds:Signature>/s, ''))
    const underSigned = Buffer.from(text.replace(/<ds:Reference URI="#H0.*?<\/ds:Reference>/s, ''))
    return {
      keyType,
      bytes: message.length,
      verifyUs: cpuMicroseconds(() => verify(message, rules)),
      signUs: cpuMicroseconds(() => void signed(envelope, signer)),
      unsignedUs: cpuMicroseconds(refusal(unsigned, rules)),
      underSignedUs: cpuMicroseconds(refusal(underSigned, rules)),
      xmlCryptoUs: keyType === 'p256' ? null : xmlCryptoUs(message, signer),
      xmlsec1Us: xmlsec1Us(message, signer, size > 50_000 ? 300 : 2_000),
    }
  })
}

function line({ keyType, bytes, verifyUs, signUs, ...rest }: Figures): string {
  const perSecond = (us: number): string => `${Math.round(1e6 / us)}/s`.padStart(8)
  const times = (other: number | null): string =>
    other === null ? '    –    ' : `${(other / verifyUs).toFixed(1)} times`.padStart(11)
  return [
    `${keyType.padEnd(8)} ${String(bytes).padStart(7)} bytes  verify ${perSecond(verifyUs)}`,
    `sign ${perSecond(signUs)}`,
    `unsigned ${rest.unsignedUs} us, under-signed ${rest.underSignedUs} us of ${verifyUs} us`,
    `xml-crypto ${times(rest.xmlCryptoUs)}`,
    `xmlsec1 ${times(rest.xmlsec1Us)}`,
  ].join('  ')
}

const figures: Figures[] = []
for (const keyType of keyTypes) figures.push(...(await measure(keyType)))
console.log(isJson ? JSON.stringify({ wss: figures }, undefined, 2) : figures.map(line).join('\n'))
