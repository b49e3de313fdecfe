import { z } from 'zod'
import { executionSteps, type ToldStep } from '../exchange/execution.js'
import { controlLimits } from '../limits/contracts.js'

/** What of a contract's messages is controlled: the contract says where it stands, the bus knows no field by heart. */
export interface ControlTerms {
  readonly opens: OpensTerms | undefined
  readonly tells: TellsTerms | undefined
}

/** Its messages are cases that recipients have to execute. Places are JSON Pointers without `*`. */
export interface OpensTerms {
  readonly case: string
  readonly deadline: string | undefined
  readonly reminderDays: number
  readonly noticeHours: number
}

/** Its messages tell what became of cases. */
export interface TellsTerms {
  readonly case: string
  readonly deadline: string | undefined
  /** What every message tells, or where the code of that stands, and what each code means. */
  readonly what:
    ToldStep | { readonly event: string; readonly codes: ReadonlyMap<string, ToldStep> }
}

const { codesMax, codeCharsMax } = controlLimits
const [, ...steps] = executionSteps

// Names with `~` or `/` in them stand nowhere that a person would look for a deadline.
const place = z
  .string()
  .regex(/^(?:\/[^/~*\s]{1,100}){1,10}$/, 'must be the path of one field, such as /vereqeId')
const code = z.string().min(1).max(codeCharsMax)
const codes = z.partialRecord(z.enum(steps), z.array(code).min(1).max(codesMax))

const opens = z.strictObject({
  case: place,
  deadline: place.optional(),
  reminderDays: z
    .int()
    .min(1)
    .max(controlLimits.reminderDaysMax)
    .default(controlLimits.reminderDays),
  noticeHours: z.int().min(1).max(controlLimits.noticeHoursMax).default(controlLimits.noticeHours),
})

const tells = z
  .strictObject({
    case: place,
    deadline: place.optional(),
    means: z.enum(steps).optional(),
    event: place.optional(),
    codes: codes.optional(),
  })
  .superRefine(({ means, event, codes: given }, context) => {
    const flaw = (message: string, path: string[]): void =>
      context.addIssue({ code: 'custom', message, path })
    const isByCode = event !== undefined && given !== undefined
    if ((means === undefined) !== isByCode || (event === undefined) !== (given === undefined)) {
      flaw('must have either means, or event and codes', [])
      return
    }
    const all = Object.values(given ?? {}).flat()
    if (given && all.length === 0) flaw('must name a code', ['codes'])
    const twice = all.find((each, at) => all.indexOf(each) !== at)
    if (twice !== undefined) flaw(`the code ${twice} has two meanings`, ['codes'])
  })

/** The section `control` of `contract.yaml`. */
export const controlSchema = z
  .strictObject({ opens: opens.optional(), tells: tells.optional() })
  .refine(
    (given) => given.opens !== undefined || given.tells !== undefined,
    'must say what its messages open, or what they tell',
  )

/** @param given - as the schema let it pass */
export function controlTermsOf(given: z.infer<typeof controlSchema>): ControlTerms {
  return {
    opens: given.opens && { ...given.opens, deadline: given.opens.deadline },
    tells: given.tells && {
      case: given.tells.case,
      deadline: given.tells.deadline,
      what: whatOf(given.tells),
    },
  }
}

function whatOf({ means, event, codes: given = {} }: z.infer<typeof tells>): TellsTerms['what'] {
  if (means !== undefined) return means
  if (event === undefined) throw new TypeError('events that the schema lets pass')
  const pairs = steps.flatMap((step) =>
    (given[step] ?? []).map((each): [string, ToldStep] => [each, step]),
  )
  return { event, codes: new Map(pairs) }
}
