import { recordAct } from '../../audit-log/audit-log.store.js'
import { ContractReaderBusyError, type ContractReader } from '../../contract/contract-reader.js'
import { summaryOf, type ContractFacts } from '../../registry/contract.js'
import { addContract } from '../../registry/registry.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { contractLimits } from '../../limits/contracts.js'
import type { OwnerReader } from '../owner-reader.js'
import { Problem } from '../problem.js'
import { scopeMemberOf } from '../scope-member.js'
import { countContracts, findContract, type KeptContract } from './contracts.store.js'
import { contractsPerSystemMax } from './limits.js'

/** Takes in contracts: what is good in every part is registered under its digest, once. */
export class ContractDesk {
  readonly #database: AdminDatabase
  readonly #owners: OwnerReader
  readonly #reader: ContractReader

  constructor(database: AdminDatabase, owners: OwnerReader, reader: ContractReader) {
    this.#reader = reader
    this.#database = database
    this.#owners = owners
  }

  /**
   * Registers the contract in an archive; one that is there already is the same one.
   * @throws Problem UNPROCESSABLE with every flaw and its place, FORBIDDEN for another's service, CONFLICT, TOO_MANY
   */
  async register(archive: Buffer, caller: Caller): Promise<KeptContract> {
    const facts = await this.#readFacts(archive)
    await this.#checkCaller(facts, caller)
    return this.#database.transaction(async (client) => {
      if (await addContract(client, facts)) {
        const system = facts.service.split('/').slice(0, -2).join('/')
        if ((await countContracts(client, system)) > contractsPerSystemMax) throw tooManyContracts()
        await recordAct(client, {
          ...{ kind: 'contract.register', ...caller.actor(), subject: `contract ${facts.digest}` },
          after: { ...summaryOf(facts), protocols: [...facts.protocols] },
        })
      }
      const kept = await findContract(client, facts.digest)
      if (!kept) throw new Error('a contract that has been registered is not there')
      return kept
    })
  }

  async #readFacts(archive: Buffer): Promise<ContractFacts> {
    const { facts, flaws } = await notTooMany(this.#reader.read(archive))
    if (facts) return facts
    const errors = flaws.map(({ place, text }) => ({ pointer: place, detail: text }))
    throw new Problem('UNPROCESSABLE', { errors: errors.slice(0, contractLimits.problemsMax) })
  }

  /** Members write contracts for their own systems, those that are still to be registered among them. */
  async #checkCaller({ service }: ContractFacts, caller: Caller): Promise<void> {
    if (caller.has('OPERATOR')) return
    const member = service.startsWith('*/') ? undefined : await scopeMemberOf(service, this.#owners)
    if (member !== undefined && caller.members.includes(member)) return
    throw new Problem('FORBIDDEN', {
      detail: {
        az: `Bu müqavilə ${service} xidməti üçündür, o isə sizin sisteminizin deyil`,
        en: `This contract is for ${service}, which is not of a system of yours`,
      },
    })
  }
}

/** @throws Problem TOO_MANY where the reader has contracts enough to read, and what it throws */
export async function notTooMany<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof ContractReaderBusyError) throw new Problem('TOO_MANY', { cause: error })
    throw error
  }
}

function tooManyContracts(): Problem {
  return new Problem('CONFLICT', {
    detail: {
      az: `Bir sistemin xidmətləri üçün ən çoxu ${contractsPerSystemMax} müqavilə ola bilər`,
      en: `There may be ${contractsPerSystemMax} contracts for services of one system`,
    },
  })
}
