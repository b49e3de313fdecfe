import { declarationProblemsMax } from '../../limits/registry.js'

/** A place in a declaration, as people and editors name it. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** `members[0].subsystems[1].code`; empty for the file as a whole. */
  readonly field: string
}

/** What is wrong with a declaration, where, and what to do about it. */
export interface Problem extends Place {
  readonly problem: string
  readonly remedy: string
}

/** Collects what is wrong, so that all of it is told at once; holds a limited number. */
export class ProblemList {
  readonly #problems: Problem[] = []
  #dropped = 0

  add(place: Place, problem: string, remedy: string): void {
    if (this.#problems.length < declarationProblemsMax) {
      this.#problems.push({ ...place, problem, remedy })
    } else this.#dropped += 1
  }

  /** In the order of files as found, then of lines. */
  get all(): Problem[] {
    return [...this.#problems].sort(
      (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
    )
  }

  /** Problems beyond the limit, which are counted only. */
  get dropped(): number {
    return this.#dropped
  }

  get any(): boolean {
    return this.#problems.length > 0
  }
}

/** `file.yaml:12:5 members[0].code: what is wrong. What to do.` */
export function formatProblem({ file, line, column, field, problem, remedy }: Problem): string {
  const where = `${file}:${line}:${column}`
  return `${field === '' ? where : `${where} ${field}`}: ${problem}. ${remedy}`
}
