import { isInMemory } from '../../exchange/payload.js'
import type {
  HeldSoapRequest,
  SoapLayout,
  SoapPayload,
  SoapVersion,
  SpooledSoapPayload,
  UnreadSoapRequest,
  VerifiedSoapHead,
  VerifiedSoapRequest,
} from '../../exchange/soap-content.js'
import type { VerifiedElement, XmlName } from '../../exchange/verified-element.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { sha256Of } from '../http-signature/content-digest.js'
import { isEnvelopeNamespace, wsseNamespace } from './names.js'
import { isForUs, mustBeUnderstood, type SoapEnvelope } from './soap-envelope.js'
import { CoveredXml } from './verified-element.js'
import type { VerifiedHeader } from './verify-header.js'
import { verifyPayload, verifySpooledPayload, type VerifiedPayload } from './verify-payload.js'
import type { SoapVerificationWatch } from './watch.js'

/** What a verified signature covers of a Header. */
class VerifiedHead implements VerifiedSoapHead {
  readonly format = 'soap'
  readonly version: SoapVersion
  readonly signature: VerifiedSignature

  constructor(
    protected readonly frame: SoapEnvelope,
    protected readonly verified: VerifiedHeader,
    readonly headerBlocks: readonly VerifiedElement[],
  ) {
    this.version = frame.version
    this.signature = verified.signature
  }

  headerBlock(namespace: string, localName: string): VerifiedElement | undefined {
    return this.headerBlocks.find(
      (block) => block.localName === localName && block.namespace === namespace,
    )
  }

  get mustUnderstand(): readonly XmlName[] {
    const { frame } = this
    const { document } = frame
    return frame.blocks
      .filter((block) => mustBeUnderstood(frame, block) && isForUs(frame, block))
      .map((block) => ({
        namespace: document.namespace(block),
        localName: document.localName(block),
      }))
      .filter(({ namespace }) => !isEnvelopeNamespace(namespace) && namespace !== wsseNamespace)
  }
}

function coveredBlocks(frame: SoapEnvelope, { coverage }: VerifiedHeader): VerifiedElement[] {
  const covered = new Set<XmlElement>()
  for (const { element } of coverage.head) covered.add(element)
  return frame.blocks
    .filter((block) => covered.has(block))
    .map((block) => new CoveredXml(frame.document, block))
}

/** A request of which the head is verified and the payload not read yet. */
export class UnreadSoap extends VerifiedHead implements UnreadSoapRequest {
  readonly #start: Uint8Array
  readonly #watch: SoapVerificationWatch

  constructor(
    frame: SoapEnvelope,
    verified: VerifiedHeader,
    start: Uint8Array,
    watch: SoapVerificationWatch,
  ) {
    super(frame, verified, coveredBlocks(frame, verified))
    this.#start = start
    this.#watch = watch
  }

  withPayload(payload: SoapPayload): HeldSoapRequest {
    const { frame, verified } = this
    const whole = verifyPayload(frame, verified, this.#start, payload, this.#watch)
    return new VerifiedSoap(frame, verified, this.headerBlocks, payload, whole)
  }

  async withSpooledPayload(payload: SpooledSoapPayload): Promise<VerifiedSoapRequest> {
    const { frame, verified } = this
    const whole = await verifySpooledPayload(frame, verified, this.#start, payload, this.#watch)
    return new VerifiedSoap(frame, verified, this.headerBlocks, payload, whole)
  }
}

class VerifiedSoap<Content extends SoapPayload | SpooledSoapPayload>
  extends VerifiedHead
  implements VerifiedSoapRequest
{
  readonly payload: Content['bytes']
  readonly payloadSha256: Uint8Array
  readonly envelope: Uint8Array
  readonly attachments: Content['attachments']
  readonly body: VerifiedElement
  readonly document: XmlDocument
  readonly isXop: boolean

  constructor(
    frame: SoapEnvelope,
    verified: VerifiedHeader,
    headerBlocks: readonly VerifiedElement[],
    payload: Content,
    { document, body }: VerifiedPayload,
  ) {
    super(frame, verified, headerBlocks)
    const { bytes } = payload
    this.payload = bytes
    this.payloadSha256 = isInMemory(bytes) ? sha256Of(bytes) : bytes.sha256
    this.envelope = payload.envelope
    this.attachments = payload.attachments
    this.body = new CoveredXml(document, body)
    this.document = document
    this.isXop = payload.isXop ?? false
  }

  get layout(): SoapLayout {
    const { document } = this
    return {
      content: document.contentRange(document.root),
      header: document.range(this.frame.header),
      security: document.range(this.verified.security.element),
      body: this.body.range,
    }
  }
}
