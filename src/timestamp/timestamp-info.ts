import {
  contentOf,
  contextTag,
  DerError,
  derTag,
  DerReader,
  enterValue,
} from '../trust/x509/der.js'
import { booleanOf, integerHexOf, oidOf, smallNaturalOf } from '../trust/x509/der-values.js'
import { readExtensions, unknownCritical } from '../trust/x509/extensions.js'
import { generalNameOf, type GeneralName } from '../trust/x509/general-name.js'
import { readDigestAlgorithm } from '../cms/algorithms.js'
import type { DerValue } from '../trust/x509/der.js'

/** What a timestamping authority states (TSTInfo, RFC 3161 §2.4.2), as its bytes say. */
export interface TimestampInfo {
  /** Object identifier of the policy under which the authority works. */
  readonly policy: string
  readonly imprint: Imprint
  /** Content octets, lower-case hexadecimal. */
  readonly serial: string
  readonly time: Date
  /** How far the time may be off, milliseconds, rounded up; undefined where the authority does not say. */
  readonly accuracyMs: number | undefined
  /** Content octets, lower-case hexadecimal. */
  readonly nonce: string | undefined
  /** The name that the authority gives itself. */
  readonly authority: GeneralName | undefined
}

/** Digest of what is stamped. */
export interface Imprint {
  /** node's name; the object identifier of a digest that is not SHA-2. */
  readonly digest: string
  readonly hash: Buffer
}

/** @throws DerError also for a critical extension, as none is known here */
export function parseTimestampInfo(der: Buffer): TimestampInfo {
  const outer = new DerReader(der)
  const info = outer.enter(derTag.sequence)
  outer.finish()
  checkVersion(info)
  const policy = oidOf(info.next(derTag.oid))
  const imprint = readImprint(info)
  const serial = integerHexOf(info.next(derTag.integer))
  // RFC 3161 §2.4.2: up to 160 bits; a sign octet may come before them.
  if (serial.length > 42) throw new DerError('a serial number is too long')
  const time = exactTimeOf(info.next(derTag.generalizedTime))
  const accuracy = info.optional(derTag.sequence)
  const ordering = info.optional(derTag.boolean)
  if (ordering) booleanOf(ordering)
  const nonce = readNonce(info)
  const authority = info.optional(contextTag(0, 'constructed'))
  checkExtensions(info.optional(contextTag(1, 'constructed')))
  info.finish()
  return {
    policy,
    imprint,
    serial,
    time,
    accuracyMs: accuracy && accuracyMsOf(accuracy),
    nonce,
    authority: authority && nameIn(authority),
  }
}

/** Version 1 is the only one. @throws DerError */
export function checkVersion(reader: DerReader): void {
  if (smallNaturalOf(reader.next(derTag.integer)) !== 1) throw new DerError('a version is unknown')
}

/** MessageImprint (RFC 3161 §2.4.1) where the reader stands. @throws DerError */
export function readImprint(reader: DerReader): Imprint {
  const imprint = reader.enter(derTag.sequence)
  const digest = readDigestAlgorithm(imprint)
  const hash = contentOf(imprint.next(derTag.octetString))
  imprint.finish()
  return { digest, hash }
}

/** Content octets of a nonce, which has any length up to 64 octets. @throws DerError */
export function readNonce(reader: DerReader): string | undefined {
  const value = reader.optional(derTag.integer)
  const nonce = value && integerHexOf(value)
  if (nonce !== undefined && nonce.length > 128) throw new DerError('a nonce is too long')
  return nonce
}

/** @throws DerError */
export function checkExtensions(value: DerValue | undefined): void {
  if (!value) return
  // IMPLICIT: the tag stands in the place of the SEQUENCE's own.
  const sequence = Buffer.from(value.source.subarray(value.start, value.end))
  sequence[0] = derTag.sequence
  const unknown = unknownCritical(readExtensions(new DerReader(sequence)), new Set())
  if (unknown !== undefined) throw new DerError(`the critical extension ${unknown} is unknown`)
}

const exactTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{0,8}[1-9]))?Z$/

/** GeneralizedTime with a fraction of a second, as X.690 §11.7 wants it; below milliseconds it is cut off. */
function exactTimeOf(value: DerValue): Date {
  const match = exactTime.exec(contentOf(value).toString('latin1'))
  if (!match) throw new DerError('a time is not in the form that RFC 3161 asks for')
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) {
    throw new DerError('a time does not exist')
  }
  return time
}

function accuracyMsOf(value: DerValue): number {
  const accuracy = enterValue(value)
  const seconds = accuracy.optional(derTag.integer)
  const millis = accuracy.optional(contextTag(0, 'primitive'))
  const micros = accuracy.optional(contextTag(1, 'primitive'))
  accuracy.finish()
  const fractions = [millis, micros].map((each) => (each ? smallNaturalOf(each) : 0))
  if (fractions.some((each) => each > 999)) throw new DerError('an accuracy is out of range')
  const [ms = 0, us = 0] = fractions
  return (seconds ? smallNaturalOf(seconds) : 0) * 1_000 + ms + Math.ceil(us / 1_000)
}

function nameIn(value: DerValue): GeneralName {
  const inside = enterValue(value)
  const name = generalNameOf(inside.next())
  inside.finish()
  return name
}
