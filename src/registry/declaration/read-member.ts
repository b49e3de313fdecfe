import {
  serviceIdOf,
  type MemberId,
  type ServiceCode,
  type SubsystemId,
  memberClasses,
} from '../../exchange/identifier.js'
import { certificateStatuses } from '../certificate.js'
import {
  addressCharsMax,
  serviceLimitCaps,
  serviceLimitFloors,
  soapActionCharsMax,
  type ServiceLimits,
} from '../../limits/registry.js'
import { partyStatuses } from '../member.js'
import {
  allowedClassifications,
  assurances,
  exchangeModes,
  exchangePatterns,
  providerSignatures,
  serviceStatuses,
  soapHandlings,
  type Classification,
} from '../service.js'
import { replySignatures } from '../subsystem.js'
import type {
  DeclaredCertificate,
  DeclaredMember,
  DeclaredService,
  DeclaredSubsystem,
} from './declaration.js'
import { certificateFile, certificatePem, exactlyOne, thumbprint } from './read-certificate.js'
import { contract, validation } from './read-contract.js'
import { rate, subjectRules, zoneNames } from './read-conditions.js'
import { standIn } from './stand-in.js'
import { fieldPlace, report, reportAbsent, type YamlPlace } from './yaml-place.js'
import {
  flag,
  integer,
  list,
  memberId,
  moment,
  oneOf,
  orNull,
  readRecord,
  segment,
  serviceId,
  subsystemId,
  text,
  textWhere,
  version,
  type Read,
} from './yaml-values.js'

/** What is found while reading members, flat. */
export interface DeclaredParties {
  readonly members: DeclaredMember[]
  readonly subsystems: DeclaredSubsystem[]
  readonly services: DeclaredService[]
  readonly certificates: DeclaredCertificate[]
}

/** A name in both languages of the bus. */
export const bilingual: Read<{ az: string; en: string }> = (at) => {
  const { az, en } = readRecord(at, { az: text, en: text }) ?? {}
  if (az !== undefined && en !== undefined) return { az, en }
  report(at, 'must be given in both languages', 'Write { az: …, en: … }.')
  return undefined
}

/** Modes on whose behalf may be asked; each once, in the order of the type. */
export const modes: Read<('user' | 'body')[]> = (at) => {
  const given = list(oneOf(exchangeModes))(at)
  if (given === undefined) return undefined
  if (given.length > 0) return exchangeModes.filter((mode) => given.includes(mode))
  report(at, 'must name a mode', `Write [${exchangeModes.join(', ')}] or one of them.`)
  return undefined
}

/** Reads `members:` and adds what it finds to `parties`. */
export function readMember(at: YamlPlace, instance: string, parties: DeclaredParties): void {
  const fields = readRecord(at, {
    class: oneOf(memberClasses),
    code: segment,
    name: bilingual,
    status: oneOf(partyStatuses),
    successor: orNull(memberId),
    aliasUntil: orNull(moment),
    archived: flag,
    subsystems: places,
  })
  if (!fields) return
  const { class: memberClass, code, subsystems, ...patch } = fields
  reportAbsent(at, ['class', 'code'])
  const named = `${memberClass ?? standIn(at, 'class')}/${code ?? standIn(at, 'code')}`
  const id = `${instance}/${named}` as MemberId
  parties.members.push({ id, patch, at })
  for (const place of subsystems ?? []) readSubsystem(place, id, parties)
}

function readSubsystem(at: YamlPlace, member: MemberId, parties: DeclaredParties): void {
  const fields = readRecord(at, {
    code: segment,
    domain: segment,
    name: bilingual,
    replySignature: oneOf(replySignatures),
    mq: flag,
    status: oneOf(partyStatuses),
    successor: orNull(subsystemId),
    owner: memberId,
    important: flag,
    archivePlace: orNull(text),
    zones: zoneNames,
    clientCertificate: flag,
    assertsUsers: flag,
    archived: flag,
    certificates: places,
    services: places,
  })
  if (!fields) return
  const { code, certificates, services, ...patch } = fields
  reportAbsent(at, ['code'])
  const id = `${member}/${code ?? standIn(at, 'code')}` as SubsystemId
  parties.subsystems.push({ id, patch, at })
  for (const place of certificates ?? []) readSubsystemCertificate(place, id, parties)
  for (const place of services ?? []) readService(place, id, parties)
}

