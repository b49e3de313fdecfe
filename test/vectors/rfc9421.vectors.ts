import { createHmac, createPublicKey, timingSafeEqual } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Fault } from '../../src/exchange/fault.js'
import { isSignatureAlgorithm, verifyBytes } from '../../src/trust/http-signature/algorithms.js'
import { HeaderFields } from '../../src/trust/http-signature/header-fields.js'
import type { HttpMessage } from '../../src/trust/http-signature/message.js'
import { signatureBase } from '../../src/trust/http-signature/signature-base.js'
import { readSignatures } from '../../src/trust/http-signature/signature-fields.js'
import { readVectors } from './vectors.js'

interface Jwk {
  kty: string
  crv?: string
  n?: string
  e?: string
  x?: string
  y?: string
  k_base64?: string
}

interface Case {
  id: string
  alg: string
  keyid: string
  message?: 'test-request' | 'test-response'
  message_inline?: string
  label: string
  signature_input: string
  signature: string
  expected_signature_base?: string
  expected_verdict: 'valid' | 'invalid'
}

const vectors = readVectors('rfc9421', 'rfc9421-appendix-b.json') as {
  keys: Record<string, Jwk>
  test_request: string
  test_response: string
  cases: Case[]
}

function readMessage({ message, message_inline, signature_input, signature }: Case): HttpMessage {
  const known = message === 'test-response' ? vectors.test_response : vectors.test_request
  const [head = ''] = (message_inline ?? known).split('\n\n')
  const [start = '', ...lines] = head.split('\n')
  const raw = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1)]
  })
  const own = raw.filter((_, at) => !/^signature/i.test(raw[at - (at % 2)]!))
  const fields = new HeaderFields([
    ...own,
    'Signature-Input',
    signature_input,
    'Signature',
    signature,
  ])
  const [first = '', second = ''] = start.split(' ')
  if (first.startsWith('HTTP/')) {
    return { kind: 'reply', status: Number(second), fields, request: undefined }
  }
  const authority = fields.value('host') ?? ''
  return { kind: 'request', method: first, scheme: 'https', authority, target: second, fields }
}

// HMAC is checked here and nowhere else: policy knows no shared secrets.
function isValid({ alg, keyid }: Case, base: string, signature: Uint8Array): boolean {
  const jwk = vectors.keys[keyid]!
  const data = Buffer.from(base, 'latin1')
  if (alg === 'hmac-sha256') {
    const secret = Buffer.from(jwk.k_base64!, 'base64')
    return timingSafeEqual(createHmac('sha256', secret).update(data).digest(), signature)
  }
  if (!isSignatureAlgorithm(alg)) throw new Error(`unexpected algorithm ${alg}`)
  const { kty, crv, n, e, x, y } = jwk
  const key = createPublicKey({ key: { kty, crv, n, e, x, y }, format: 'jwk' } as never)
  return verifyBytes(alg, key, data, signature)
}

describe('RFC 9421 appendix B', () => {
  it('has its thirteen cases', () => expect(vectors.cases).toHaveLength(13))

  it.each(vectors.cases.map((sample) => [sample.id, sample] as const))('%s', (_id, sample) => {
    const message = readMessage(sample)
    const found = readSignatures(message.fields).find(({ label }) => label === sample.label)!
    let verdict = false
    try {
      const base = signatureBase(message, found.components, found.parametersText)
      if (sample.expected_signature_base !== undefined) {
        expect(base).toBe(sample.expected_signature_base)
      }
      verdict = isValid(sample, base, found.value)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
    expect(verdict).toBe(sample.expected_verdict === 'valid')
  })
})
