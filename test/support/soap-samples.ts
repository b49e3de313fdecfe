import type {
  HeldSoapRequest,
  SoapAttachment,
  VerifiedSoapRequest,
} from '../../src/exchange/soap-content.js'
import { sha256Of } from '../../src/trust/http-signature/content-digest.js'
import { CoveredXml } from '../../src/trust/wss/verified-element.js'
import type { XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'
import { sampleBlocks, sampleBody, soap11, soap12, wsse } from './wss.js'

export interface SoapSample {
  readonly version?: '1.1' | '1.2'
  readonly blocks?: readonly string[]
  readonly body?: string
  readonly attachments?: readonly SoapAttachment[]
  readonly mustUnderstand?: VerifiedSoapRequest['mustUnderstand']
}

export const securityBlock = `<wsse:Security xmlns:wsse="${wsse}"><a/></wsse:Security>`

/** A request as the verifier would give it, had somebody signed it. */
export function verifiedSoap(sample: SoapSample = {}): HeldSoapRequest {
  const { version = '1.1', blocks = sampleBlocks, body = sampleBody } = sample
  const envelope = Buffer.from(
    `<S:Envelope xmlns:S="${version === '1.1' ? soap11 : soap12}">\n  <S:Header>\n    ` +
      [...blocks, securityBlock].join('\n    ') +
      `\n  </S:Header>\n  <S:Body>${body}</S:Body>\n</S:Envelope>\n`,
  )
  const document = readXml(envelope)
  const header = document.firstChild(document.root)!
  const bodyElement = document.nextSibling(header)!
  const children = [...document.children(header)]
  const covered = (element: XmlElement) => new CoveredXml(document, element)
  const headerBlocks = children.slice(0, -1).map(covered)
  return {
    format: 'soap',
    version,
    headerBlocks,
    headerBlock: (namespace, localName) =>
      headerBlocks.find((block) => block.namespace === namespace && block.localName === localName),
    mustUnderstand: sample.mustUnderstand ?? [],
    signature: { label: '', keyId: 'k', created: new Date(), value: new Uint8Array() },
    payload: envelope,
    payloadSha256: sha256Of(envelope),
    envelope,
    layout: {
      content: document.contentRange(document.root),
      header: document.range(header),
      security: document.range(children.at(-1)!),
      body: document.range(bodyElement),
    },
    body: covered(bodyElement),
    attachments: sample.attachments ?? [],
  }
}
