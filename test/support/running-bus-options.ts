import { parseArgs } from 'node:util'

/** What the hammer does, in this order. */
export const trialNames = ['workers', 'bus', 'nodes'] as const
export type TrialName = (typeof trialNames)[number]

export interface HammerOptions {
  /** Kills of each kind. */
  readonly kills: number
  /** Messages over two nodes. */
  readonly messages: number
  readonly trials: readonly TrialName[]
}

const killsMax = 10_000
const messagesMax = 1_000_000

/** @throws Error naming the option: what was not done must not get a good verdict */
export function readHammerOptions(args: readonly string[]): HammerOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '100' },
      messages: { type: 'string', default: '10000' },
      only: { type: 'string', default: trialNames.join(',') },
    },
  })
  return {
    kills: count('kills', values.kills, killsMax),
    messages: count('messages', values.messages, messagesMax),
    trials: values.only.split(',').map(trialOf),
  }
}

function count(option: string, text: string, max: number): number {
  const value = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw new Error(`--${option} must be a whole number from 1 to ${max}`)
}

function trialOf(name: string): TrialName {
  const found = trialNames.find((each) => each === name)
  if (!found) throw new Error(`--only must name some of ${trialNames.join(',')}`)
  return found
}
