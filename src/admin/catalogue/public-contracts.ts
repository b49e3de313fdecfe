import { ContractError } from '../../contract/contract-error.js'
import type { ContractFiles } from '../../contract/contract-files.js'
import { unpackFiles } from '../../contract/pack-files.js'
import { parseServiceId } from '../../exchange/identifier.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { contractDigestOf } from '../agreements/agreement-facts.store.js'
import { filesOf } from '../contracts/contracts.store.js'
import { Documentations } from '../agreements/documentation.js'
import { Problem } from '../problem.js'
import { namesNobody, withoutAddresses } from './public-contract.js'

/** What everybody gets of a service's contract; undefined is what there is not, or not for everybody. */
export interface PublicContract {
  readonly wsdl: string | undefined
  readonly openApi: string | undefined
  /** The registered files, where they say neither where a system is nor who works there. */
  readonly files: ContractFiles | undefined
}

const nothing: PublicContract = { wsdl: undefined, openApi: undefined, files: undefined }

/** Contracts of services as the catalogue has them. */
export class PublicContracts {
  readonly #database: AdminDatabase
  readonly #documentations: Documentations

  constructor(database: AdminDatabase) {
    this.#database = database
    this.#documentations = new Documentations(database.pool)
  }

  /**
   * @param service - one of the catalogue
   * @throws Error of the database
   */
  async of(service: string): Promise<PublicContract> {
    try {
      const { wsdl, openApi } = await this.#documentations.of(parseServiceId(service))
      const text = wsdl && withoutAddresses(textOf(wsdl))
      return { wsdl: text, openApi: openApi && textOf(openApi), files: await this.#files(service) }
    } catch (error) {
      // One that this build cannot use is told of by who is held to it.
      if (error instanceof Problem || error instanceof ContractError) return nothing
      throw error
    }
  }

  async #files(service: string): Promise<ContractFiles | undefined> {
    const { pool } = this.#database
    const digest = await contractDigestOf(pool, service)
    const packed = digest === undefined ? undefined : await filesOf(pool, digest)
    const files = packed && unpackFiles(packed)
    return files && namesNobody(files) ? files : undefined
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
