import { escapedAttribute } from './write-xml.js'
import { representationNamespace, sluiceNamespace, xroadNamespace } from './names.js'

export const policyId = 'SluiceSignedMessages'
export const wspNamespace = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
const spNamespace = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'
const sp13Namespace = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802'
const wsuNamespace =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

/** Header blocks that must be signed where they are present, of requests and of replies. */
const signedHeaders: readonly (readonly [namespace: string, ...localNames: string[]])[] = [
  [
    xroadNamespace,
    ...['client', 'service', 'id', 'protocolVersion', 'userId', 'issue', 'requestHash'],
    'securityServer',
  ],
  [representationNamespace, 'representedParty'],
  [
    sluiceNamespace,
    ...['domain', 'mode', 'purpose', 'legalBasis', 'correlationId', 'classification', 'expires'],
    ...['assertion', 'exchangeId', 'entry', 'filtered', 'receipt'],
  ],
]

/**
 * What the bus asks of a signature, as WS-SecurityPolicy 1.2 in the form that CXF, Metro and WCF read:
 * an X.509 token of each side, a Timestamp, and a signature over the Body, every X-Road and Sluice header
 * and, where the service has some, the attachments (WS-SecurityPolicy 1.3 §4.1.1). Every suite of that
 * standard signs with RSA, so the policy is true for consumers whose replies are signed with RSA, and says so.
 */
export function securityPolicy(hasAttachments: boolean): string {
  return (
    `<wsp:Policy xmlns:wsp="${wspNamespace}" xmlns:sp="${spNamespace}" xmlns:wsu="${wsuNamespace}"` +
    ` wsu:Id="${policyId}">${rsaRemark}<wsp:ExactlyOne><wsp:All>` +
    asserted('AsymmetricBinding', [
      token('InitiatorToken', 'AlwaysToRecipient'),
      token('RecipientToken', 'AlwaysToInitiator'),
      asserted('AlgorithmSuite', ['<sp:Basic256Sha256/>']),
      asserted('Layout', ['<sp:Lax/>']),
      '<sp:IncludeTimestamp/>',
      '<sp:OnlySignEntireHeadersAndBody/>',
    ]) +
    asserted('Wss10', ['<sp:MustSupportRefKeyIdentifier/>', '<sp:MustSupportRefIssuerSerial/>']) +
    `<sp:SignedParts><sp:Body/>${headers()}${hasAttachments ? attachments : ''}</sp:SignedParts>` +
    '</wsp:All></wsp:ExactlyOne></wsp:Policy>'
  )
}

const rsaRemark =
  '<!-- Replies are signed with RSA (rsa-sha256) for consumers that the registry says "replySignature: rsa" of,' +
  ' as a stack that configures itself by this policy needs; others get ECDSA. -->'

/** What attaches the policy to a binding. */
export const policyReference = `<wsp:PolicyReference xmlns:wsp="${wspNamespace}" URI="#${policyId}"/>`

const attachments = `<sp:Attachments><sp13:ContentSignatureTransform xmlns:sp13="${sp13Namespace}"/></sp:Attachments>`

function headers(): string {
  return signedHeaders
    .flatMap(([namespace, ...localNames]) =>
      localNames.map(
        (name) => `<sp:Header Name="${name}" Namespace="${escapedAttribute(namespace)}"/>`,
      ),
    )
    .join('')
}

/** An assertion with a policy inside. */
function asserted(name: string, inside: readonly string[]): string {
  return `<sp:${name}><wsp:Policy>${inside.join('')}</wsp:Policy></sp:${name}>`
}

function token(name: string, include: string): string {
  return asserted(name, [
    `<sp:X509Token sp:IncludeToken="${spNamespace}/IncludeToken/${include}">` +
      '<wsp:Policy><sp:WssX509V3Token10/></wsp:Policy></sp:X509Token>',
  ])
}
