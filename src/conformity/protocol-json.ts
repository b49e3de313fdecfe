import type { CheckLine, CheckProtocol } from './requirement.js'

type LineJson = Omit<CheckLine, 'remedy' | 'tookMs' | 'officer'> &
  Partial<Pick<CheckLine, 'remedy' | 'tookMs' | 'officer'>>

/** A check protocol as JSON has it: what is not there is left out. */
export interface CheckProtocolJson {
  readonly requirementSet: number
  readonly startedAt: string
  readonly endedAt: string
  readonly lines: readonly LineJson[]
}

/** A check protocol for files and for the API. */
export function protocolJson(protocol: CheckProtocol): CheckProtocolJson {
  const { requirementSet, startedAt, endedAt, lines } = protocol
  return {
    requirementSet,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    lines: lines.map(lineJson),
  }
}

function lineJson({ code, result, finding, remedy, tookMs, officer }: CheckLine): LineJson {
  return {
    ...{ code, result, finding },
    ...(remedy && { remedy }),
    ...(tookMs !== undefined && { tookMs }),
    ...(officer && { officer }),
  }
}
