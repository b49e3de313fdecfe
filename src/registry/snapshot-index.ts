import {
  serviceCodeOf,
  type ServiceCode,
  type ServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import type { AccessRight } from './access-right.js'
import type { MaintenanceWindow } from './maintenance-window.js'
import type { ProviderTrouble } from './provider-trouble.js'
import type { Service } from './service.js'

/** A consumer's access rights by service version or, for all its versions, service code. */
export type RightsByService = ReadonlyMap<string, readonly AccessRight[]>

/** A map with these entries in place of those of the same key; shared where there are none. */
export function merged<K, V>(
  before: ReadonlyMap<K, V> | undefined,
  changed: readonly V[],
  keyOf: (entry: V) => K,
): ReadonlyMap<K, V> {
  if (before && changed.length === 0) return before
  const after = new Map(before ?? [])
  for (const entry of changed) after.set(keyOf(entry), entry)
  return after
}

/** Services by code, then by version. */
export function mergedVersions(
  before: ReadonlyMap<ServiceCode, ReadonlyMap<string, Service>> | undefined,
  changed: readonly Service[],
): ReadonlyMap<ServiceCode, ReadonlyMap<string, Service>> {
  if (before && changed.length === 0) return before
  const after = new CopyOnWrite<ServiceCode, string, Service>(before)
  for (const service of changed) {
    const code = serviceCodeOf(service.id)
    after.inner(code).set(service.id.slice(code.length + 1), service)
  }
  return after.outer
}

/** Access rights by consumer, then by service, each list in the order of ids. */
export function mergedRights(
  before: ReadonlyMap<SubsystemId, RightsByService> | undefined,
  beforeById: ReadonlyMap<string, AccessRight> | undefined,
  changed: readonly AccessRight[],
): ReadonlyMap<SubsystemId, RightsByService> {
  if (before && changed.length === 0) return before
  const after = new CopyOnWrite<SubsystemId, string, readonly AccessRight[]>(before)
  for (const right of changed) {
    const old = beforeById?.get(right.id)
    if (old) {
      const rights = after.inner(old.consumer)
      rights.set(
        old.service,
        (rights.get(old.service) ?? []).filter(({ id }) => id !== old.id),
      )
    }
    const rights = after.inner(right.consumer)
    const beside = rights.get(right.service)
    rights.set(right.service, beside ? [...beside, right].sort(byId) : [right])
  }
  return after.outer
}

type WindowsByTarget = ReadonlyMap<string, readonly MaintenanceWindow[]>

/** Windows by what they close. Those called off are left out; so are those that are over, which come back no more. */
export function mergedWindows(
  before: WindowsByTarget | undefined,
  changed: readonly MaintenanceWindow[],
): WindowsByTarget {
  if (before && changed.length === 0) return before
  const byWindow = new Map([...(before?.values() ?? [])].flat().map((each) => [each.id, each]))
  for (const each of changed) byWindow.set(each.id, each)
  const now = Date.now()
  const after = new Map<string, MaintenanceWindow[]>()
  for (const each of byWindow.values()) {
    if (each.isCalledOff || each.until.getTime() <= now) continue
    const beside = after.get(each.target)
    if (beside) beside.push(each)
    else after.set(each.target, [each])
  }
  return after
}

/** Services that are FAULTY. */
export function mergedTroubles(
  before: ReadonlyMap<ServiceId, ProviderTrouble> | undefined,
  changed: readonly ProviderTrouble[],
): ReadonlyMap<ServiceId, ProviderTrouble> {
  if (before && changed.length === 0) return before
  const after = new Map(before ?? [])
  for (const each of changed) {
    if (each.isFaulty) after.set(each.service, each)
    else after.delete(each.service)
  }
  return after
}

function byId(a: AccessRight, b: AccessRight): number {
  return a.id < b.id ? -1 : 1
}

/** A map of maps that leaves the one it was made from as it is. */
class CopyOnWrite<K, L, V> {
  readonly outer: Map<K, ReadonlyMap<L, V>>
  readonly #own = new Map<K, Map<L, V>>()

  constructor(before: ReadonlyMap<K, ReadonlyMap<L, V>> | undefined) {
    this.outer = new Map(before ?? [])
  }

  /** The inner map of a key, to be changed. */
  inner(key: K): Map<L, V> {
    let own = this.#own.get(key)
    if (!own) {
      own = new Map(this.outer.get(key) ?? [])
      this.#own.set(key, own)
      this.outer.set(key, own)
    }
    return own
  }
}
