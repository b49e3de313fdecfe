import { ContractError, contractProblem, type ContractProblem } from '../contract-error.js'
import { settingsFile } from '../contract-settings.js'
import type { ServiceContract } from '../load-contract.js'
import { fieldsOf } from './contract-fields.js'
import type { Field } from './field.js'

/**
 * Holds what a contract says of control to its own description: each place is one field of the request, and of a type that
 * can be read. What could not be read at run time would be controlled by nobody, in silence.
 * @throws ContractError with everything that is wrong
 */
export function checkControl(contract: ServiceContract): void {
  const { control, pattern } = contract.settings
  if (!control) return
  const problems: ContractProblem[] = []
  const flaw = (place: string, az: string, en: string): void => {
    const where = `control.${place}`
    problems.push(contractProblem(settingsFile, 0, `${where}: ${az}`, `${where}: ${en}`))
  }
  if (pattern !== 'one-way') {
    flaw('opens', 'yalnız pattern: one-way üçündür', 'is only for pattern: one-way')
  }
  const { opens, tells } = control
  const places = new Places(contract, flaw)
  if (opens) {
    if (places.check('opens.case', opens.case, ids)?.min === 0) {
      flaw('opens.case', `${opens.case} məcburi olmalıdır`, `${opens.case} must be required`)
    }
    places.check('opens.deadline', opens.deadline, dates)
  }
  if (tells) {
    places.check('tells.case', tells.case, ids)
    places.check('tells.deadline', tells.deadline, dates)
    if (typeof tells.what !== 'string') {
      const event = places.check('tells.event', tells.what.event)
      for (const code of tells.what.codes.keys()) {
        if (event?.enumeration?.includes(code) ?? true) continue
        flaw('tells.codes', `təsvirdə belə kod yoxdur: ${code}`, `there is no such code: ${code}`)
      }
    }
  }
  if (problems.length > 0) throw new ContractError(problems)
}

/** Types of one kind, and what they are called in words. */
interface Types {
  readonly json: readonly string[]
  readonly xml: readonly string[]
}

const ids: Types = { json: ['string:uuid'], xml: ['string', 'token', 'normalizedString'] }
const dates: Types = { json: ['string:date', 'string:date-time'], xml: ['date', 'dateTime'] }

class Places {
  readonly #isXml: boolean
  readonly #fields: readonly (readonly [path: string, field: Field])[]
  readonly #flaw: (place: string, az: string, en: string) => void

  constructor(contract: ServiceContract, flaw: (place: string, az: string, en: string) => void) {
    this.#isXml = contract.description.protocol === 'soap'
    this.#flaw = flaw
    this.#fields = fieldsOf(contract)
      .filter(({ part }) => part === 'request')
      .map((field) => [this.#within(field), field])
  }

  /** @returns the field; undefined where nothing is to be found, or nothing that will do */
  check(place: string, path: string | undefined, types?: Types): Field | undefined {
    if (path === undefined) return undefined
    const found = this.#fields.filter(([each]) => each === path).map(([, field]) => field)
    const [first] = found
    if (!first) {
      this.#flaw(place, `sorğuda belə sahə yoxdur: ${path}`, `the request has no field ${path}`)
      return undefined
    }
    if (this.#fields.some(([each, { max }]) => max > 1 && isAround(each, path))) {
      this.#flaw(place, `${path} siyahıdadır`, `${path} may be there several times`)
      return undefined
    }
    const wanted = types && (this.#isXml ? types.xml : types.json)
    if (wanted && found.some(({ type }) => !wanted.includes(type))) {
      const named = wanted.join(', ')
      this.#flaw(place, `${path} bu növdən olmalıdır: ${named}`, `${path} must be of: ${named}`)
    }
    return first
  }

  /** The path in the message: behind an operation's id, and in XML behind the root element, whose name is no part of it. */
  #within({ path }: Field): string {
    const bare = path.slice(Math.max(path.indexOf('/'), 0))
    if (!this.#isXml) return bare
    const at = bare.indexOf('/', 1)
    return at === -1 ? '' : bare.slice(at)
  }
}

/** Whether a field is this one, or has it inside. */
function isAround(outer: string, path: string): boolean {
  return outer !== '' && (path === outer || path.startsWith(`${outer}/`))
}
