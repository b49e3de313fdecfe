import type { AccessRight } from '../access-right.js'
import type { Authority } from '../authority.js'
import type { Certificate } from '../certificate.js'
import { ProblemList } from '../declaration/problem.js'
import { holdsStandIn, mayBeSame } from '../declaration/stand-in.js'
import { report, type YamlPlace } from '../declaration/yaml-place.js'
import { placeOf } from '../declaration/yaml-place.js'
import type { Domain } from '../domain.js'
import type { Member } from '../member.js'
import type { RegistryContent } from '../registry-content.js'
import type { InformationResource, PersonalDataSystem } from '../resource.js'
import type { Service } from '../service.js'
import type { Subsystem } from '../subsystem.js'
import type { Noun } from './plan.js'

/** Entries of one kind as they are and as they would be, with the place of those declared. */
export class WorkingTable<T extends object> {
  readonly noun: Noun
  readonly before: ReadonlyMap<string, T>
  readonly after: Map<string, T>
  readonly declaredAt = new Map<string, YamlPlace>()
  readonly #unnamed: string[] = []

  constructor(noun: Noun, entries: readonly T[], idOf: (entry: T) => string) {
    this.noun = noun
    this.before = new Map(entries.map((entry) => [idOf(entry), entry]))
    this.after = new Map(this.before)
  }

  /** Notes that a thing is declared; reports a second declaration of it. */
  declare(id: string, at: YamlPlace): boolean {
    const first = this.declaredAt.get(id)
    if (!first) {
      this.declaredAt.set(id, at)
      if (holdsStandIn(id)) this.#unnamed.push(id)
      return true
    }
    const { file, line } = placeOf(first)
    report(at, `${id} is declared a second time`, `The first is at ${file}:${line}; keep one.`)
    return false
  }

  /** Whether there will be such a thing, or may be once wrong identifiers have been put right. */
  knows(id: string): boolean {
    return this.after.has(id) || holdsStandIn(id) || this.mayHold((each) => mayBeSame(each, id))
  }

  /** Whether this holds of a thing whose identifier is wrong. */
  mayHold(isMeant: (id: string) => boolean): boolean {
    return this.#unnamed.some(isMeant)
  }

  /** Entries declared, with their place; stand-ins are in those that are wrong. */
  *declared(): Generator<[id: string, entry: T, at: YamlPlace]> {
    for (const [id, at] of this.declaredAt) {
      const entry = this.after.get(id)
      if (entry) yield [id, entry, at]
    }
  }
}

/** The registry while declarations are laid over it. */
export interface WorkingCopy {
  readonly domains: WorkingTable<Domain>
  readonly authorities: WorkingTable<Authority>
  readonly members: WorkingTable<Member>
  readonly subsystems: WorkingTable<Subsystem>
  readonly services: WorkingTable<Service>
  readonly certificates: WorkingTable<Certificate>
  readonly accessRights: WorkingTable<AccessRight>
  readonly resources: WorkingTable<InformationResource>
  readonly personalData: WorkingTable<PersonalDataSystem>
  readonly warnings: ProblemList
}

export function workingCopyOf(content: RegistryContent): WorkingCopy {
  return {
    domains: new WorkingTable('domains', content.domains, ({ code }) => code),
    authorities: new WorkingTable('authorities', content.authorities, ({ name }) => name),
    members: new WorkingTable('members', content.members, ({ id }) => id),
    subsystems: new WorkingTable('subsystems', content.subsystems, ({ id }) => id),
    services: new WorkingTable('services', content.services, ({ id }) => id),
    certificates: new WorkingTable('certificates', content.certificates, (each) => each.thumbprint),
    accessRights: new WorkingTable('accessRights', content.accessRights, ({ id }) => id),
    resources: new WorkingTable('resources', content.resources, ({ id }) => id),
    personalData: new WorkingTable('personalData', content.personalData, ({ id }) => id),
    warnings: new ProblemList(),
  }
}

/** Notes what is allowed and yet worth a look. */
export function warn(copy: WorkingCopy, at: YamlPlace, problem: string, remedy: string): void {
  copy.warnings.add(placeOf(at), problem, remedy)
}
