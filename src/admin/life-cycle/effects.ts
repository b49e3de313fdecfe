import { providerOf, type SubsystemId } from '../../exchange/identifier.js'
import type { AccessRight } from '../../registry/access-right.js'
import { momentText } from '../../registry/declaration/yaml-values.js'
import type { PartyStatus } from '../../registry/member.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import { Problem } from '../problem.js'
import type { LifeCyclePlan } from './life-cycle-event.js'

/** What a step of the life cycle does to the registry: a declaration, and what has to follow it. */
export interface Effects {
  readonly document: object
  /** Systems whose certificates follow, and how. */
  readonly certificates: {
    readonly subsystems: readonly SubsystemId[]
    readonly event: 'suspended' | 'resumed' | 'liquidated' | undefined
  }
}

/** A new standing of a member or a system. */
export interface Standing {
  readonly id: string
  readonly status: PartyStatus
  readonly successor?: string | undefined
  readonly archivePlace?: string | undefined
}

/**
 * What a new standing does: certificates follow it, and rights end with what is liquidated. A member's systems are
 * suspended with it by the gate, which looks at the owner; they end with it.
 */
export function standingEffects(content: RegistryContent, standing: Standing): Effects {
  const { id, status } = standing
  if (content.resources.some((each) => each.id === id)) return resourceEnd(content, standing)
  const isMember = id.split('/').length === 3
  const own = content.subsystems.filter((each) => (isMember ? each.owner === id : each.id === id))
  const before = isMember ? content.members.find((each) => each.id === id)?.status : own[0]?.status
  const ended = status === 'liquidated' ? own.map((each) => each.id) : []
  const parts = isMember
    ? [
        partyPart(standing),
        ...own.filter(() => ended.length > 0).map((each) => endPart(each.id, standing)),
      ]
    : [partyPart(standing)]
  const resources =
    isMember && status === 'liquidated'
      ? content.resources
          .filter((each) => each.owner === id && each.status !== 'liquidated')
          .map((each) => each.id)
      : []
  const ends = resources.map((each) => resourcePart(endPart(each, standing)))
  return {
    document: documentOf(content, parts, {
      accessRights: withdrawn(content.accessRights, ended),
      resources: ends,
    }),
    certificates: {
      subsystems: own.filter((each) => follows(content, standing, each)).map((each) => each.id),
      event: eventOf(before, status),
    },
  }
}

/** Nothing but the entry itself: services end on their own. */
function resourceEnd({ instance }: RegistryContent, standing: Standing): Effects {
  return {
    document: { instance, resources: [resourcePart(partyPart(standing))] },
    certificates: { subsystems: [], event: undefined },
  }
}

function resourcePart({ id, fields }: Part): object {
  return { id, ...fields }
}

/** Certificates are released once neither the system nor its owner is suspended any more. */
function follows(
  { members }: RegistryContent,
  { id, status }: Standing,
  system: RegistryContent['subsystems'][number],
): boolean {
  if (status !== 'active') return true
  if (system.id !== id) return system.status === 'active'
  return members.find((each) => each.id === system.owner)?.status === 'active'
}

function eventOf(
  before: PartyStatus | undefined,
  now: PartyStatus,
): Effects['certificates']['event'] {
  if (before === now) return undefined
  if (now === 'suspended') return 'suspended'
  return now === 'liquidated' ? 'liquidated' : 'resumed'
}

/**
 * What a planned event does when its day has come.
 * @throws Problem UNPROCESSABLE where nothing can go over to who is named, having ended itself by now
 */
export function eventEffects(content: RegistryContent, plan: LifeCyclePlan): Effects {
  if (plan.kind !== 'liquidation') checkTarget(content, plan)
  switch (plan.kind) {
    case 'owner-change':
      return ownerChange(content, plan)
    case 'merger':
      return merger(content, plan)
    case 'liquidation': {
      const { subject: id, target: successor, archivePlace } = plan
      return standingEffects(content, { id, status: 'liquidated', successor, archivePlace })
    }
  }
}

function checkTarget({ members }: RegistryContent, { kind, target }: LifeCyclePlan): void {
  if (members.find(({ id }) => id === target)?.status !== 'liquidated') return
  const pointer = kind === 'merger' ? '/into' : '/to'
  const detail = { az: `${target} ləğv olunub`, en: `${target} has ended` }
  throw new Problem('UNPROCESSABLE', { errors: [{ pointer, detail }] })
}

