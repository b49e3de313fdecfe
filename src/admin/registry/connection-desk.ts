import { canonicalJsonOf, type JsonValue } from '../../canonical-json.js'
import { registeredByCase } from '../../recheck/connected.store.js'
import type { EntryChange, Plan } from '../../registry/plan/plan.js'
import type { AdminPool, AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'

/** Whether subsystems and services come into the registry by connection cases only (`admin.connectionDesk`). */
export type ConnectionDeskRule = 'required' | 'optional'

/** A field of an entry that its conformity was found by, and the way by which it is changed. */
interface Checked {
  readonly read: (entry: JsonValue) => JsonValue | undefined
  readonly refusal: (object: string) => { readonly az: string; readonly en: string }
}

/**
 * Keeps the API's other ways of making subsystems and services, and of changing what was checked of them, closed, where the
 * procedure is required.
 */
export class ConnectionDeskGate {
  readonly #isRequired: boolean

  constructor(rule: ConnectionDeskRule) {
    this.#isRequired = rule === 'required'
  }

  /** @throws Problem CONFLICT where the desk is required */
  readonly checkNew = (): void => {
    if (this.#isRequired) throw new Problem('CONFLICT', { detail: byTheDesk })
  }

  /** Looks at what a declaration would make. @throws Problem CONFLICT where the desk is required for it */
  readonly accept = ({ changes }: Plan): void => {
    const makesNew = changes.some(
      ({ noun, kind }) => kind === 'added' && (noun === 'subsystems' || noun === 'services'),
    )
    if (makesNew) this.checkNew()
  }

  /**
   * Looks whether a change is one that has to be declared: of what a case has registered, by what it was found to conform.
   * @param client - in the transaction of the change, or the pool where nothing is written
   * @throws Problem CONFLICT where the desk is required, with the route that leads there
   */
  readonly checkDeclared = async (
    client: AdminTransaction | AdminPool,
    changes: readonly EntryChange[],
  ): Promise<void> => {
    if (!this.#isRequired) return
    const touched = new Map<string, Checked>()
    for (const change of changes) {
      const field = checkedFieldOf(change)
      if (field) touched.set(change.id, field)
    }
    if (touched.size === 0) return
    const [first] = await registeredByCase(client, [...touched.keys()])
    const field = first === undefined ? undefined : touched.get(first)
    if (first !== undefined && field)
      throw new Problem('CONFLICT', { detail: field.refusal(first) })
  }
}

function checkedFieldOf({ noun, before, after }: EntryChange): Checked | undefined {
  if (before === undefined || (noun !== 'services' && noun !== 'subsystems')) return undefined
  return checked[noun].find(({ read }) => textOf(read(before)) !== textOf(read(after)))
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? '' : canonicalJsonOf(value)
}

function field(name: string): Checked['read'] {
  return (entry) => (entry as { readonly [name: string]: JsonValue | undefined })[name]
}

const digestOf: Checked['read'] = (entry) =>
  (entry as { readonly contract?: { readonly digest: string } }).contract?.digest

const byDeclaration: Checked['refusal'] = (object) => ({
  az: `${object} qoşulma işi ilə qoşulub: ünvanı və müqaviləsi yalnız bəyan edilmiş dəyişikliklə dəyişir (POST /v1/declared-changes)`,
  en: `${object} was connected by a case: its address and contract change by a declared change only (POST /v1/declared-changes)`,
})

const byCase: Checked['refusal'] = (object) => ({
  az: `${object} qoşulma işi ilə qoşulub: protokol və imza qaydası yalnız yeni qoşulma işi ilə dəyişir (POST /v1/connection-cases)`,
  en: `${object} was connected by a case: how it is spoken to and signs changes by another case only (POST /v1/connection-cases)`,
})

const byOtherSystem: Checked['refusal'] = (object) => ({
  az: `${object} bu domendə qoşulma işi ilə qoşulub: başqa domendəki sistem üçün ayrıca qoşulma işi açılır (POST /v1/connection-cases)`,
  en: `${object} was connected in its domain by a case: a system in another domain has a case of its own (POST /v1/connection-cases)`,
})

const checked: Readonly<Record<'services' | 'subsystems', readonly Checked[]>> = {
  services: [
    { read: field('address'), refusal: byDeclaration },
    { read: digestOf, refusal: byDeclaration },
    { read: field('protocol'), refusal: byCase },
    { read: field('providerSignature'), refusal: byCase },
    { read: field('soap'), refusal: byCase },
  ],
  // Who admits, and whether the security body is asked, is of the domain.
  subsystems: [{ read: field('domain'), refusal: byOtherSystem }],
}

const byTheDesk = {
  az: 'Yeni sistem və xidmətlər yalnız qoşulma işi ilə qeydiyyata alınır: POST /v1/connection-cases',
  en: 'New systems and services are registered by a connection case only: POST /v1/connection-cases',
}
