import { randomUUID, type KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import type { Bytes } from '../../exchange/payload.js'
import type { SoapSigner, SoapToSign, SpooledSoapToSign } from '../../exchange/signers.js'
import type { SoapAttachment, SpoolableAttachment } from '../../exchange/soap-content.js'
import { c14nMethod, type C14nMethod } from '../../xml/c14n/method.js'
import { keyTypeOf } from '../http-signature/algorithms.js'
import { sha256 } from '../xml-signature/digest-method.js'
import { elementDigest } from '../xml-signature/digest.js'
import { dsNamespace, exclusiveC14n, swaNamespace } from '../xml-signature/names.js'
import { signatureMethodByKeyType, signWithKey } from '../xml-signature/signature-method.js'
import {
  attributeText,
  base64,
  signedInfoText,
  type WrittenReference,
} from '../xml-signature/write-signed-info.js'
import { assembleMessage, type AssembledMessage, type EnvelopeToSign } from './assemble-message.js'
import { attachmentDigest, attachmentField, type AttachmentTransform } from './attachments.js'
import { x509v3Type } from './names.js'
import { expandedDigest, spooledDigest } from './spooled-digests.js'
import { expandedIncludes, findIncludes, type Includes } from './xop.js'

export interface SoapSignerSettings {
  readonly privateKey: KeyObject
  /** DER of the key's certificate, which every message carries. */
  readonly certificate: Uint8Array
  readonly now: () => Date
  /** How long after its creation a message expires, milliseconds; by default five minutes. */
  readonly validForMs?: number
  /** Identifier of the SignatureMethod; by default the one that the key decides. */
  readonly signatureMethod?: string
}

const validForMsDefault = 300_000

/** What is packed with an envelope. */
interface Packed<Content> {
  readonly attachments: readonly (SpoolableAttachment & { readonly content: Content })[]
  readonly isXop?: boolean
}

/**
 * Signs SOAP messages with one key (WS-Security 1.1): BinarySecurityToken, Timestamp, and a signature over
 * the Timestamp, every header block, the Body and the attachments; what MTOM moved out of the Body is signed
 * as part of it, as stacks that put it back before they verify expect (XOP 1.0 §1). P-256 is the choice for a bus, ten
 * times cheaper to sign with than RSA.
 * @throws Fault ALGORITHM_FORBIDDEN when no accepted algorithm takes the key
 */
export function createSoapSigner(settings: SoapSignerSettings): SoapSigner {
  const keyType = keyTypeOf(settings.privateKey)
  if (!keyType) {
    throw new Fault('ALGORITHM_FORBIDDEN', {
      side: 'bus',
      detail: 'The signing key must be RSA, P-256, P-384 or Ed25519.',
    })
  }
  const signatureMethod = settings.signatureMethod ?? signatureMethodByKeyType[keyType]
  return new MessageSigner(settings, signatureMethod)
}

class MessageSigner implements SoapSigner {
  readonly #privateKey: KeyObject
  readonly #signatureMethod: string
  readonly #token: string
  readonly #validForMs: number
  readonly #now: () => Date

  constructor(settings: SoapSignerSettings, signatureMethod: string) {
    this.#privateKey = settings.privateKey
    this.#signatureMethod = signatureMethod
    this.#token = base64(settings.certificate)
    this.#validForMs = settings.validForMs ?? validForMsDefault
    this.#now = settings.now
  }

  sign(message: SoapToSign): Buffer {
    const assembled = this.#assemble(message)
    const { document, body } = assembled
    const includes = includesOf(assembled, message)
    const bodyDigest =
      includes &&
      elementDigest(document, body, ofBody(assembled), sha256, expandedIncludes(includes))
    const apart = apartFrom(includes, message.attachments)
    return this.#signed(assembled, bodyDigest, apart.map(heldReference))
  }

  async signSpooled(message: SpooledSoapToSign): Promise<Buffer> {
    const assembled = this.#assemble(message)
    const { document, body } = assembled
    const includes = includesOf(assembled, message)
    const bodyDigest =
      includes && (await expandedDigest(document, body, ofBody(assembled), sha256, includes))
    const references: WrittenReference[] = []
    for (const [index, attachment] of apartFrom(includes, message.attachments).entries()) {
      references.push(await spooledReference(attachment, index))
    }
    return this.#signed(assembled, bodyDigest, references)
  }

  #assemble(message: EnvelopeToSign): AssembledMessage {
    const created = this.#now()
    const expires = new Date(created.getTime() + this.#validForMs)
    return assembleMessage(message, { id: randomUUID(), token: this.#token, created, expires })
  }

  /** @param bodyDigest - of a Body whose Includes are expanded */
  #signed(
    assembled: AssembledMessage,
    bodyDigest: string | undefined,
    attachmentReferences: readonly WrittenReference[],
  ): Buffer {
    const references = [
      ...assembled.parts.map((part) => elementReference(assembled, part, bodyDigest)),
      ...attachmentReferences,
    ]
    const signedInfo = signedInfoText(this.#signatureMethod, references)
    const octets = Buffer.from(signedInfo, 'utf8')
    const value = signWithKey(this.#signatureMethod, this.#privateKey, octets)
    return withSignature(assembled, signedInfo, value)
  }
}

const exclusive = c14nMethod(exclusiveC14n)

/** Undefined where nothing was moved out, or an Include is none of XOP: then all is signed as it stands. */
function includesOf<Content extends Bytes>(
  { document, body }: AssembledMessage,
  { attachments, isXop }: Packed<Content>,
): Includes<Content> | undefined {
  if (!isXop) return undefined
  try {
    return findIncludes(document, body, attachments)
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

/** The attachments that are no part of the Body. */
function apartFrom<Attachment extends SpoolableAttachment>(
  includes: Includes<Bytes> | undefined,
  attachments: readonly Attachment[],
): readonly Attachment[] {
  if (!includes) return attachments
  return attachments.filter(({ contentId }) => !includes.contentIds.has(contentId))
}

/** @param bodyDigest - of a Body whose Includes are expanded */
function elementReference(
  assembled: AssembledMessage,
  { element, id }: AssembledMessage['parts'][number],
  bodyDigest: string | undefined,
): WrittenReference {
  const { document, body } = assembled
  const isBody = element === body
  const transform = isBody ? ofBody(assembled) : exclusive
  const given = isBody ? bodyDigest : undefined
  const digestText = given ?? elementDigest(document, element, transform, sha256)
  // A provider's own Id may hold what an attribute cannot.
  return { uri: `#${attributeText(id)}`, transform, digestText }
}

function ofBody({ document, body }: AssembledMessage): C14nMethod {
  return withPrefixes(document.namespacesInScope(body))
}

/** What the Body's values may say with a prefix is signed too (WS-I BSP 1.1 R5406 and following). */
function withPrefixes(scope: ReadonlyMap<string, string>): C14nMethod {
  const prefixes = [...scope.keys()].filter((prefix) => prefix !== '')
  return c14nMethod(exclusiveC14n, prefixes)
}

const attachmentContent = `${swaNamespace}Attachment-Content-Signature-Transform`

const asContent: AttachmentTransform = { transform: 'attachment-content', digest: sha256 }

function heldReference(attachment: SoapAttachment, index: number): WrittenReference {
  const digestText = attachmentDigest(attachment, asContent, attachmentField(index))
  return attachmentReference(attachment, digestText)
}

async function spooledReference(
  attachment: SpoolableAttachment,
  index: number,
): Promise<WrittenReference> {
  const digestText = await spooledDigest(attachment, asContent, attachmentField(index))
  return attachmentReference(attachment, digestText)
}

function attachmentReference(
  { contentId }: SpoolableAttachment,
  digestText: string,
): WrittenReference {
  return {
    uri: `cid:${encodeURIComponent(contentId).replaceAll('%40', '@').replaceAll("'", '%27')}`,
    transform: attachmentContent,
    digestText,
  }
}

function withSignature(
  { document, signatureAt, tokenId }: AssembledMessage,
  signedInfo: string,
  value: Uint8Array,
): Buffer {
  const signature =
    `<ds:Signature xmlns:ds="${dsNamespace}">${signedInfo}` +
    `<ds:SignatureValue>${base64(value)}</ds:SignatureValue>` +
    `<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#${tokenId}"` +
    ` ValueType="${x509v3Type}"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
  const { bytes } = document
  return Buffer.concat([
    bytes.subarray(0, signatureAt),
    Buffer.from(signature, 'utf8'),
    bytes.subarray(signatureAt),
  ])
}
