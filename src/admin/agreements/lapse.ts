import type { SubsystemId } from '../../exchange/identifier.js'
import type { RegistryContent } from '../../registry/registry-content.js'

/** What an agreement that has ended does to the registry. */
export interface Lapse {
  readonly document: object
  /** What was in use before. */
  readonly objects: readonly string[]
  /** Systems among them, whose certificates follow. */
  readonly systems: readonly SubsystemId[]
}

interface System {
  readonly fields: object
  readonly services: object[]
}

/** Suspends these objects, as far as they are in use. @param objects - systems and services */
export function lapseOf(
  { instance, subsystems, services }: RegistryContent,
  objects: readonly { readonly object: string }[],
): Lapse {
  const under = new Set(objects.map(({ object }) => object))
  const isInUse = ({ id, status }: { readonly id: string; readonly status: string }): boolean =>
    under.has(id) && (status === 'active' || status === 'maintenance')
  const systems = subsystems.filter(isInUse).map(({ id }) => id)
  const offered = services.filter(isInUse).map(({ id }) => id)
  const members = new Map<string, Map<string, System>>()
  for (const id of systems) systemAt(members, id, { status: 'suspended' })
  for (const id of offered) {
    const [code, version] = id.split('/').slice(4)
    systemAt(members, id, {}).services.push({ code, version, status: 'suspended' })
  }
  const document = {
    instance,
    members: [...members].map(([member, own]) => memberPart(member, own)),
  }
  return { document, objects: [...systems, ...offered].sort(), systems }
}

/** The part of a system, or of that which offers a service; a declaration names each once. */
function systemAt(members: Map<string, Map<string, System>>, id: string, fields: object): System {
  const [, memberClass = '', member = '', code = ''] = id.split('/')
  const key = `${memberClass}/${member}`
  const own = members.get(key) ?? new Map<string, System>()
  members.set(key, own)
  const system = own.get(code) ?? { fields, services: [] }
  own.set(code, system)
  return system
}

function memberPart(member: string, systems: ReadonlyMap<string, System>): object {
  const [memberClass, code] = member.split('/')
  return {
    ...{ class: memberClass, code },
    subsystems: [...systems].map(([system, { fields, services }]) => ({
      code: system,
      ...fields,
      ...(services.length > 0 && { services }),
    })),
  }
}
