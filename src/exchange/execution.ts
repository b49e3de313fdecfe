/** What a message says of the execution of a case; in the order in which they follow each other. */
export const executionSteps = [
  'opened',
  'registered',
  'forwarded',
  'in-execution',
  'answered',
  'archived',
] as const

export type ExecutionStep = (typeof executionSteps)[number]

/** What recipients tell of a case that was opened. */
export type ToldStep = Exclude<ExecutionStep, 'opened'>

/** One thing that a message says of a case, as its contract declares where that stands. */
export type ExecutionWord = OpenedCase | ToldCase

/** The message is a case that its recipient has to execute. */
export interface OpenedCase {
  readonly step: 'opened'
  /** A UUID. */
  readonly caseId: string
  /** The first moment at which it is too late; undefined where nothing is to be done by a day. */
  readonly deadline: Date | undefined
  /** Days before the deadline on which both sides are reminded. */
  readonly reminderDays: number
  /** Hours within which the recipient is to accept it. */
  readonly noticeHours: number
}

/** The message tells what became of a case that its sender has got from its recipient. */
export interface ToldCase {
  readonly step: ToldStep
  readonly caseId: string
  /** A new one; undefined where it stays. */
  readonly deadline: Date | undefined
}
