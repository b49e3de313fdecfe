import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { accessRightIdOf, accessRightStatuses } from '../access-right.js'
import {
  authorityRoles,
  authorityStatuses,
  revocationMethods,
  unreachablePolicies,
} from '../authority.js'
import { domainStatuses } from '../domain.js'
import { certificateFileBytesMax, declarationBytesMax } from '../../limits/registry.js'
import type {
  Declaration,
  DeclaredAccessRight,
  DeclaredAuthority,
  DeclaredDomain,
} from './declaration.js'
import type { ProblemList } from './problem.js'
import { certificateFile, certificatePem } from './read-certificate.js'
import { dailyQuota, omittedFields } from './read-conditions.js'
import { bilingual, modes, readMember, type DeclaredParties } from './read-member.js'
import { personalData, resource } from './read-resource.js'
import { standIn } from './stand-in.js'
import { fieldPlace, parseYaml, report, reportAbsent, type YamlPlace } from './yaml-place.js'
import {
  list,
  moment,
  oneOf,
  orNull,
  readRecord,
  domainCode,
  segment,
  serviceOrCode,
  subsystemId,
  text,
  textWhere,
} from './yaml-values.js'

/**
 * Reads a declaration file and what it refers to.
 * @returns undefined where it is no declaration at all; whatever is wrong is in `problems`
 */
export function readDeclarationFile(file: string, problems: ProblemList): Declaration | undefined {
  let bytes: Uint8Array
  try {
    bytes = readLimited(file, declarationBytesMax)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    const place = { file, line: 1, column: 1, field: '' }
    problems.add(place, `the file cannot be read (${reason})`, 'Check the path.')
    return undefined
  }
  const resolvePath = (path: string): string => resolve(dirname(file), path)
  return readDeclaration(bytes, {
    file,
    problems,
    resolvePath,
    readFile: (path) => readLimited(resolvePath(path), certificateFileBytesMax),
  })
}

/** Reads a declaration's bytes; files it names are had through the source. */
export function readDeclaration(
  bytes: Uint8Array,
  source: Parameters<typeof parseYaml>[1],
): Declaration | undefined {
  const root = parseYaml(bytes, source)
  if (!root) return undefined
  const fields = readRecord(root, {
    instance: segment,
    domains: list(domain),
    authorities: list(authority),
    members: list((at) => at),
    accessRights: list(accessRight),
    resources: list(resource),
    personalData: list(personalData),
  })
  if (!fields) return undefined
  const { members, instance: named, ...rest } = fields
  reportAbsent(root, ['instance'])
  const instance = named ?? standIn(root, 'instance')
  const parties: DeclaredParties = { members: [], subsystems: [], services: [], certificates: [] }
  for (const place of members ?? []) readMember(place, instance, parties)
  return { instance, at: root, ...noneDeclared, ...rest, ...parties }
}

const noneDeclared = {
  domains: [],
  authorities: [],
  accessRights: [],
  resources: [],
  personalData: [],
} as const

function domain(at: YamlPlace): DeclaredDomain | undefined {
  const fields = readRecord(at, {
    code: domainCode,
    name: orNull(bilingual),
    status: oneOf(domainStatuses),
  })
  if (!fields) return undefined
  const { code, ...patch } = fields
  reportAbsent(at, ['code'])
  return { id: code ?? standIn(at, 'code'), patch, at }
}

function authority(at: YamlPlace): DeclaredAuthority | undefined {
  const fields = readRecord(at, {
    name: text,
    file: certificateFile,
    pem: certificatePem,
    role: oneOf(authorityRoles),
    revocation: oneOf(revocationMethods),
    crl: orNull(crlSource),
    ocsp: orNull(responderAddress),
    unreachable: oneOf(unreachablePolicies),
    status: oneOf(authorityStatuses),
  })
  if (!fields) return undefined
  const { name, file, pem, crl, ...rest } = fields
  if (file && pem) report(at, 'has both file and pem', 'Keep one of the two.')
  reportAbsent(at, ['name'])
  const certificate = file ?? pem
  if (certificate && !certificate.isAuthority) {
    const key = file ? 'file' : 'pem'
    report(
      fieldPlace(at, key),
      'is not the certificate of an authority',
      'Basic constraints must say CA.',
    )
  }
  // A path holds for the registry only in its absolute form.
  const source = crl && !isUrl(crl) ? at.source.resolvePath(crl) : crl
  const patch = {
    ...rest,
    ...(certificate && { certificate }),
    ...(source !== undefined && { crl: source }),
  }
  return { id: name ?? standIn(at, 'name'), patch, at }
}

function isUrl(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
}

const crlSource = textWhere(
  (value) => !isUrl(value) || (/^https?:\/\//i.test(value) && URL.canParse(value)),
  'is no source of revocation lists',
  'Write a path, or an address that begins with http:// or https://.',
)

const responderAddress = textWhere(
  (value) => /^https?:\/\/[^/]/i.test(value) && URL.canParse(value),
  'is no address of an OCSP responder',
  'Write an address that begins with http:// or https://.',
)

function accessRight(at: YamlPlace): DeclaredAccessRight | undefined {
  const fields = readRecord(at, {
    id: segment,
    consumer: subsystemId,
    service: serviceOrCode,
    legalBasis: text,
    purpose: text,
    from: moment,
    until: orNull(moment),
    modes,
    status: oneOf(accessRightStatuses),
    omit: omittedFields,
    dailyQuota: orNull(dailyQuota),
  })
  if (!fields) return undefined
  const { id, ...patch } = fields
  const { consumer, service, purpose } = patch
  if (id !== undefined) return { id, patch, at }
  if (consumer !== undefined && service !== undefined && purpose !== undefined) {
    return { id: accessRightIdOf(consumer, service, purpose), patch, at }
  }
  reportAbsent(at, ['consumer', 'service', 'purpose'])
  return { id: standIn(at, 'id'), patch, at }
}

function readLimited(path: string, bytesMax: number): Uint8Array {
  const stat = statSync(path)
  if (!stat.isFile()) throw Object.assign(new Error('not a file'), { code: 'not a regular file' })
  if (stat.size > bytesMax) throw Object.assign(new Error('too large'), { code: 'too large' })
  return readFileSync(path)
}
