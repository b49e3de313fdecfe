import { isDeepStrictEqual } from 'node:util'
import type { BilingualText } from '../exchange/fault.js'

export const changeKinds = ['connected', 'changed', 'suspended', 'resumed', 'ended'] as const
export type ChangeKind = (typeof changeKinds)[number]

export const changedNouns = ['service', 'resource', 'member'] as const
export type ChangedNoun = (typeof changedNouns)[number]

/** One change of the catalogue, with what everybody may know of it. */
export interface CatalogueChange {
  /** Grows with every change; what is read by. */
  readonly position: string
  readonly at: Date
  readonly kind: ChangeKind
  readonly noun: ChangedNoun
  readonly object: string
  /** Who owned it at that time. */
  readonly member: string
  readonly name: BilingualText | undefined
  readonly successor: string | undefined
}

/** A state of an entry, as the registry's history has it: columns by name. */
export type EntryState = Readonly<Record<string, unknown>>

/** A change before it is written, with the states that it lies between. */
export interface FoundChange extends Omit<CatalogueChange, 'position'> {
  readonly states: readonly EntryState[]
}

/** What the catalogue shows of an entry; a change of anything else is none. */
const shown: Readonly<Record<ChangedNoun, readonly string[]>> = {
  service: [
    ...['name_az', 'name_en', 'is_default', 'protocol', 'pattern', 'modes', 'contract_digest'],
    ...['deprecated_from', 'successor', 'maintenance_from', 'maintenance_until'],
  ],
  resource: [
    ...['owner', 'kind', 'name_az', 'name_en', 'identifiers', 'data_objects', 'offered_by'],
    'successor',
  ],
  member: ['name_az', 'name_en', 'successor'],
}

/**
 * What became of an entry between two states of its history.
 * @param before - undefined for its first state
 * @param wasOpen - whether it was in use in any state before: until then it is not in the catalogue
 * @returns undefined where nothing changed that everybody may know
 */
export function changeBetween(
  noun: ChangedNoun,
  before: EntryState | undefined,
  after: EntryState,
  wasOpen: boolean,
): ChangeKind | undefined {
  if (after['archived'] === true) return undefined
  if (!wasOpen) return isOpen(after) ? 'connected' : undefined
  if (!before) return undefined
  const standing = standingChange(before['status'], after['status'])
  if (standing) return standing
  return shown[noun].some((name) => !isSame(noun, before[name], after[name]))
    ? 'changed'
    : undefined
}

/** What a change of standing alone is, of an entry that was in use before. */
export function standingChange(before: unknown, after: unknown): ChangeKind | undefined {
  if (standingOf(before) === standingOf(after)) return undefined
  if (after === 'liquidated') return 'ended'
  return after === 'suspended' ? 'suspended' : 'resumed'
}

export function isOpen({ status }: EntryState): boolean {
  return standingOf(status) === 'open'
}

/** Works are no change of standing. */
function standingOf(status: unknown): unknown {
  return status === 'active' || status === 'maintenance' ? 'open' : status
}

function isSame(noun: ChangedNoun, before: unknown, after: unknown): boolean {
  // A column that came with a later build was not there before, which is no change.
  return isDeepStrictEqual(publicPart(noun, before) ?? null, publicPart(noun, after) ?? null)
}

/** Why somebody holds data a second time is not for everybody. */
function publicPart(noun: ChangedNoun, value: unknown): unknown {
  if (noun !== 'resource' || !Array.isArray(value)) return value
  return value.map((each: unknown) => {
    if (typeof each !== 'object' || each === null) return each
    const { code, name, source } = each as Record<string, unknown>
    return { code, name, source }
  })
}

/** The name in a state; undefined for a service without one. */
export function nameIn({ name_az: az, name_en: en }: EntryState): BilingualText | undefined {
  return typeof az === 'string' && typeof en === 'string' ? { az, en } : undefined
}
