import type { ObjectKind } from '../conformity/requirement.js'

/** Annex («əlavə») to a participant's agreement: one object that is connected under it. */
export interface Annex {
  readonly id: string
  readonly agreement: string
  readonly connectionCase: string
  readonly kind: ObjectKind
  /** Identifier of the object in the registry. */
  readonly object: string
  readonly document: { readonly id: string; readonly number: string }
  readonly concludedAt: Date
  /** When the object came into the registry, and when it was connected. */
  readonly registeredAt: Date | undefined
  readonly connectedAt: Date | undefined
  /** Since when nothing is connected by it any more: its case was archived before. */
  readonly endedAt: Date | undefined
}
