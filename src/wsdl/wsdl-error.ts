import type { BilingualText } from '../exchange/fault.js'

/** One thing in a WSDL that the bus cannot use, and where it stands. */
export interface WsdlProblem {
  readonly file: string
  /** From 1; 0 where it is nowhere in particular. */
  readonly line: number
  readonly text: BilingualText
}

/** A WSDL that the bus cannot use; it names everything that is wrong with it. */
export class WsdlError extends Error {
  override readonly name = 'WsdlError'
  readonly problems: readonly WsdlProblem[]

  constructor(problems: readonly WsdlProblem[], cause?: unknown) {
    super(problems.map(({ file, line, text }) => `${file}:${line}: ${text.en}`).join('\n'), {
      cause,
    })
    this.problems = problems
  }
}
