import { stringify } from 'yaml'
import { memberOf, providerOf, serviceCodeOf } from '../../exchange/identifier.js'
import { accessRightIdOf } from '../access-right.js'
import type { Authority } from '../authority.js'
import type { Certificate } from '../certificate.js'
import type { RegistryContent } from '../registry-content.js'
import { memberInResource, type InformationResource } from '../resource.js'
import type { Service } from '../service.js'
import type { Subsystem } from '../subsystem.js'
import { pemOf } from './certificate-file.js'
import { momentText } from './yaml-values.js'

/**
 * The registry as a declaration: applied to itself it changes nothing, applied to an empty registry
 * it makes the same one, but for contracts, which a registry is given in folders.
 */
export function writeDeclaration(content: RegistryContent): string {
  const { instance, domains, authorities, members, accessRights, resources } = content
  const owned: Owned = {
    subsystems: groupBy(content.subsystems, ({ id }) => memberOf(id)),
    services: groupBy(content.services, ({ id }) => providerOf(id)),
    certificates: groupBy(content.certificates, ({ subsystem }) => subsystem),
  }
  const document = {
    instance,
    domains: domains.map(({ code, name, status }) => said({ code, name, status })),
    authorities: authorities.map(authorityOf),
    members: members.map(({ id, name, status, successor, aliasUntil, archived }) =>
      said({
        class: id.split('/')[1],
        code: id.split('/')[2],
        name,
        status,
        successor,
        aliasUntil: aliasUntil && momentText(aliasUntil),
        archived: archived || undefined,
        subsystems: owned.subsystems.get(id)?.map((each) => subsystemOf(each, owned)),
      }),
    ),
    accessRights: accessRights.map(({ id, from, until, ...right }) =>
      said({
        id: id === accessRightIdOf(right.consumer, right.service, right.purpose) ? undefined : id,
        ...right,
        from: momentText(from),
        until: until && momentText(until),
      }),
    ),
    resources: resources.map(resourceOf),
    personalData: content.personalData.map((entry) => said({ ...entry })),
  }
  return stringify(said(document), { lineWidth: 0, aliasDuplicateObjects: false })
}

function resourceOf({ id, owner, dataObjects, ...resource }: InformationResource): object {
  return said({
    id,
    owner: owner === memberInResource(id) ? undefined : owner,
    ...resource,
    dataObjects: dataObjects.map((object) => said({ ...object })),
  })
}

function authorityOf({ name, role, revocation, crl, ocsp, ...rest }: Authority): object {
  const { unreachable, status, der } = rest
  const policy = unreachable === 'refuse' ? undefined : unreachable
  return said({ name, role, revocation, crl, ocsp, unreachable: policy, status, pem: pemOf(der) })
}

interface Owned {
  readonly subsystems: ReadonlyMap<string, readonly Subsystem[]>
  readonly services: ReadonlyMap<string, readonly Service[]>
  readonly certificates: ReadonlyMap<string, readonly Certificate[]>
}

function subsystemOf({ id, owner, archived, ...subsystem }: Subsystem, owned: Owned): object {
  return said({
    code: id.split('/')[3],
    owner: owner === memberOf(id) ? undefined : owner,
    ...subsystem,
    archived: archived || undefined,
    certificates: owned.certificates.get(id)?.map((each) => ({
      status: each.status,
      pem: pemOf(each.der),
    })),
    services: owned.services.get(id)?.map(serviceOf),
  })
}

function serviceOf(entry: Service): object {
  const { id, isDefault, from, until, deprecatedFrom, contract, subjects, ...rest } = entry
  const { archived, ...service } = rest
  return said({
    code: serviceCodeOf(id).split('/')[4],
    version: id.split('/')[5],
    default: isDefault,
    ...service,
    subjects: subjects.map((rule) => said({ ...rule })),
    contract: contract && { digest: contract.digest },
    validation: contract && { request: contract.request, reply: contract.reply },
    from: from && momentText(from),
    until: until && momentText(until),
    deprecatedFrom: deprecatedFrom && momentText(deprecatedFrom),
    archived: archived || undefined,
  })
}

/** Only the fields that say something. */
function said(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
