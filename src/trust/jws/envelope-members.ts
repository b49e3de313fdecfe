import { invalidField } from '../../exchange/envelope-values.js'
import type { MqProperties } from '../../exchange/mq-content.js'
import type { MqSignatureType } from '../../exchange/signers.js'
import { signatureField } from './detached-jws.js'
import type { MqEnvelope } from './protected-header.js'
import type { VerifiedMessage } from './verify-message.js'

type Kind = 'text' | 'integer' | 'texts'
type Members = Readonly<Record<string, Kind>>

interface MessageForm {
  /** Members that `env` may have. */
  readonly members: ReadonlyMap<string, Kind>
  /** What of the message's properties repeats a member, by the property's name in AMQP. */
  readonly repeated: readonly Repetition[]
}

interface Repetition {
  readonly property: string
  readonly member: string
  readonly read: (properties: MqProperties) => string | undefined
}

const requestMembers: Members = {
  client: 'text',
  service: 'text',
  to: 'texts',
  id: 'text',
  type: 'text',
  replyTo: 'text',
  expires: 'integer',
  domain: 'text',
  mode: 'text',
  purpose: 'text',
  legalBasis: 'text',
  issue: 'text',
  userId: 'text',
  assertion: 'text',
  representedParty: 'text',
  correlationId: 'text',
  classification: 'text',
}
const answerMembers: Members = { exchangeId: 'text', status: 'integer', requestSignature: 'text' }
const noticeMembers: Members = { client: 'text', exchangeId: 'text', notice: 'text' }

const correlation = (member: string): Repetition => ({
  property: 'correlation_id',
  member,
  read: ({ correlationId }) => correlationId,
})
const type = (member: string): Repetition => ({
  property: 'type',
  member,
  read: (properties) => properties.type,
})

/** What foreign hands sign. */
export type ForeignType = Extract<
  MqSignatureType,
  'sluice-request+jws' | 'sluice-answer+jws' | 'sluice-notice+jws'
>

const forms: Readonly<Record<ForeignType, MessageForm>> = {
  'sluice-request+jws': {
    members: new Map(Object.entries(requestMembers)),
    repeated: [
      { property: 'message_id', member: 'id', read: ({ messageId }) => messageId },
      { property: 'reply_to', member: 'replyTo', read: ({ replyTo }) => replyTo },
      correlation('correlationId'),
      type('type'),
    ],
  },
  'sluice-answer+jws': {
    members: new Map(Object.entries(answerMembers)),
    repeated: [correlation('exchangeId')],
  },
  'sluice-notice+jws': {
    members: new Map(Object.entries(noticeMembers)),
    repeated: [correlation('exchangeId'), type('notice')],
  },
}

/**
 * Holds what is signed to the members that there are, and each property and header that says the same to what is
 * signed. So nobody is misled by the other one, and what the signer believes to have said is said.
 * @throws Fault REQUEST_INVALID naming the member, property or header
 */
export function checkEnvelope(
  form: ForeignType,
  message: VerifiedMessage,
  properties: MqProperties,
): void {
  const { members, repeated } = forms[form]
  const { envelope, contentType } = message
  for (const [name, value] of envelope) {
    const kind = members.get(name)
    if (kind === undefined) throw invalidField('env', 'It has a member that the bus does not know.')
    if (kindOf(value) !== kind)
      throw invalidField(name, `The member of env must be ${words[kind]}.`)
  }
  checkSame('content_type', properties.contentType, contentType)
  for (const { property, member, read } of repeated) {
    checkSame(property, read(properties), envelope.get(member))
  }
  checkHeaders(members, envelope, properties.headers)
}

const headerPrefix = 'sluice-'

function checkHeaders(
  members: MessageForm['members'],
  envelope: MqEnvelope,
  headers: MqProperties['headers'],
): void {
  for (const name of Object.keys(headers)) {
    if (!name.toLowerCase().startsWith(headerPrefix) || name === signatureField) continue
    const member = name.slice(headerPrefix.length)
    if (!name.startsWith(headerPrefix) || !members.has(member)) {
      throw invalidField('headers', 'There is a header sluice-… that the bus does not know.')
    }
    checkSame(name, headers[name], envelope.get(member))
  }
}

/** What is not there repeats nothing. A tool that has only texts for headers writes a number as one. */
function checkSame(field: string, stated: unknown, signed: unknown): void {
  if (stated === undefined || stated === signed) return
  if (typeof signed === 'number' && stated === String(signed)) return
  throw invalidField(field, 'It must be what the signature covers, or be left out.')
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? 'integer' : 'texts'
}

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  integer: 'a whole number',
  texts: 'a list of texts',
}

/** A text of the envelope that has to be there. @throws Fault REQUEST_INVALID naming it */
export function textIn(envelope: MqEnvelope, name: string): string {
  const value = envelope.get(name)
  if (typeof value === 'string') return value
  throw invalidField(name, 'The member of env is missing.')
}
