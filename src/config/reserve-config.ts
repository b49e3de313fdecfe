import { z } from 'zod'
import { decisionAfterMs, replicationLagMsMax } from '../incident/limits.js'

const second = 1_000
const minute = 60_000

/** The reserve centre. */
export const reserveSchema = z.strictObject({
  /** Standbys of the database that there should be; fewer is an incident. */
  standbys: z.int().min(0).max(8).default(0),
  /** A standby that is further behind is an incident. */
  lagSecondsMax: z
    .int()
    .min(1)
    .max(86_400)
    .default(replicationLagMsMax / second),
  /** After so long without removal a failure raises the decision whether the reserve centre takes over. */
  decisionMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .default(decisionAfterMs / minute),
})

export interface ReserveConfig {
  readonly standbys: number
  readonly lagMsMax: number
  readonly decisionAfterMs: number
}

export function reserveOf(file: z.infer<typeof reserveSchema>): ReserveConfig {
  const { standbys, lagSecondsMax, decisionMinutes } = file
  return {
    standbys,
    lagMsMax: lagSecondsMax * second,
    decisionAfterMs: decisionMinutes * minute,
  }
}
