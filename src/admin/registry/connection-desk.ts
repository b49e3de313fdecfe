import type { Plan } from '../../registry/plan/plan.js'
import { Problem } from '../problem.js'

/** Whether subsystems and services come into the registry by connection cases only (`admin.connectionDesk`). */
export type ConnectionDeskRule = 'required' | 'optional'

/** Keeps the API's other ways of making subsystems and services closed, where the procedure is required. */
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
}

const byTheDesk = {
  az: 'Yeni sistem və xidmətlər yalnız qoşulma işi ilə qeydiyyata alınır: POST /v1/connection-cases',
  en: 'New systems and services are registered by a connection case only: POST /v1/connection-cases',
}
