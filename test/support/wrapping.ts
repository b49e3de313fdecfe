import type { VerificationRules } from '../../src/trust/http-signature/verify-request.js'
import { makeTestTrust, signedMessage, soapContent, soapVerdict } from './wss.js'
import type { TestIdentity } from './pki.js'

/** A message as it was signed, its parts as they stand in it, and the verdict on what was made of them. */
export class WrappingSample {
  readonly consumer: TestIdentity
  readonly message: string
  readonly body: string
  readonly client: string
  readonly timestamp: string
  readonly security: string
  readonly #rules: VerificationRules

  private constructor(consumer: TestIdentity, rules: VerificationRules) {
    this.consumer = consumer
    this.#rules = rules
    const message = (this.message = signedMessage(consumer).toString())
    const part = (name: string): string =>
      new RegExp(`<${name}[ >].*</${name}>`, 's').exec(message)?.[0] ?? ''
    this.body = part('S:Body')
    this.client = part('xroad:client')
    this.timestamp = part('wsu:Timestamp')
    this.security = part('wsse:Security')
  }

  static async make(): Promise<WrappingSample> {
    const trust = await makeTestTrust()
    const consumer = await trust.authority.issue({ keyType: 'p256' })
    trust.register(consumer)
    return new WrappingSample(consumer, trust.rules())
  }

  /** `CODE field` of the refusal, or `accepted`. @param startBytes how much of it is judged first */
  verdict(text: string, startBytes?: number): Promise<string> {
    return soapVerdict(soapContent(Buffer.from(text), [], startBytes), this.#rules)
  }
}

/** The message with another header block at the end of its Header. */
export function inHeader(message: string, block: string): string {
  return message.replace('</S:Header>', `${block}</S:Header>`)
}

/** The first Id in a part of a message. */
export function idOf(part: string): string {
  return /wsu:Id="([^"]*)"/.exec(part)?.[1] ?? ''
}
