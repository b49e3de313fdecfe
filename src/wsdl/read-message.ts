import { wsdlLimits } from '../limits/contracts.js'
import { keyOf, type ElementDeclaration, type XmlName } from '../xsd/schema-model.js'
import { attributeOf, childNamed, qualifiedName, type Placed } from './definitions.js'
import { mimeNamespace } from './names.js'
import { partsOf, refuseEncoding, upTo, type ReadingTools } from './reading-tools.js'
import { rpcBody } from './rpc-body.js'
import type { WsdlAttachment, WsdlMessage } from './wsdl-model.js'

/** Of which operation a message is, and how it stands in the Body. */
export interface MessagePlace {
  readonly style: 'document' | 'rpc'
  /** Name of the wrapper of an rpc message. */
  readonly wrapper: string
  /** `input` or `output` of the port type. */
  readonly abstract: Placed
  /** The same of the binding. */
  readonly bound: Placed
}

/**
 * What one message of an operation looks like (WSDL 1.1 §3.5, WS-I Basic Profile 1.1 §4.4).
 * @returns undefined, and problems, for what the bus cannot use
 */
export function readMessage(place: MessagePlace, tools: ReadingTools): WsdlMessage | undefined {
  const message = tools.definitions.referred(place.abstract, 'message', 'message')
  if (message === undefined) return undefined
  const { body, attachments } = bodyAndAttachments(place.bound, tools)
  if (body === undefined) {
    const az = 'Bağlamada soap:body yoxdur'
    tools.problems.at(place.bound.from, place.bound.element, az, 'The binding has no soap:body')
    return undefined
  }
  const headers = headersOf(place.bound, tools)
  const elsewhere = new Set([
    ...attachments.map(({ part }) => part),
    ...headers.map(({ part }) => part),
  ])
  const parts = partsInBody(message, body, elsewhere, tools)
  const declaration =
    place.style === 'document'
      ? documentBody(message, parts, tools)
      : rpcBody(place.wrapper, body, parts, tools)
  if (declaration === undefined) return undefined
  return { body: declaration, attachments, headers: headers.map(({ name }) => name) }
}

interface BodyAndAttachments {
  readonly body: Placed | undefined
  readonly attachments: WsdlAttachment[]
}

/** `soap:body` as it stands, or within `mime:multipartRelated` (WSDL 1.1 §5). */
function bodyAndAttachments(bound: Placed, tools: ReadingTools): BodyAndAttachments {
  const { binding } = tools
  const multipart = childNamed(bound, mimeNamespace, 'multipartRelated')
  const { bindingPartsMax } = wsdlLimits
  const parts = multipart ? upTo(bindingPartsMax, multipart, mimeNamespace, 'part', tools) : [bound]
  let body: Placed | undefined
  const mediaTypes = new Map<string, string[]>()
  for (const part of parts) {
    body ??= childNamed(part, binding.namespace, 'body')
    for (const content of upTo(bindingPartsMax, part, mimeNamespace, 'content', tools)) {
      const name = attributeOf(content, 'part') ?? ''
      const type = attributeOf(content, 'type')
      mediaTypes.set(name, [...(mediaTypes.get(name) ?? []), ...(type === undefined ? [] : [type])])
    }
  }
  if (body) refuseEncoding(body, tools.problems)
  return {
    body,
    attachments: [...mediaTypes].map(([part, types]) => ({ part, mediaTypes: types })),
  }
}

function headersOf(bound: Placed, tools: ReadingTools): { part: string; name: XmlName }[] {
  const headers: { part: string; name: XmlName }[] = []
  const { bindingPartsMax } = wsdlLimits
  for (const header of upTo(bindingPartsMax, bound, tools.binding.namespace, 'header', tools)) {
    refuseEncoding(header, tools.problems)
    const message = tools.definitions.referred(header, 'message', 'message')
    const part = attributeOf(header, 'part') ?? ''
    const found =
      message && partsOf(message, tools).find((each) => attributeOf(each, 'name') === part)
    const name = found && qualifiedName(found, 'element')
    if (name) headers.push({ part, name })
    else {
      const az = 'soap:header element ilə təsvir edilən hissəni göstərməlidir'
      tools.problems.at(
        header.from,
        header.element,
        az,
        'A soap:header must name a part that has an element',
      )
    }
  }
  return headers
}

function partsInBody(
  message: Placed,
  body: Placed,
  elsewhere: ReadonlySet<string>,
  tools: ReadingTools,
): Placed[] {
  const listed = attributeOf(body, 'parts')
  const names = listed === undefined ? undefined : new Set(listed.trim().split(/\s+/))
  return partsOf(message, tools).filter((part) => {
    const name = attributeOf(part, 'name') ?? ''
    return names ? names.has(name) : !elsewhere.has(name)
  })
}

/** document/literal: the one part's element is the Body's child (Basic Profile R2201, R2210). */
function documentBody(
  message: Placed,
  parts: readonly Placed[],
  { schemas, problems }: ReadingTools,
): ElementDeclaration | undefined {
  const [part, ...others] = parts
  if (part === undefined || others.length > 0) {
    const az = 'document/literal mesajın Body hissəsində düz bir hissə olmalıdır'
    problems.at(
      message.from,
      message.element,
      az,
      'A document/literal message must have exactly one part in the Body',
    )
    return undefined
  }
  const name = qualifiedName(part, 'element')
  if (name === undefined) {
    const az =
      'document/literal hissəsi type ilə deyil, element ilə təsvir edilməlidir (WS-I R2204)'
    problems.at(
      part.from,
      part.element,
      az,
      'A part of document/literal must have an element, not a type (WS-I R2204)',
    )
    return undefined
  }
  const declaration = schemas.elements.get(keyOf(name))
  if (declaration) return declaration
  const az = `Sxemlərdə «${name.localName}» elementi yoxdur`
  problems.at(part.from, part.element, az, `The schemas have no element "${name.localName}"`)
  return undefined
}
