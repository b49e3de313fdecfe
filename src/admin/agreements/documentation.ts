import { documentationsAtHandMax } from '../../agreement/limits.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import { ContractError } from '../../contract/contract-error.js'
import {
  documentationOf,
  validateDocumentation,
  type Documentation,
} from '../../contract/documentation.js'
import type { ServiceContract } from '../../contract/load-contract.js'
import type { ServiceId } from '../../exchange/identifier.js'
import { Problem } from '../problem.js'
import { filesOf } from '../contracts/contracts.store.js'
import { contractDigestOf, type FactsReader } from './agreement-facts.store.js'

/** A description that leaves to its reader where the bus is. */
const nowhere = '/'

/**
 * The contract that a case is about.
 * @returns undefined for what has none
 * @throws Problem UNPROCESSABLE for one that the registry does not have
 */
export async function contractOf(
  database: FactsReader,
  { kind, objectId, application }: ConnectionCase,
): Promise<ServiceContract | undefined> {
  const { contract: digest } = application
  if (kind !== 'service' || digest === undefined) return undefined
  const files = await filesOf(database, digest)
  if (files) return made(digest, files, objectId as ServiceId).contract
  throw new Problem('UNPROCESSABLE', {
    errors: [
      {
        pointer: '/application/contract',
        detail: { az: 'belə təsvir yüklənməyib', en: 'is no contract that was uploaded' },
      },
    ],
  })
}

/**
 * Looks whether the documentation of a service stands before anybody uses it.
 * @throws Problem CONFLICT for a service without a contract, or whose documentation does not
 */
export async function checkDocumentation(database: FactsReader, service: ServiceId): Promise<void> {
  const digest = await contractDigestOf(database, service)
  const files = digest === undefined ? undefined : await filesOf(database, digest)
  if (digest === undefined || !files) {
    throw new Problem('CONFLICT', {
      detail: { az: 'Xidmətin təsviri yoxdur', en: 'The service has no contract' },
    })
  }
  try {
    await validateDocumentation(made(digest, files, service))
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    throw new Problem('CONFLICT', {
      detail: {
        az: 'Xidmətin sənədləri yaradıla bilmədi',
        en: 'The documentation of the service could not be made',
      },
      cause: error,
    })
  }
}

/** Documentation of services, a few of them at hand: each costs some milliseconds to make. */
export class Documentations {
  readonly #database: FactsReader
  readonly #atHand = new Map<string, Documentation>()

  constructor(database: FactsReader) {
    this.#database = database
  }

  /** @throws Problem NOT_FOUND for no service, or one without a contract */
  async of(service: ServiceId): Promise<Documentation> {
    const digest = await contractDigestOf(this.#database, service)
    if (digest === undefined) throw new Problem('NOT_FOUND')
    const key = `${digest} ${service}`
    const known = this.#atHand.get(key)
    if (known) return known
    const files = await filesOf(this.#database, digest)
    if (!files) throw new Problem('NOT_FOUND')
    const documentation = made(digest, files, service)
    const [oldest] = this.#atHand.keys()
    if (this.#atHand.size >= documentationsAtHandMax && oldest !== undefined) {
      this.#atHand.delete(oldest)
    }
    this.#atHand.set(key, documentation)
    return documentation
  }
}

function made(digest: string, files: Uint8Array, service: ServiceId): Documentation {
  return documentationOf(digest, files, service, nowhere)
}
