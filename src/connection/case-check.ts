import type { Actor } from '../audit-log/act.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { CheckLine, CheckProtocol, CheckResult } from '../conformity/requirement.js'

/** What an officer decided of one line of a check, and why. */
export interface LineDecision {
  readonly code: string
  readonly result: Exclude<CheckResult, 'open'>
  readonly reason: string
  readonly at: Date
  readonly by: Actor
}

/** One check of a case: asked for by an officer, run by a node, judged by an officer where a node cannot. */
export interface CaseCheck {
  readonly id: string
  readonly caseId: string
  /** The recheck that it is of, where its case was at its end already. */
  readonly recheck?: string | undefined
  /** The application as it was when the check was asked for. */
  readonly application: ConnectionApplication
  readonly requirementSet: number
  readonly requestedAt: Date
  readonly requestedBy: Actor
  readonly attempts: number
  /** What went wrong with the last attempt; nothing of the applicant's. */
  readonly trouble: string | undefined
  /** As the node found it. */
  readonly protocol: CheckProtocol | undefined
  /** Oldest first. */
  readonly decisions: readonly LineDecision[]
}

/** The protocol with what officers decided; undefined while the check is running. */
export function judgedProtocol({ protocol, decisions }: CaseCheck): CheckProtocol | undefined {
  if (!protocol) return undefined
  const last = new Map(decisions.map((decision) => [decision.code, decision]))
  return { ...protocol, lines: protocol.lines.map((line) => judged(line, last.get(line.code))) }
}

function judged(line: CheckLine, decision: LineDecision | undefined): CheckLine {
  if (!decision) return line
  const { result, reason, by } = decision
  return { ...line, result, officer: { name: by.actor, reason } }
}

/** Lines with one of these results. */
export function linesOf(
  { lines }: CheckProtocol,
  ...results: readonly CheckResult[]
): readonly CheckLine[] {
  return lines.filter(({ result }) => results.includes(result))
}

/** Accounts of those who had a hand in a check: none of them signs the opinion. */
export function checkedBy({ requestedBy, decisions }: CaseCheck): ReadonlySet<string | undefined> {
  return new Set([requestedBy.account, ...decisions.map(({ by }) => by.account)])
}
