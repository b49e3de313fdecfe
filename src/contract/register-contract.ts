import type { ExchangePattern, ValidationLevel } from '../exchange/route.js'
import type { BilingualText } from '../exchange/fault.js'
import { readContractArchive } from './contract-archive.js'
import { ContractError, placeText } from './contract-error.js'
import { readContractFolder, type ContractFolder } from './contract-files.js'
import { checkControl } from './lint/check-control.js'
import { loadContract, protocolsOf } from './load-contract.js'
import { checksOf } from './make-ready.js'
import { packFiles } from './pack-files.js'

/** What the registry is told of a contract; see its `ContractReading`. */
export type RegistrationReading =
  | {
      readonly facts: {
        readonly digest: string
        readonly files: Uint8Array
        readonly service: string
        /** Protocols of the services that it may be of. */
        readonly protocols: readonly string[]
        readonly pattern: ExchangePattern
        readonly validation: { readonly request: ValidationLevel; readonly reply: ValidationLevel }
      }
      readonly flaws?: undefined
    }
  | {
      readonly facts?: undefined
      readonly flaws: readonly {
        readonly place: string
        readonly problem: string
        readonly text: BilingualText
      }[]
    }

/** Reads the folder of a contract that is to be registered. One that is not good in every part is not. */
export async function readForRegistration(folder: string): Promise<RegistrationReading> {
  return reading(() => readContractFolder(folder))
}

/** The same of a folder in a ZIP archive. */
export async function readArchiveForRegistration(archive: Buffer): Promise<RegistrationReading> {
  return reading(() => readContractArchive(archive))
}

async function reading(
  read: () => ContractFolder | Promise<ContractFolder>,
): Promise<RegistrationReading> {
  try {
    const { files } = await read()
    const contract = await loadContract(files)
    const { digest, settings, description } = contract
    // What cannot be checked at run time is found out here.
    checksOf(contract)
    checkControl(contract)
    const { service, pattern, validation } = settings
    const protocols = protocolsOf(description)
    return { facts: { digest, files: packFiles(files), service, protocols, pattern, validation } }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    const flaws = error.problems.map((each) => ({
      ...{ place: placeText(each), problem: each.text.en, text: each.text },
    }))
    return { flaws }
  }
}
