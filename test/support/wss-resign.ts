import type { VerificationRules } from '../../src/trust/http-signature/verify-request.js'
import type { TestIdentity } from './pki.js'
import { makeTestTrust, signedMessage, soapContent, soapVerdict } from './wss.js'
import { signTemplate } from './xml-template.js'

/** Consumers with keys of three kinds, and a message of the first that can be changed and signed anew. */
export interface Resigning {
  readonly rsa: TestIdentity
  readonly p256: TestIdentity
  readonly p384: TestIdentity
  /** Signed with the RSA key. */
  readonly message: string
  verdict(bytes: Buffer | string): Promise<string>
  /** The verdict on the message with a change in what is signed, signed anew with the RSA key. */
  resigned(from: string | RegExp, to: string, text?: string): Promise<string>
}

export async function makeResigning(): Promise<Resigning> {
  const trust = await makeTestTrust()
  const { authority } = trust
  const rsa = await authority.issue({ keyType: 'rsa-2048' })
  const p256 = await authority.issue({ keyType: 'p256' })
  const p384 = await authority.issue({ keyType: 'p384' })
  for (const each of [rsa, p256, p384]) trust.register(each)
  const rules: VerificationRules = trust.rules()
  const message = signedMessage(rsa).toString()
  const verdict = (bytes: Buffer | string): Promise<string> =>
    soapVerdict(soapContent(Buffer.from(bytes)), rules)
  const resigned: Resigning['resigned'] = (from, to, text = message) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error('nothing was changed')
    return verdict(signTemplate(changed, rsa.privateKey))
  }
  return { rsa, p256, p384, message, verdict, resigned }
}
