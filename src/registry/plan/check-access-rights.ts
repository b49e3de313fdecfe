import {
  providerOf,
  serviceCodeOf,
  type ServiceCode,
  type ServiceId,
} from '../../exchange/identifier.js'
import type { AccessRight } from '../access-right.js'
import { fieldPlace, report } from '../declaration/yaml-place.js'
import { holdsStandIn, mayBeSame } from '../declaration/stand-in.js'
import type { Service } from '../service.js'
import { warn, type WorkingCopy } from './working-copy.js'

/** Whether parties and services of access rights exist, in one domain, with a period and modes. */
export function checkAccessRights(copy: WorkingCopy): void {
  const versions = versionsByCode(copy)
  for (const [, right, at] of copy.accessRights.declared()) {
    const services = servicesOf(copy, right, versions)
    if (!copy.subsystems.knows(right.consumer)) {
      const place = fieldPlace(at, 'consumer')
      report(place, `${right.consumer} is not registered`, 'Declare it under its member.')
    }
    if (services.length === 0 && !mayBeDeclared(copy, right.service)) {
      const place = fieldPlace(at, 'service')
      report(place, `${right.service} is not registered`, 'Declare it under its subsystem.')
    } else if (services.length > 0 && !haveCommonMode(right, services)) {
      const place = fieldPlace(at, 'modes')
      report(place, 'has no mode that the service offers', 'Compare it with modes of the service.')
    }
    if (right.until && right.until <= right.from) {
      report(fieldPlace(at, 'until'), 'is not after from', 'Correct one of the two.')
    }
  }
  checkDomains(copy)
  warnOfTwins(copy)
}

// Rights that nobody declares anew are looked at too: a subsystem may be moving out of a domain.
function checkDomains(copy: WorkingCopy): void {
  const { subsystems, accessRights } = copy
  for (const right of accessRights.after.values()) {
    const provider = providerOf(right.service)
    const from = subsystems.after.get(right.consumer)?.domain
    const to = subsystems.after.get(provider)?.domain
    if (from === undefined || to === undefined || mayBeSame(from, to)) continue
    // That a domain is not registered is told at the system that names it.
    const crosses = copy.domains.after.has(from) && copy.domains.after.has(to)
    if (!crosses || right.status !== 'active') continue
    const at =
      accessRights.declaredAt.get(right.id) ??
      subsystems.declaredAt.get(right.consumer) ??
      subsystems.declaredAt.get(provider)
    if (at) {
      report(
        at,
        `${nameOf(right)} would cross from domain ${from} to ${to}`,
        'Rights stay within a domain: withdraw the right, or keep both systems in one domain.',
      )
    }
  }
}

function nameOf({ id }: AccessRight): string {
  return holdsStandIn(id) ? 'the access right' : `access right ${id}`
}

/** A second right for the same parties is often the first with its purpose reworded. */
function warnOfTwins(copy: WorkingCopy): void {
  const first = new Map<string, string>()
  for (const { id, consumer, service, status } of copy.accessRights.before.values()) {
    if (status === 'active') first.set(`${consumer} ${service}`, id)
  }
  for (const [id, { consumer, service, status }, at] of copy.accessRights.declared()) {
    const twin = first.get(`${consumer} ${service}`)
    const isNew = !copy.accessRights.before.has(id)
    if (!isNew || status !== 'active' || twin === undefined || holdsStandIn(id)) continue
    if (copy.accessRights.after.get(twin)?.status !== 'active') continue
    warn(
      copy,
      at,
      `the right ${twin} of the same parties stays in force`,
      'Withdraw it if this one replaces it.',
    )
  }
}

function haveCommonMode(right: AccessRight, services: readonly Service[]): boolean {
  return right.modes.some((mode) => services.some(({ modes }) => modes.includes(mode)))
}

/** Whether a service, or a version of it, may be among those whose identifier is wrong. */
function mayBeDeclared({ services }: WorkingCopy, id: ServiceId | ServiceCode): boolean {
  if (services.knows(id)) return true
  return services.mayHold((each) => mayBeSame(serviceCodeOf(each as ServiceId), id))
}

function versionsByCode(copy: WorkingCopy): Map<string, Service[]> {
  const versions = new Map<string, Service[]>()
  for (const service of copy.services.after.values()) {
    const code = serviceCodeOf(service.id)
    const known = versions.get(code)
    if (known) known.push(service)
    else versions.set(code, [service])
  }
  return versions
}

function servicesOf(
  copy: WorkingCopy,
  { service }: AccessRight,
  versions: ReadonlyMap<string, Service[]>,
): readonly Service[] {
  const one = copy.services.after.get(service)
  return one ? [one] : (versions.get(service) ?? [])
}
