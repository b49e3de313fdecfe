import type { ServiceId, SubsystemId } from '../exchange/identifier.js'

/**
 * Announced works: from `from` until just before `until` the gate answers for a system or a service by itself,
 * on every node, whoever started the works or forgot to.
 */
export interface MaintenanceWindow {
  readonly id: string
  /** A system with all that it offers, or one version of a service. */
  readonly target: SubsystemId | ServiceId
  readonly from: Date
  /** The planned end; where the works ended earlier, that moment. */
  readonly until: Date
  readonly isCalledOff: boolean
}