/** The old owner holds keys of the old certificates: they end, and the new owner has asked for its own. */
function ownerChange(content: RegistryContent, { subject, target }: LifeCyclePlan): Effects {
  const { instance, resources } = content
  if (resources.some(({ id }) => (id as string) === subject)) {
    const document = { instance, resources: [{ id: subject, owner: target }] }
    return { document, certificates: { subsystems: [], event: undefined } }
  }
  return {
    document: documentOf(content, [{ id: subject, fields: { owner: target } }], {}),
    certificates: { subsystems: [subject as SubsystemId], event: 'liquidated' },
  }
}

/** All that was the one's is the other's, keys and rights too; the one ends, and its names are good for a time. */
function merger(content: RegistryContent, plan: LifeCyclePlan): Effects {
  const { subject, target, aliasUntil } = plan
  const own = content.subsystems.filter(({ owner }) => owner === subject)
  const resources = content.resources
    .filter(({ owner }) => owner === subject)
    .map(({ id }) => ({ id, owner: target }))
  const until = aliasUntil && { aliasUntil: momentText(aliasUntil) }
  const parts = [
    ...own.map(({ id }) => ({ id, fields: { owner: target } })),
    { id: subject, fields: { status: 'liquidated', successor: target, ...until } },
  ]
  return {
    document: documentOf(content, parts, { resources }),
    certificates: { subsystems: [], event: undefined },
  }
}

/**
 * Puts away what has ended, and what ended with it: a member's systems, a system's services. Whether it has
 * ended is for the registry to say.
 */
export function archivingEffects(content: RegistryContent, id: string): Effects {
  const systems = content.subsystems
    .filter((each) => each.id === id || (each.owner === id && each.status === 'liquidated'))
    .map((each) => each.id)
  const services = content.services
    .map((each) => each.id)
    .filter((each) => each === id || systems.includes(providerOf(each)))
  const parts = [...new Set<string>([id, ...systems, ...services])].map((each) => ({
    ...{ id: each, fields: { archived: true } },
  }))
  return {
    document: documentOf(content, parts, {}),
    certificates: { subsystems: [], event: undefined },
  }
}

interface Part {
  /** Of a member, a system or a service. */
  readonly id: string
  readonly fields: object
}

function partyPart({ id, status, successor, archivePlace }: Standing): Part {
  const isMember = id.split('/').length === 3
  return {
    id,
    fields: {
      status,
      ...(successor !== undefined && { successor }),
      ...(archivePlace !== undefined && !isMember && { archivePlace }),
    },
  }
}

function endPart(id: string, { archivePlace }: Standing): Part {
  return {
    id,
    fields: { status: 'liquidated', ...(archivePlace !== undefined && { archivePlace }) },
  }
}

/** Rights of and for what has ended. */
function withdrawn(rights: readonly AccessRight[], ended: readonly string[]): object[] {
  const isEnded = (id: string): boolean =>
    ended.some((each) => id === each || id.startsWith(`${each}/`))
  return rights
    .filter(({ status, consumer, service }) => {
      return status === 'active' && (isEnded(consumer) || isEnded(service))
    })
    .map(({ id }) => ({ id, status: 'withdrawn' }))
}

/** Parts by their members, each of which a declaration may name once. */
function documentOf(
  { instance }: RegistryContent,
  parts: readonly Part[],
  { accessRights = [], resources = [] }: Readonly<Record<string, readonly object[]>>,
): object {
  const members = new Map<string, MemberParts>()
  for (const { id, fields } of parts) {
    const [, memberClass = '', code = '', system, service, version] = id.split('/')
    const key = `${memberClass}/${code}`
    const member = members.get(key) ?? { fields: {}, systems: new Map<string, SystemParts>() }
    members.set(key, member)
    if (system === undefined) {
      member.fields = fields
      continue
    }
    const own = member.systems.get(system) ?? { fields: {}, services: [] }
    member.systems.set(system, own)
    if (service === undefined) own.fields = fields
    else own.services.push({ code: service, version, ...fields })
  }
  return {
    instance,
    members: [...members].map(([key, member]) => memberOf(key, member)),
    ...(accessRights.length > 0 && { accessRights }),
    ...(resources.length > 0 && { resources }),
  }
}

interface MemberParts {
  fields: object
  readonly systems: Map<string, SystemParts>
}

interface SystemParts {
  fields: object
  readonly services: object[]
}

function memberOf(key: string, { fields, systems }: MemberParts): object {
  const [memberClass, code] = key.split('/')
  const subsystems = [...systems].map(([system, { fields: own, services }]) => ({
    ...{ code: system, ...own },
    ...(services.length > 0 && { services }),
  }))
  return { class: memberClass, code, ...fields, ...(subsystems.length > 0 && { subsystems }) }
}
