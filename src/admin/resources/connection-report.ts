import { z } from 'zod'
import { duties, ways, type KeptDuty } from './connection-list.js'

const tally = { total: z.int(), connected: z.int(), missing: z.int() }

export const reportSchema = z
  .object({
    ...tally,
    integrated: z.int().describe('Connected with a system of their own'),
    joined: z.int().describe('Connected by a place in a central system'),
    overdue: z.int().describe('Missing although the day has passed'),
    groups: z.array(z.object({ group: z.enum(duties), ...tally })),
    owners: z.array(z.object({ owner: z.string(), ...tally })),
    dueDates: z.array(z.object({ due: z.string(), ...tally })),
    missingLines: z.array(
      z.object({
        ...{ owner: z.string(), system: z.string(), object: z.string().optional() },
        ...{ due: z.string(), group: z.enum(duties), way: z.enum(ways), overdue: z.boolean() },
      }),
    ),
  })
  .meta({ id: 'ConnectionReport', description: 'Who of a list has connected, and who is missing' })
export type ConnectionReport = z.infer<typeof reportSchema>

type Tally = Pick<ConnectionReport, 'total' | 'connected' | 'missing'>

/**
 * How many of a list have connected, and who is missing: by owner, by day, by group.
 * @param today - `2020-12-31`; what is due on it is not overdue
 */
export function reportOf(lines: readonly KeptDuty[], today: string): ConnectionReport {
  const missing = lines.filter(({ isConnected }) => !isConnected)
  const connected = lines.filter(({ isConnected }) => isConnected)
  const joined = connected.filter(({ way }) => way === 'joined').length
  const by = <Key extends string>(keyOf: (line: KeptDuty) => Key): [Key, Tally][] => {
    const keys = [...new Set(lines.map(keyOf))].sort()
    return keys.map((key) => [key, tallyOf(lines.filter((line) => keyOf(line) === key))])
  }
  return {
    ...tallyOf(lines),
    ...{ joined, integrated: connected.length - joined },
    overdue: missing.filter(({ due }) => due < today).length,
    groups: by(({ duty }) => duty).map(([group, each]) => ({ group, ...each })),
    owners: by(({ owner }) => owner).map(([owner, each]) => ({ owner, ...each })),
    dueDates: by(({ due }) => due).map(([due, each]) => ({ due, ...each })),
    missingLines: missing.map(({ owner, system, object, due, duty, way }) => ({
      ...{ owner, system, ...(object !== undefined && { object }) },
      ...{ due, group: duty, way, overdue: due < today },
    })),
  }
}

function tallyOf(lines: readonly KeptDuty[]): Tally {
  const connected = lines.filter(({ isConnected }) => isConnected).length
  return { total: lines.length, connected, missing: lines.length - connected }
}
