import { descriptionLimits } from '../limits/contracts.js'
import { openApiTexts, type OpenApiRule } from './problem-text.js'

/** A word of the description in a problem's text. */
const termCharsMax = 200

/** A place in the files of a contract: a file and a JSON pointer (RFC 6901) in it. */
export interface Place {
  readonly file: string
  readonly pointer: string
}

/** One reason why a description is not taken. */
export interface OpenApiProblem extends Place {
  readonly rule: OpenApiRule
  readonly az: string
  readonly en: string
}

/** A description that is not taken, with every reason found, up to `descriptionLimits.problemsMax`. */
export class OpenApiError extends Error {
  override readonly name = 'OpenApiError'
  readonly problems: readonly OpenApiProblem[]

  constructor(problems: readonly OpenApiProblem[]) {
    super(problems.map(({ file, pointer, en }) => `${file}#${pointer}: ${en}`).join('\n'))
    this.problems = problems
  }
}

/** What is found wrong while a description is read, so that an agency learns all of it at once. */
export class Problems {
  readonly #found: OpenApiProblem[] = []

  add({ file, pointer }: Place, rule: OpenApiRule, term: string | number = ''): void {
    if (this.#found.length === descriptionLimits.problemsMax) return
    const { az, en } = openApiTexts[rule]
    const fill = (text: string): string => text.replace('{term}', () => shortened(String(term)))
    this.#found.push({ file, pointer, rule, az: fill(az), en: fill(en) })
  }

  get all(): readonly OpenApiProblem[] {
    return this.#found
  }

  /** @throws OpenApiError when something was found */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new OpenApiError(this.#found)
  }
}

function shortened(term: string): string {
  return term.length > termCharsMax ? `${term.slice(0, termCharsMax)}…` : term
}
