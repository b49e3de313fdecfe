import type { BilingualText } from '../exchange/fault.js'

/** One thing that is wrong with a contract, or worth a look, and where. */
export interface ContractProblem {
  /** Path in the contract's folder with forward slashes; empty for the contract as a whole. */
  readonly file: string
  /** From 1; 0 where it is nowhere in particular. */
  readonly line: number
  readonly text: BilingualText
}

/** A contract that cannot be used; it names everything that is wrong with it. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly problems: readonly ContractProblem[]

  constructor(problems: readonly ContractProblem[], cause?: unknown) {
    super(problems.map((each) => `${placeText(each)}: ${each.text.en}`).join('\n'), { cause })
    this.problems = problems
  }
}

/** Makes a problem. */
export function contractProblem(
  file: string,
  line: number,
  az: string,
  en: string,
): ContractProblem {
  return { file, line, text: { az, en } }
}

/** `service.wsdl:12`, `contract.yaml`, or the empty text for the contract as a whole. */
export function placeText({ file, line }: ContractProblem): string {
  return line > 0 ? `${file}:${line}` : file
}
