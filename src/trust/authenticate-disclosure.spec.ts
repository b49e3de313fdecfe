import { sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import {
  authenticateWith,
  contentOf,
  directoryOf,
  received,
  signedRequest,
  testSigner,
  verdictOf,
  withHeaders,
  type TestRequest,
  type TestSigner,
} from '../../test/support/signing.js'
import { Fault } from '../exchange/fault.js'
import type { KeyType } from './http-signature/algorithms.js'
import { requestMessage } from './http-signature/message.js'
import { signatureBase } from './http-signature/signature-base.js'
import { readSignatures } from './http-signature/signature-fields.js'

const keyTypes: readonly KeyType[] = ['rsa', 'p256', 'p384', 'ed25519']
const stranger = testSigner()

/** A directory in which the signer's certificate is not good any more. */
function revoking(signer: TestSigner): ReturnType<typeof authenticateWith> {
  const checkCertificate = (): never => {
    throw new Fault('CERT_REVOKED')
  }
  return authenticateWith([], undefined, { ...directoryOf(signer), checkCertificate })
}

/** What somebody signs who has another key than the certificate that they name. */
function forged(thumbprint: string, alg?: string): TestRequest {
  const request = signedRequest({ ...stranger, thumbprint })
  const input = request.headers['Signature-Input']!.replace(
    /;alg="[^"]*"/,
    alg === undefined ? '' : `;alg="${alg}"`,
  )
  return withHeaders(request, { 'Signature-Input': input })
}

async function toldOf(
  authenticate: ReturnType<typeof authenticateWith>,
  request: TestRequest,
): Promise<unknown> {
  const fault: unknown = await authenticate(received(contentOf(request))).catch((e: unknown) => e)
  if (!(fault instanceof Fault)) throw new Error('it was accepted')
  const { code, side, field, detail } = fault
  return { code, side, field, detail }
}

describe('authenticate: whoever does not hold the key learns nothing of its certificate', () => {
  it.each(keyTypes)('its state is told after the signature proved right: %s', async (keyType) => {
    const signer = testSigner(keyType)
    const authenticate = revoking(signer)
    expect(await verdictOf(authenticate, signedRequest(signer))).toBe('CERT_REVOKED')
    expect(await verdictOf(authenticate, forged(signer.thumbprint))).toBe(
      'SIGNATURE_INVALID signature',
    )
  })

  it.each([undefined, 'rsa-pss-sha512', 'rsa-v1_5-sha256', 'ecdsa-p256-sha256', 'ed25519'])(
    'a wrong signature gets one answer, whatever key the certificate has and be it good or not (alg %s)',
    async (alg) => {
      const told = keyTypes.flatMap((keyType) => {
        const signer = testSigner(keyType)
        const request = forged(signer.thumbprint, alg)
        return [authenticateWith([signer]), revoking(signer)].map((each) => toldOf(each, request))
      })
      const [first, ...others] = await Promise.all(told)
      expect(first).toMatchObject({ code: 'SIGNATURE_INVALID', field: 'signature' })
      for (const other of others) expect(other).toEqual(first)
    },
  )

  it('who does hold it is told that alg does not fit it', async () => {
    const signer = testSigner('p256')
    const request = forged(signer.thumbprint, 'ed25519')
    const message = requestMessage(contentOf(request))
    const { components, parametersText } = readSignatures(message.fields)[0]!
    const base = Buffer.from(signatureBase(message, components, parametersText), 'latin1')
    const key = { key: signer.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const value = sign('sha256', base, key).toString('base64')
    const resigned = withHeaders(request, { Signature: `consumer=:${value}:` })
    const told = await toldOf(authenticateWith([signer]), resigned)
    expect(told).toMatchObject({ code: 'ALGORITHM_FORBIDDEN', field: 'alg' })
  })
})
