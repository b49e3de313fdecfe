import type { Declaration, Declared } from '../declaration/declaration.js'
import { withKnownContracts } from '../declaration/resolve-contracts.js'
import { report } from '../declaration/yaml-place.js'
import type { ProblemList } from '../declaration/problem.js'
import { holdsStandIn } from '../declaration/stand-in.js'
import { fieldPlace } from '../declaration/yaml-place.js'
import type { RegistryContent } from '../registry-content.js'
import { checkAccessRights } from './check-access-rights.js'
import { checkAuthorities, checkCertificates, checkParties } from './check-parties.js'
import { checkContracts } from './check-contracts.js'
import { checkQueues } from './check-queues.js'
import { checkResources } from './check-resources.js'
import { checkServices } from './check-services.js'
import { completeService } from './complete-service.js'
import {
  completeAccessRight,
  completeAuthority,
  completeCertificate,
  completeDomain,
  completeMember,
  completeSubsystem,
} from './complete.js'
import type { Complete } from './whole-entry.js'
import { completePersonalData, completeResource } from './complete-resource.js'
import { difference } from './difference.js'
import { entryJson } from './entry-json.js'
import type { Change, EntryChange, Plan, RegistryEntries } from './plan.js'
import { workingCopyOf, type WorkingCopy, type WorkingTable } from './working-copy.js'

/**
 * Lays declarations over the registry: what they do not mention stays, nothing is ever removed.
 * Pure but for `problems`, to which it adds what is wrong with the whole.
 */
export function planChanges(
  content: RegistryContent,
  given: readonly Declaration[],
  problems: ProblemList,
  now: Date,
): Plan {
  const declarations = given.map((each) => withKnownContracts(each, content.contractSummaries))
  const instance = instanceOf(content, declarations)
  const copy = workingCopyOf(content)
  for (const declaration of declarations) lay(copy, declaration)
  checkParties(copy)
  checkAuthorities(copy)
  checkServices(copy)
  checkQueues(copy)
  const contracts = checkContracts(content, declarations)
  checkAccessRights(copy)
  checkResources(copy)
  checkCertificates(copy, expiries(declarations), now)
  return {
    problems: problems.all,
    problemsDropped: problems.dropped,
    warnings: copy.warnings.all,
    instance,
    // Entries with stand-ins must go nowhere; where there are any, there are problems.
    ...(problems.any ? nothing : { ...changesOf(copy), contracts }),
  }
}

type Outcome = Pick<Plan, 'changes' | 'unchanged' | 'upserts' | 'entryChanges'>

const nothing: Outcome & Pick<Plan, 'contracts'> = {
  contracts: [],
  changes: [],
  entryChanges: [],
  unchanged: 0,
  upserts: {
    domains: [],
    authorities: [],
    members: [],
    subsystems: [],
    services: [],
    certificates: [],
    accessRights: [],
    resources: [],
    personalData: [],
  },
}

function instanceOf(
  content: RegistryContent,
  declarations: readonly Declaration[],
): string | undefined {
  let instance = content.instance
  for (const declaration of declarations) {
    if (holdsStandIn(declaration.instance)) continue
    instance ??= declaration.instance
    if (declaration.instance === instance) continue
    report(
      fieldPlace(declaration.at, 'instance'),
      `this registry is of instance ${instance}`,
      'One bus has one instance; check that this is the right registry.',
    )
  }
  return instance
}

function lay(copy: WorkingCopy, declaration: Declaration): void {
  layTable(copy.domains, declaration.domains, completeDomain)
  layTable(copy.authorities, declaration.authorities, completeAuthority)
  layTable(copy.members, declaration.members, completeMember)
  layTable(copy.subsystems, declaration.subsystems, completeSubsystem)
  layTable(copy.services, declaration.services, completeService)
  layTable(copy.certificates, declaration.certificates, completeCertificate)
  layTable(copy.accessRights, declaration.accessRights, completeAccessRight)
  layTable(copy.resources, declaration.resources, completeResource)
  layTable(copy.personalData, declaration.personalData, completePersonalData)
}

function layTable<T extends object, D extends Declared<string, unknown>>(
  table: WorkingTable<T>,
  declared: readonly D[],
  complete: Complete<D, T>,
): void {
  for (const each of declared) {
    if (!table.declare(each.id, each.at)) continue
    const entry = complete(each, table.before.get(each.id))
    if (entry) table.after.set(each.id, entry)
  }
}

function changesOf(copy: WorkingCopy): Outcome {
  const changes: Change[] = []
  const entryChanges: EntryChange[] = []
  let unchanged = 0
  const changed = <T extends object>(table: WorkingTable<T>): T[] => {
    const entries: T[] = []
    for (const [id, entry] of table.declared()) {
      const before = table.before.get(id)
      const fields = difference(before, entry)
      if (fields.length === 0) unchanged += 1
      else {
        changes.push({ noun: table.noun, id, kind: before ? 'changed' : 'added', fields })
        const old = before && entryJson(before)
        entryChanges.push({ noun: table.noun, id, before: old, after: entryJson(entry) })
        entries.push(entry)
      }
    }
    return entries
  }
  const upserts: RegistryEntries = {
    domains: changed(copy.domains),
    authorities: changed(copy.authorities),
    members: changed(copy.members),
    subsystems: changed(copy.subsystems),
    services: changed(copy.services),
    certificates: changed(copy.certificates),
    accessRights: changed(copy.accessRights),
    resources: changed(copy.resources),
    personalData: changed(copy.personalData),
  }
  return { changes, unchanged, upserts, entryChanges }
}

function expiries(declarations: readonly Declaration[]): Map<string, Date> {
  const found = new Map<string, Date>()
  for (const { certificates } of declarations) {
    for (const { id, patch } of certificates) if (patch.facts) found.set(id, patch.facts.notAfter)
  }
  return found
}
