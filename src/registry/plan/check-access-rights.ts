import { providerOf, serviceCodeOf, type ServiceId } from '../../exchange/identifier.js'
import type { AccessRight } from '../access-right.js'
import { fieldPlace, report } from '../declaration/yaml-place.js'
import type { Service } from '../service.js'
import { warn, type WorkingCopy } from './working-copy.js'

/** Whether parties and services of access rights exist, in one domain, with a period and modes. */
export function checkAccessRights(copy: WorkingCopy): void {
  const versions = versionsByCode(copy)
  const incomplete = incompleteServices(copy)
  for (const [, right, at] of copy.accessRights.declared()) {
    const services = servicesOf(copy, right, versions)
    if (!copy.subsystems.knows(right.consumer)) {
      const place = fieldPlace(at, 'consumer')
      report(place, `${right.consumer} is not registered`, 'Declare it under its member.')
    }
    if (services.length === 0 && !incomplete.has(right.service)) {
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
    const domains = [right.consumer, provider].map((id) => subsystems.after.get(id)?.domain)
    const crosses =
      domains[0] !== undefined && domains[1] !== undefined && domains[0] !== domains[1]
    if (!crosses || right.status !== 'active') continue
    const at =
      accessRights.declaredAt.get(right.id) ??
      subsystems.declaredAt.get(right.consumer) ??
      subsystems.declaredAt.get(provider)
    if (at) {
      report(
        at,
        `access right ${right.id} would cross from domain ${domains[0] ?? ''} to ${domains[1] ?? ''}`,
        'Rights stay within a domain: withdraw the right, or keep both systems in one domain.',
      )
    }
  }
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
    if (!isNew || status !== 'active' || twin === undefined) continue
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

/** Services whose declaration is wrong, and their codes: that they are missing is no news. */
function incompleteServices(copy: WorkingCopy): Set<string> {
  const ids = [...copy.services.declaredAt.keys()] as ServiceId[]
  const incomplete = ids.filter((id) => !copy.services.after.has(id))
  return new Set<string>([...incomplete, ...incomplete.map(serviceCodeOf)])
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
