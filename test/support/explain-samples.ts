import { explain } from '../../src/cli/explain.js'
import {
  rawHeadersOf,
  signRequest,
  type RequestToSign,
} from '../../src/trust/http-signature/client.js'
import { memoryIo } from './command-io.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { consumerId, testUrl } from './signing.js'

export const payload = Buffer.from('{"ad":"Şəfəq"}')

/** Options for all that the command can check. */
export const whole = ['--cert', 'sc.pem', '--trust', 'ca.pem', '--crl', 'ca.crl']

/** What `sluice explain --json` prints. */
export interface ExplainJson {
  readonly verdict: 'accepted' | 'refused' | 'incomplete'
  readonly accepted: boolean
  readonly fault?: string
  readonly field?: string
  readonly signatureBase?: string
  readonly firstDifference?: string
  readonly likelyMistake?: string
  readonly remedy?: { readonly en: string; readonly az: string }
  readonly missing: readonly {
    readonly option: string
    readonly text: { readonly en: string; readonly az: string }
  }[]
  readonly captureNotes: readonly string[]
  readonly checks: readonly {
    readonly name: string
    readonly outcome: string
    readonly notes: readonly string[]
  }[]
}

export function outcomes({ checks }: ExplainJson): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
}

/** Captured requests of a signer, and the command run on them with its files. */
export async function explainSamples() {
  const authority = await makeAuthority('Sınaq CA')
  const signer = await authority.issue({ subject: 'SC' })
  const files = await makeFiles(authority, signer)

  function signed(changes: Partial<RequestToSign> = {}): Record<string, string> {
    return signRequest({
      method: 'POST',
      url: testUrl,
      headers: {
        Host: 'bus.example:8080',
        'Content-Type': 'application/json',
        'Content-Length': String(payload.length),
        'X-Road-Client': consumerId,
        'X-Road-Id': 'sorgu-1',
      },
      payload,
      privateKey: signer.privateKey,
      certificateThumbprint: signer.thumbprint,
      ...changes,
    })
  }

  function capture(headers = signed(), body = payload, lineEnd = '\r\n'): Buffer {
    const { pathname, search } = new URL(testUrl)
    const raw = rawHeadersOf(headers)
    const lines = [`POST ${pathname}${search} HTTP/1.1`]
    for (let at = 0; at < raw.length; at += 2) lines.push(`${raw[at]!}: ${raw[at + 1]!}`)
    return Buffer.concat([Buffer.from([...lines, '', ''].join(lineEnd)), body])
  }

  async function run(file: Buffer, ...args: string[]) {
    const io = memoryIo({ ...files, capture: file })
    const exitCode = await explain(['capture', ...args], io)
    return { exitCode, text: io.text, errors: io.errors }
  }

  async function json(file: Buffer, ...args: string[]) {
    const { exitCode, text } = await run(file, '--json', ...args)
    return { ...(JSON.parse(text) as ExplainJson), exitCode }
  }

  return { signer, files, signed, capture, run, json }
}

async function makeFiles(
  authority: TestAuthority,
  signer: TestIdentity,
): Promise<Record<string, string | Buffer>> {
  const rsa = await authority.issue({ subject: 'RSA', keyType: 'rsa-2048' })
  const other = await authority.issue({ subject: 'other' })
  return {
    'sc.pem': signer.pem,
    'rsa.pem': rsa.pem,
    'rsa.key': rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'other.pem': other.pem,
    'ca.pem': authority.pem,
    'ca.crl': await authority.revocationList(),
    'other.crl': await (await makeAuthority('Başqa CA')).revocationList(),
    'revoking.crl': await authority.revocationList([signer.serialNumber]),
  }
}
