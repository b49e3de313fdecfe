import type { SubjectRule } from '../../exchange/route.js'
import { registryLimits } from '../limits.js'
import { subjectTypes, type ServiceRate } from '../service.js'
import { report, type YamlPlace } from './yaml-place.js'
import {
  integer,
  list,
  oneOf,
  orNull,
  readRecord,
  segment,
  textWhere,
  type Read,
} from './yaml-values.js'

/** Conditions under which messages pass: whose data, which fields, how many, from where. */

const pointer = textWhere(
  (value) =>
    value.length <= registryLimits.pointerCharsMax &&
    /^(?:\/(?:[^/~\p{Cc}]|~[01])+)+$/u.test(value),
  'is no JSON Pointer',
  'Write a path of names, such as /person/fin, with * for any element of a list (RFC 6901).',
)

/** Where messages name whose data they are about. */
export const subjectRules: Read<SubjectRule[]> = (at) => {
  const rules = list(subjectRule)(at)
  return rules && fewEnough(at, rules, registryLimits.subjectRulesMax)
}

function subjectRule(at: YamlPlace): SubjectRule | undefined {
  const fields = readRecord(at, {
    type: oneOf(subjectTypes),
    request: pointer,
    reply: orNull(pointer),
  })
  const { type, request, reply } = fields ?? {}
  if (type !== undefined && request !== undefined)
    return { type, request, reply: reply ?? undefined }
  if (fields)
    report(at, 'must have type and request', 'Write { type: fin, request: /fin, reply: /fin }.')
  return undefined
}

/** Fields that are left out of replies. */
export const omittedFields: Read<string[]> = (at) => {
  const pointers = list(pointer)(at)
  return pointers && fewEnough(at, [...new Set(pointers)], registryLimits.omittedFieldsMax)
}

/** Names of network zones, each once, in order. */
export const zoneNames: Read<string[]> = (at) => {
  const names = list(segment)(at)
  return names && fewEnough(at, [...new Set(names)].sort(), registryLimits.zonesMax)
}

/** How many exchanges a consumer may have of a service. */
export const rate: Read<ServiceRate> = (at) => {
  const number = integer(1, registryLimits.ratePerSecondMax)
  const { perSecond, burst } = readRecord(at, { perSecond: number, burst: number }) ?? {}
  if (perSecond === undefined) {
    report(at, 'must have perSecond', 'Write { perSecond: 10, burst: 20 }.')
    return undefined
  }
  return { perSecond, burst: burst ?? perSecond }
}

export const dailyQuota = integer(1, registryLimits.dailyQuotaMax)

/** Reports a list that is too long. */
export function fewEnough<T>(at: YamlPlace, entries: T[], max: number): T[] | undefined {
  if (entries.length <= max) return entries
  report(at, `has more than ${max} entries`, 'Shorten the list.')
  return undefined
}
