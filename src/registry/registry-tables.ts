import { memberOf, providerOf, serviceCodeOf, type SubsystemId } from '../exchange/identifier.js'
import type { ContractTerms, SoapHandling, SubjectRule } from '../exchange/route.js'
import type { AccessRight } from './access-right.js'
import type { Authority } from './authority.js'
import type { Certificate } from './certificate.js'
import type { Domain } from './domain.js'
import type { Member } from './member.js'
import type { Service, ServiceRate } from './service.js'
import type { Subsystem } from './subsystem.js'
import {
  archivedColumn,
  archivedIn,
  column,
  dateIn,
  derived,
  hexOf,
  modesIn,
  nameColumns,
  nameIn,
  type Row,
  type Table,
} from './table.js'

export const domainTable: Table<Domain> = {
  table: 'domain',
  columns: [
    column('code', 'text', ({ code }) => code),
    ...nameColumns,
    column('status', 'text', ({ status }) => status),
  ],
  read: (row) => ({ code: row.code, name: nameIn(row), status: row.status }) as Domain,
}

export const authorityTable: Table<Authority> = {
  table: 'authority',
  columns: [
    column('name', 'text', ({ name }) => name),
    column('thumbprint', 'text', ({ thumbprint }) => thumbprint),
    column('der', 'bytea', ({ der }) => hexOf(der)),
    column('role', 'text', ({ role }) => role),
    column('revocation', 'text', ({ revocation }) => revocation),
    column('crl', 'text', ({ crl }) => crl),
    column('status', 'text', ({ status }) => status),
    column('ocsp', 'text', ({ ocsp }) => ocsp),
    column('unreachable', 'text', ({ unreachable }) => unreachable),
  ],
  read: (row) =>
    ({
      ...row,
      crl: row.crl ?? undefined,
      ocsp: row.ocsp ?? undefined,
      // What was remembered of it before OCSP was known does not say.
      unreachable: row.unreachable ?? 'refuse',
    }) as unknown as Authority,
}

export const memberTable: Table<Member> = {
  table: 'member',
  columns: [
    column('id', 'text', ({ id }) => id),
    ...nameColumns,
    column('status', 'text', ({ status }) => status),
    column('successor', 'text', ({ successor }) => successor),
    column('alias_until', 'timestamptz', ({ aliasUntil }) => aliasUntil),
    archivedColumn,
  ],
  read: (row) =>
    ({
      ...partyIn(row),
      aliasUntil: dateIn(row.alias_until),
      archived: archivedIn(row),
    }) as Member,
}

export const subsystemTable: Table<Subsystem> = {
  table: 'subsystem',
  columns: [
    column('id', 'text', ({ id }) => id),
    derived('member', ({ id }) => memberOf(id)),
    column('domain', 'text', ({ domain }) => domain),
    ...nameColumns,
    column('reply_signature', 'text', ({ replySignature }) => replySignature),
    column('mq', 'boolean', ({ mq }) => mq),
    column('status', 'text', ({ status }) => status),
    column('successor', 'text', ({ successor }) => successor),
    column('owner', 'text', ({ owner }) => owner),
    column('important', 'boolean', ({ important }) => important),
    column('archive_place', 'text', ({ archivePlace }) => archivePlace),
    column('zones', 'jsonb', ({ zones }) => zones),
    column('client_certificate', 'boolean', ({ clientCertificate }) => clientCertificate),
    column('asserts_users', 'boolean', ({ assertsUsers }) => assertsUsers),
    archivedColumn,
  ],
  read: (row) =>
    ({
      ...partyIn(row),
      owner: row.owner ?? memberOf(row.id as SubsystemId),
      important: row.important,
      archivePlace: row.archive_place ?? undefined,
      zones: row.zones,
      clientCertificate: row.client_certificate,
      assertsUsers: row.asserts_users,
      domain: row.domain,
      replySignature: row.reply_signature,
      mq: row.mq,
      archived: archivedIn(row),
    }) as Subsystem,
}

