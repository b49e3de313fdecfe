import type { Fault } from '../../exchange/fault.js'
import type { XmlElement } from '../../xml/document.js'
import type { C14nMethod } from '../../xml/c14n/method.js'
import type { Reference, SignedInfo } from '../xml-signature/signed-info.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { isEnvelopeNamespace, shownName } from './names.js'
import { contentIdOf, elementOf, sameDocumentId } from './references.js'
import type { SecurityHeader } from './security-header.js'
import type { SoapEnvelope } from './soap-envelope.js'
import type { SoapVerificationWatch } from './watch.js'

/** A part of the message that a Reference names, by its Id. */
export interface CoveredPart {
  readonly id: string
  readonly method: C14nMethod
  readonly reference: Reference
}

/** A covered header block, or a covered element of the Security header. */
export interface CoveredElement extends CoveredPart {
  readonly element: XmlElement
  /** What it is called in faults. */
  readonly field: string
}

/** What a SignedInfo covers, if its digests prove right. */
export interface Coverage {
  readonly head: readonly CoveredElement[]
  /** Undefined only where a watch let a missing one pass. */
  readonly body: CoveredPart | undefined
  /** By content id. */
  readonly attachments: ReadonlyMap<string, Reference>
}

/**
 * What must be covered: of a request all that says who asks what; of a provider's answer, whose Header
 * goes no further, what it says and when.
 */
export type CoverageRule = 'request' | 'answer'

/**
 * Finds what each Reference names. An element counts only where our profile expects it: the Body under
 * the Envelope, header blocks under the Header, Timestamp and tokens under our Security header. Whatever
 * stands anywhere else is refused, and so is what must be covered and is not, each part by its name.
 * @throws Fault SIGNATURE_INVALID
 */
export function findCoverage(
  envelope: SoapEnvelope,
  security: SecurityHeader,
  { references }: SignedInfo,
  rule: CoverageRule,
  watch: SoapVerificationWatch,
): Coverage {
  const head: CoveredElement[] = []
  const attachments = new Map<string, Reference>()
  let body: CoveredPart | undefined
  for (const reference of references) {
    const { uri, transform: method } = reference
    if (typeof method === 'string') {
      const contentId = contentIdOf(uri)
      if (attachments.has(contentId)) throw twice()
      attachments.set(contentId, reference)
      continue
    }
    const id = sameDocumentId(uri)
    const element = elementOf(envelope.document, id)
    if (isBody(envelope, element)) {
      if (body) throw twice()
      body = { id, method, reference }
      watch.finds('covered', 'Body')
    } else {
      const part = headPart(envelope, security, element)
      if (head.some((covered) => covered.element === part.element)) throw twice()
      head.push({ element: part.element, field: part.field, id, method, reference })
      watch.finds('covered', part.field)
    }
  }
  const coverage = { head, body, attachments }
  checkCoverage(envelope, security, coverage, rule, watch)
  return coverage
}

/** Where only the beginning has been read, what is not in it can be nothing but the Body. */
function isBody({ body }: SoapEnvelope, element: XmlElement | undefined): boolean {
  return element === body
}

function headPart(
  { document, header }: SoapEnvelope,
  security: SecurityHeader,
  element: XmlElement | undefined,
): { readonly element: XmlElement; readonly field: string } {
  if (element === undefined) throw misplaced('A Reference names no element of the message.')
  const parent = document.parent(element)
  const isBlock = parent === header && element !== security.element
  const isInSecurity = parent === security.element && element !== security.signature
  if (!isBlock && !isInSecurity) {
    throw misplaced(
      'A Reference names an element that is not the Body, a header block, or of the Security header.',
    )
  }
  const isKnown = isInSecurity || isEnvelopeNamespace(document.namespace(element))
  return { element, field: isKnown ? shownName(document.localName(element)) : 'Header' }
}

/** Everything that says who asks what, and when, must be covered. */
function checkCoverage(
  { document, blocks }: SoapEnvelope,
  security: SecurityHeader,
  { head, body }: Coverage,
  rule: CoverageRule,
  watch: SoapVerificationWatch,
): void {
  const need = (element: XmlElement): void => {
    if (head.some((covered) => covered.element === element)) return
    watch.refuses(uncovered(shownName(document.localName(element))))
  }
  if (!body) watch.refuses(uncovered('Body'))
  need(security.timestamp)
  for (const element of security.others) need(element)
  if (rule === 'answer') return
  for (const block of blocks) {
    if (isEnvelopeNamespace(document.namespace(block))) need(block)
  }
}

/** The refusal of a part that is present and not covered. */
export function uncovered(field: string): Fault {
  return invalidSignature(field, 'The part is present and the signature does not cover it.')
}

function twice(): Fault {
  return misplaced('Two References name the same part.')
}

function misplaced(detail: string): Fault {
  return invalidSignature('Reference', detail)
}
