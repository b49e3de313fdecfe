import { canonicalJsonOf, type JsonValue } from '../canonical-json.js'
import { actEntryBytesMax, actNameCharsMax, actReasonCharsMax } from '../limits/audit-log.js'
import { leafHashOf } from '../tlog/merkle.js'

/** What administrators do that has to be answered for. */
export const actKinds = [
  'registry.apply',
  'contract.register',
  'payload.open',
  'payload.erase',
  'log.archive',
  'archive.erase',
  'hold.set',
  'hold.lift',
  'broker.user',
  'outbox.drop',
  'letter.open',
  'letter.drop',
  'ca.install',
  'certificate.request',
  'certificate.refuse',
  'certificate.issue',
  'certificate.hold',
  'certificate.release',
  'certificate.revoke',
  'administrator.add',
  'administrator.change',
  'administrator.password',
  'administrator.codes',
  'administrator.certificate',
  'administrator.openid',
  'administrator.lock',
  'administrator.unlock',
  'role.grant',
  'role.end',
  'operator.handover',
  'session.begin',
  'session.end',
  'session.parallel',
  'persons.change',
  'persons.confirm',
  'access-right.ask',
  'access-right.grant',
  'access-right.refuse',
  'access-right.withdraw',
  'document.write',
  'connection-case.open',
  'connection-case.change',
  'connection-case.move',
  'connection-case.check',
  'connection-case.judge',
  'connection-case.improve',
  'connection-case.security-opinion',
  'connection-case.archive',
  'connection-case.correct',
  'opinion.send',
  'connection-profile.set',
  'agreement.draft',
  'agreement.accept',
  'agreement.withdraw',
  'agreement.end',
  'agreement.annex',
  'rules.publish',
  'rules.acknowledge',
  'maintenance.file',
  'maintenance.change',
  'maintenance.call-off',
  'maintenance.end',
  'incident.open',
  'incident.close',
  'incident.decide',
  'filing.file',
  'filing.accept',
  'filing.answer',
  'filing.withdraw',
  'requirement-set.write',
  'recheck.open',
  'recheck.check',
  'recheck.request-check',
  'recheck.judge',
  'recheck.move',
  'connection-list.import',
  'service-place.set',
  'agency-figures.import',
  'catalogue-subscription.add',
  'catalogue-subscription.end',
  'suspension.take-over',
  'owner.succeed',
] as const
export type ActKind = (typeof actKinds)[number]

/** Who acts. */
export interface Actor {
  /** The person's name. A command has no way to prove it, and takes the account's where none is given. */
  readonly actor: string
  /** The account of the operating system under which a command ran; the administrator's id in the admin API. */
  readonly account?: string | undefined
  /** In what capacity, such as `security officer`. */
  readonly role?: string | undefined
}

/** One act, of one person, on one thing. Never a payload, and nothing personal of citizens. */
export interface Act extends Actor {
  readonly kind: ActKind
  /** Why, in the person's own words. */
  readonly reason?: string | undefined
  /** What it is done to: `member AZ/GOV/DIN`, `exchange 01a2…/1`. */
  readonly subject?: string | undefined
  /** The subject before the act, where there was one, and after it. */
  readonly before?: JsonValue | undefined
  readonly after?: JsonValue | undefined
}

/** What the entry of an act says. */
export interface ActFields extends Act {
  /** Version of this list of fields. */
  readonly format: 1
  /** UUIDv7 (RFC 9562 §5.7). */
  readonly actId: string
  /** RFC 3339, UTC, milliseconds. */
  readonly recordedAt: string
}

/** An act that cannot be recorded as it is; the message says why. */
export class ActError extends Error {
  override readonly name = 'ActError'
}

/** The durable form of an act. */
export interface EncodedAct {
  readonly fields: ActFields
  /** Canonical bytes (RFC 8785). */
  readonly bytes: Buffer
  /** RFC 9162 §2.1.1: SHA-256 of 0x00 and the bytes. */
  readonly leafHash: Buffer
}

/**
 * Canonical bytes and leaf hash of an act's entry.
 * @throws ActError for an act without actor, or above the limits
 */
export function encodeAct(act: Act, actId: string, recordedAt: Date): EncodedAct {
  checkText('actor', act.actor, actNameCharsMax)
  if (act.actor.trim() === '') throw new ActError('an act has an actor')
  if (/\p{Cc}/u.test(act.actor)) throw new ActError('a name has no control characters')
  checkText('account', act.account, actNameCharsMax)
  checkText('role', act.role, actNameCharsMax)
  checkText('subject', act.subject, actReasonCharsMax)
  checkText('reason', act.reason, actReasonCharsMax)
  const { kind, actor, account, role, reason, subject, before, after } = act
  const fields: ActFields = {
    format: 1,
    kind,
    actId,
    recordedAt: recordedAt.toISOString(),
    ...{ actor, account, role, reason, subject, before, after },
  }
  const bytes = Buffer.from(canonicalJsonOf({ ...fields }))
  if (bytes.length > actEntryBytesMax) {
    throw new ActError(`the entry of an act has at most ${actEntryBytesMax} bytes`)
  }
  return { fields, bytes, leafHash: leafHashOf(bytes) }
}

function checkText(name: string, text: string | undefined, charsMax: number): void {
  if (text !== undefined && text.length > charsMax) {
    throw new ActError(`${name} has at most ${charsMax} characters`)
  }
}

/** The fields of stored bytes. @throws SyntaxError for bytes that are no entry */
export function decodeAct(bytes: Uint8Array): ActFields {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as ActFields
}
