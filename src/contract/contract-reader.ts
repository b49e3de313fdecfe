import type { BilingualText } from '../exchange/fault.js'
import { checkContract } from './lint/check-contract.js'
import { unpackFiles } from './pack-files.js'
import { readArchiveForRegistration, type RegistrationReading } from './register-contract.js'

/** Too many contracts are being read, or wait for it. */
export class ContractReaderBusyError extends Error {
  override readonly name = 'ContractReaderBusyError'
}

/** Reads contracts that agencies bring: where, and at what cost at most, is for who runs it to say. */
export interface ContractReader {
  /**
   * A folder in a ZIP archive that is to be registered.
   * @throws ContractReaderBusyError
   */
  readonly read: (archive: Uint8Array) => Promise<RegistrationReading>
  /**
   * What would break systems that work with the older contract. Both are packed (`packFiles`).
   * @throws ContractReaderBusyError
   */
  readonly breaks: (before: Uint8Array, after: Uint8Array) => Promise<readonly BilingualText[]>
}

/** In the thread that asks: for commands and tests, since it does nothing else meanwhile. */
export const readerInThisThread: ContractReader = {
  read: (archive) => readArchiveForRegistration(Buffer.from(archive)),
  async breaks(before, after) {
    const folder = (packed: Uint8Array) => ({ files: unpackFiles(packed), samples: new Map() })
    const { findings } = await checkContract(folder(after), folder(before))
    return findings.filter(({ severity }) => severity === 'breaking').map(({ text }) => text)
  },
}