export const serviceTable: Table<Service> = {
  table: 'service',
  columns: [
    column('id', 'text', ({ id }) => id),
    derived('subsystem', ({ id }) => providerOf(id)),
    derived('code', ({ id }) => serviceCodeOf(id).slice(providerOf(id).length + 1)),
    derived('version', ({ id }) => id.slice(serviceCodeOf(id).length + 1)),
    ...nameColumns,
    column('is_default', 'boolean', ({ isDefault }) => isDefault),
    column('protocol', 'text', ({ protocol }) => protocol),
    column('address', 'text', ({ address }) => address),
    column('pattern', 'text', ({ pattern }) => pattern),
    column('modes', 'text[]', ({ modes }) => modes),
    column('idempotent', 'boolean', ({ idempotent }) => idempotent),
    column('provider_signature', 'text', ({ providerSignature }) => providerSignature),
    column('soap_security_header', 'text', ({ soap }) => soap?.securityHeader),
    column('soap_xroad_headers', 'text', ({ soap }) => soap?.xroadHeaders),
    column('soap_action', 'text', ({ soap }) => soap?.action),
    column('contract_digest', 'text', ({ contract }) => contract?.digest),
    column('validate_request', 'text', ({ contract }) => contract?.request),
    column('validate_reply', 'text', ({ contract }) => contract?.reply),
    column('classification', 'text', ({ classification }) => classification),
    column('time_limit_ms', 'integer', ({ limits }) => limits.timeLimitMs),
    column('request_bytes_max', 'integer', ({ limits }) => limits.requestBytesMax),
    column('reply_bytes_max', 'integer', ({ limits }) => limits.replyBytesMax),
    column('concurrent_max', 'integer', ({ limits }) => limits.concurrentMax),
    column('subjects', 'jsonb', ({ subjects }) => subjects),
    column('assurance', 'text', ({ assurance }) => assurance),
    column('rate_per_second', 'integer', ({ rate }) => rate?.perSecond),
    column('rate_burst', 'integer', ({ rate }) => rate?.burst),
    column('status', 'text', ({ status }) => status),
    column('maintenance_from', 'timestamptz', ({ from }) => from),
    column('maintenance_until', 'timestamptz', ({ until }) => until),
    column('successor', 'text', ({ successor }) => successor),
    column('deprecated_from', 'timestamptz', ({ deprecatedFrom }) => deprecatedFrom),
    archivedColumn,
  ],
  read: (row) =>
    ({
      id: row.id,
      name: nameIn(row),
      isDefault: row.is_default,
      protocol: row.protocol,
      address: row.address,
      pattern: row.pattern,
      modes: modesIn(row),
      idempotent: row.idempotent,
      providerSignature: row.provider_signature,
      soap: soapIn(row),
      contract: contractIn(row),
      classification: row.classification,
      limits: {
        timeLimitMs: row.time_limit_ms,
        requestBytesMax: row.request_bytes_max,
        replyBytesMax: row.reply_bytes_max,
        concurrentMax: row.concurrent_max,
      },
      subjects: (row.subjects as SubjectRule[]).map(subjectIn),
      assurance: row.assurance ?? undefined,
      rate: rateIn(row),
      status: row.status,
      from: dateIn(row.maintenance_from),
      until: dateIn(row.maintenance_until),
      successor: row.successor ?? undefined,
      deprecatedFrom: dateIn(row.deprecated_from),
      archived: archivedIn(row),
    }) as Service,
}

function soapIn(row: Row): SoapHandling | undefined {
  const { soap_security_header: securityHeader, soap_xroad_headers: xroadHeaders } = row
  const action = row.soap_action ?? undefined
  return securityHeader === null
    ? undefined
    : ({ securityHeader, xroadHeaders, action } as SoapHandling)
}

/** In the order and with the fields of the type, whatever the database makes of JSON. */
function subjectIn({ type, request, reply }: SubjectRule): SubjectRule {
  return { type, request, reply }
}

function rateIn({ rate_per_second: perSecond, rate_burst: burst }: Row): ServiceRate | undefined {
  return perSecond === null ? undefined : ({ perSecond, burst } as ServiceRate)
}

function contractIn(row: Row): ContractTerms | undefined {
  const { contract_digest: digest, validate_request: request, validate_reply: reply } = row
  return digest === null ? undefined : ({ digest, request, reply } as ContractTerms)
}

export const certificateTable: Table<Certificate> = {
  table: 'certificate',
  columns: [
    column('thumbprint', 'text', ({ thumbprint }) => thumbprint),
    column('der', 'bytea', ({ der }) => hexOf(der)),
    column('subsystem', 'text', ({ subsystem }) => subsystem),
    column('status', 'text', ({ status }) => status),
  ],
  read: (row) => ({ ...row }) as unknown as Certificate,
}

export const accessRightTable: Table<AccessRight> = {
  table: 'access_right',
  columns: [
    column('id', 'text', ({ id }) => id),
    column('consumer', 'text', ({ consumer }) => consumer),
    derived('provider', ({ service }) => providerOf(service)),
    column('service', 'text', ({ service }) => service),
    column('legal_basis', 'text', ({ legalBasis }) => legalBasis),
    column('purpose', 'text', ({ purpose }) => purpose),
    column('valid_from', 'timestamptz', ({ from }) => from),
    column('valid_until', 'timestamptz', ({ until }) => until),
    column('modes', 'text[]', ({ modes }) => modes),
    column('status', 'text', ({ status }) => status),
    column('omit', 'jsonb', ({ omit }) => omit),
    column('daily_quota', 'integer', ({ dailyQuota }) => dailyQuota),
  ],
  read: (row) =>
    ({
      id: row.id,
      consumer: row.consumer,
      service: row.service,
      legalBasis: row.legal_basis,
      purpose: row.purpose,
      from: dateIn(row.valid_from),
      until: dateIn(row.valid_until),
      modes: modesIn(row),
      status: row.status,
      omit: row.omit,
      dailyQuota: row.daily_quota ?? undefined,
    }) as AccessRight,
}

function partyIn(row: Row): object {
  const { id, status, successor } = row
  return { id, name: nameIn(row), status, successor: successor ?? undefined }
}