function readSubsystemCertificate(
  at: YamlPlace,
  subsystem: SubsystemId,
  parties: DeclaredParties,
): void {
  const fields = readRecord(at, {
    file: certificateFile,
    pem: certificatePem,
    thumbprint,
    status: oneOf(certificateStatuses),
  })
  if (!fields || !exactlyOne(at, ['file', 'pem', 'thumbprint'])) return
  const facts = fields.file ?? fields.pem
  if (facts && !facts.signsMessages) {
    report(
      fieldPlace(at, fields.file ? 'file' : 'pem'),
      'has an RSA key for RSASSA-PSS only (id-RSASSA-PSS), with which no message can be signed',
      'Have the same key certified as an RSA key (rsaEncryption); it signs with PSS, too.',
    )
    return
  }
  const id = facts?.thumbprint ?? fields.thumbprint
  if (id === undefined) return
  const { status } = fields
  const patch = { subsystem, ...(facts && { facts }), ...(status && { status }) }
  parties.certificates.push({ id, patch, at })
}

function readService(at: YamlPlace, subsystem: SubsystemId, parties: DeclaredParties): void {
  const fields = readRecord(at, {
    code: segment,
    version,
    name: orNull(bilingual),
    default: flag,
    protocol,
    address,
    modes,
    pattern: oneOf(exchangePatterns),
    idempotent: flag,
    providerSignature: oneOf(providerSignatures),
    soap: orNull(soap),
    contract: orNull(contract),
    validation,
    classification,
    limits,
    subjects: subjectRules,
    assurance: orNull(oneOf(assurances)),
    rate: orNull(rate),
    status: oneOf(serviceStatuses),
    from: orNull(moment),
    until: orNull(moment),
    successor: orNull(serviceId),
    deprecatedFrom: orNull(moment),
    archived: flag,
  })
  if (!fields) return
  const { code, version: versionGiven, default: isDefault, ...rest } = fields
  reportAbsent(at, ['code', 'version'])
  const serviceCode = `${subsystem}/${code ?? standIn(at, 'code')}` as ServiceCode
  const id = serviceIdOf(serviceCode, versionGiven ?? standIn(at, 'version'))
  parties.services.push({ id, patch: isDefault === undefined ? rest : { ...rest, isDefault }, at })
}

const places: Read<YamlPlace[]> = list((at) => at)

const protocol = textWhere(
  (value) => /^[a-z][a-z0-9-]{0,31}$/.test(value),
  'is no protocol',
  'Write the name of an adapter, such as rest.',
)

const address = textWhere(
  (value) => value.length <= addressCharsMax,
  `is longer than ${addressCharsMax} characters`,
  'Shorten the address.',
)

/** State secrets and confidential matter stay outside the bus. */
const classification: Read<Classification> = (at) => {
  const value = text(at)
  const allowed = allowedClassifications.find((each) => each === value)
  if (value !== undefined && !allowed) {
    report(
      at,
      'is above what the bus may carry',
      `Services for secret or confidential data are not registered; the bus carries ${allowedClassifications.join(' and ')}.`,
    )
  }
  return allowed
}

const soap: Read<NonNullable<DeclaredService['patch']['soap']>> = (at) =>
  readRecord(at, {
    securityHeader: oneOf(soapHandlings),
    xroadHeaders: oneOf(soapHandlings),
    action: orNull(soapAction),
  })

const soapAction = textWhere(
  (value) => /^[!#-~]+$/.test(value) && value.length <= soapActionCharsMax,
  'is no action',
  `Write the soapAction of the WSDL's operation as it stands there: at most ${soapActionCharsMax} characters, no blanks.`,
)

const limits: Read<Partial<ServiceLimits>> = (at) =>
  readRecord(at, {
    timeLimitMs: within('timeLimitMs'),
    requestBytesMax: within('requestBytesMax'),
    replyBytesMax: within('replyBytesMax'),
    concurrentMax: within('concurrentMax'),
  })

function within(limit: keyof ServiceLimits): Read<number> {
  return integer(serviceLimitFloors[limit], serviceLimitCaps[limit])
}
