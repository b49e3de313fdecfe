import type { BilingualText } from '../../exchange/fault.js'
import { Problem, type ProblemPlace } from '../problem.js'

/** Who takes an obstacle away. */
export const obstacleSides = ['participant', 'operator', 'both'] as const
type ObstacleSide = (typeof obstacleSides)[number]

const correction: BilingualText = {
  az: 'POST …/correction ilə düzəldin',
  en: 'Put it right by POST …/correction',
}
const hopeless: BilingualText = {
  az: 'Müraciət artıq dəyişmir: operator işi arxivə verir (POST …/archiving), iştirakçı yenidən müraciət edir',
  en: 'The application does not change any more: the operator archives the case (POST …/archiving), and the participant applies anew',
}

const obstacles = {
  agreement: [
    'both',
    {
      az: 'Müqavilə bağlayın: POST /v1/agreements, sonra hər iki tərəfin təsdiqi',
      en: 'Conclude one: POST /v1/agreements, and the acceptance of both sides',
    },
  ],
  system: [
    'both',
    {
      az: 'Əvvəlcə sistemin öz qoşulma işini qeydiyyata çatdırın',
      en: 'Bring the connection case of the system to its registration first',
    },
  ],
  member: [
    'operator',
    {
      az: 'İştirakçının dayandırılmasına son qoyun',
      en: 'Resume the participant, which is suspended',
    },
  ],
  object: ['operator', hopeless],
  declaration: ['operator', hopeless],
  duplicate: ['participant', correction],
  'personal-data': ['operator', hopeless],
  contract: [
    'participant',
    {
      az: 'Təsviri yükləyin: POST /v1/contracts',
      en: 'Upload the contract: POST /v1/contracts',
    },
  ],
  certificate: ['participant', correction],
  ca: [
    'operator',
    {
      az: 'Sertifikat mərkəzini işə salın və ya başqa qovşaqda qeydiyyata alın',
      en: 'Put the CA into order, or register on a node that has one',
    },
  ],
} as const satisfies Readonly<Record<string, readonly [ObstacleSide, BilingualText]>>

/** What stands in the way of a registration. */
export type ObstacleName = keyof typeof obstacles

/** Obstacles to a registration, as they are found: one does not hide the next. */
export class Obstacles {
  readonly #found: { readonly name: ObstacleName; readonly problem: Problem }[] = []

  add(name: ObstacleName, problem: Problem): void {
    this.#found.push({ name, problem })
  }

  /** What `work` makes; undefined where there is something against it. @throws what is no Problem */
  note<Result>(name: ObstacleName, work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      this.#take(name, error)
      return undefined
    }
  }

  async noteAsync(name: ObstacleName, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#take(name, error)
    }
  }

  /**
   * @param phase - `registration`: whose side each is, and what to do about it; before that whoever applies changes the application
   * @throws Problem with every obstacle, UNPROCESSABLE where one of them is in the application
   */
  check(phase: 'rehearsal' | 'registration'): void {
    const [first] = this.#found
    if (!first) return
    const codes = this.#found.map(({ problem }) => problem.code)
    const code = codes.includes('UNPROCESSABLE') ? 'UNPROCESSABLE' : first.problem.code
    const detail = first.problem.errors.length === 0 ? first.problem.detail : undefined
    const errors = this.#found.flatMap(({ name, problem }) => placesOf(name, problem, phase))
    throw new Problem(code, { detail, errors })
  }

  #take(name: ObstacleName, error: unknown): void {
    if (!(error instanceof Problem)) throw error
    this.add(name, error)
  }
}

function placesOf(
  name: ObstacleName,
  { detail = '', errors }: Problem,
  phase: 'rehearsal' | 'registration',
): ProblemPlace[] {
  const places = errors.length > 0 ? errors : [{ pointer: '', detail }]
  if (phase === 'rehearsal') return places.map((place) => ({ ...place }))
  return places.map((place) => {
    const obstacle = isDuplicate(name, place) ? 'duplicate' : name
    const [side, remedy] = obstacles[obstacle]
    return { ...place, obstacle, side, remedy }
  })
}

/** Of a declaration that has a data object without a reason for holding it as well. */
function isDuplicate(name: ObstacleName, { pointer }: ProblemPlace): boolean {
  return name === 'declaration' && /\/dataObjects\/[0-9]+$/.test(pointer)
}
