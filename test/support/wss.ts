import type {
  HeldSoapRequest,
  SoapAttachment,
  SoapPayload,
  SoapRequestContent,
  SpooledSoapPayload,
} from '../../src/exchange/soap-content.js'
import { Fault } from '../../src/exchange/fault.js'
import { isInMemory } from '../../src/exchange/payload.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { soapStartBytesMax } from '../../src/limits/soap.js'
import type { VerificationRules } from '../../src/trust/http-signature/verify-request.js'
import { SignerVerdicts } from '../../src/trust/signer-verdicts.js'
import type { RegisteredCertificate, TrustMaterial } from '../../src/trust/trust-material.js'
import { createSoapSigner, type SoapSignerSettings } from '../../src/trust/wss/sign-message.js'
import { verifySoapHead } from '../../src/trust/wss/verify-request.js'
import { strictAlgorithms } from '../../src/trust/x509/algorithm-policy.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { consumerId, fiveMinutesMs } from './signing.js'

export const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/'
export const soap12 = 'http://www.w3.org/2003/05/soap-envelope'
export const wsse =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const wsu =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const xroad = 'http://x-road.eu/xsd/xroad.xsd'
export const identifiers = 'http://x-road.eu/xsd/identifiers'
export const sluice = 'urn:sluice:header:1'

/** The header blocks of an X-Road request, as a consumer writes them. */
export const sampleBlocks: readonly string[] = [
  `<xroad:client xmlns:xroad="${xroad}" xmlns:id="${identifiers}" id:objectType="SUBSYSTEM">` +
    '<id:xRoadInstance>AZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass>' +
    '<id:memberCode>VN</id:memberCode><id:subsystemCode>SC</id:subsystemCode></xroad:client>',
  `<xroad:service xmlns:xroad="${xroad}" xmlns:id="${identifiers}" id:objectType="SERVICE">` +
    '<id:xRoadInstance>AZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass>' +
    '<id:memberCode>DIN</id:memberCode><id:subsystemCode>GCQ</id:subsystemCode>' +
    '<id:serviceCode>finAxtaris</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xroad:service>',
  `<xroad:id xmlns:xroad="${xroad}">sorgu-1</xroad:id>`,
  `<xroad:protocolVersion xmlns:xroad="${xroad}">4.0</xroad:protocolVersion>`,
  `<s:mode xmlns:s="${sluice}">body</s:mode>`,
]

export const sampleBody =
  '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin><ad>Şəfəq</ad></g:finAxtaris>'

export interface SampleMessage {
  readonly namespace?: string
  readonly body?: string
  readonly bodyTag?: string
  readonly blocks?: readonly string[]
  readonly attachments?: readonly SoapAttachment[]
  readonly isXop?: boolean
}

/** A SOAP message signed by our own signer. */
export function signedMessage(
  by: TestIdentity,
  message: SampleMessage = {},
  settings: Partial<SoapSignerSettings> = {},
): Buffer {
  const { namespace = soap11, body = sampleBody, blocks = sampleBlocks } = message
  const { bodyTag = '<S:Body>' } = message
  const envelope = `<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope xmlns:S="${namespace}">${bodyTag}${body}</S:Body></S:Envelope>`
  const { privateKey, der: certificate } = by
  const signer = createSoapSigner({ privateKey, certificate, now: () => new Date(), ...settings })
  return Buffer.from(
    signer.sign({
      envelope: Buffer.from(envelope),
      headerBlocks: blocks.map((block) => Buffer.from(block)),
      attachments: message.attachments ?? [],
      isXop: message.isXop ?? false,
    }),
  )
}

/** A registry of certificates, each of a subsystem. */
export class TestTrust implements TrustMaterial {
  generation = 1
  readonly authorities: TrustMaterial['authorities']
  readonly revocationLists: Uint8Array[] = []
  readonly certificates = new Map<string, RegisteredCertificate>()
  readonly authority: TestAuthority

  constructor(authority: TestAuthority) {
    this.authority = authority
    this.authorities = [{ der: authority.der, role: 'anchor', revocation: 'none' }]
  }

  certificate(thumbprint: string): RegisteredCertificate | undefined {
    return this.certificates.get(thumbprint)
  }

  ocspAnswer(): undefined {
    return undefined
  }

  register(
    { thumbprint, der }: Pick<TestIdentity, 'thumbprint' | 'der'>,
    subsystem: string = consumerId,
    status: RegisteredCertificate['status'] = 'active',
  ): void {
    this.certificates.set(thumbprint, { der, subsystem: parseSubsystemId(subsystem), status })
    this.generation++
  }

  /** The rules of the exchange path over this registry. */
  rules(now: () => Date = () => new Date()): VerificationRules {
    const signers = new SignerVerdicts({
      trustMaterial: () => this,
      now,
      algorithms: strictAlgorithms,
    })
    return { signers, now, freshnessMs: fiveMinutesMs }
  }
}

export async function makeTestTrust(): Promise<TestTrust> {
  return new TestTrust(await makeAuthority('Kök'))
}

export function soapContent(
  envelope: Uint8Array,
  attachments: readonly SoapAttachment[] = [],
  startBytes = soapStartBytesMax,
  isXop = false,
): SoapRequestContent {
  const payload: SoapPayload = { bytes: envelope, envelope, attachments, isXop }
  return {
    format: 'soap',
    rawHeaders: [],
    start: envelope.subarray(0, startBytes),
    startIsWhole: envelope.length <= startBytes,
    head: () => Buffer.alloc(0),
    readPayload: () => Promise.resolve(payload),
  }
}

const bytesMax = Number.MAX_SAFE_INTEGER

/** A message that a test knows to be in memory. */
export function heldMessage(payload: SoapPayload | SpooledSoapPayload): SoapPayload {
  if (isInMemory(payload.bytes)) return payload as SoapPayload
  throw new Error('not in memory')
}

/** Both stages of verification, and the check of the certificate between them. */
export async function verifySoap(
  content: SoapRequestContent,
  rules: VerificationRules,
): Promise<HeldSoapRequest> {
  const { head, signer } = verifySoapHead(content, rules)
  rules.signers.checkCertificate(signer.thumbprint)
  return head.withPayload(heldMessage(await content.readPayload(bytesMax, signer.subsystem, false)))
}

/** `CODE field` of the refusal, or `accepted`. */
export async function soapVerdict(
  content: SoapRequestContent,
  rules: VerificationRules,
): Promise<string> {
  try {
    await verifySoap(content, rules)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error.field === undefined ? error.code : `${error.code} ${error.field}`
  }
}
