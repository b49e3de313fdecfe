import type { AuthorisedRequest } from '../../src/exchange/exchange.js'
import type { VerifiedHttpRequest } from '../../src/exchange/http-content.js'
import type { ContractTerms } from '../../src/exchange/route.js'
import type { VerifiedContent } from '../../src/exchange/signed-content.js'
import type { Breach } from '../../src/contract/breach.js'
import { ContractBook } from '../../src/contract/contract-book.js'
import { loadContract, type ServiceContract } from '../../src/contract/load-contract.js'
import { makeReady } from '../../src/contract/make-ready.js'
import { packFiles } from '../../src/contract/pack-files.js'
import type { ContractRules } from '../../src/contract/validate.js'
import { holdToSubject } from '../../src/subject/hold-to-subject.js'
import type { SampleFiles } from './contract-samples.js'
import { sampleValidated } from './sample-exchange.js'

/** The steps of a worker that have to do with one contract. */
export interface ContractLane {
  readonly contract: ServiceContract
  readonly rules: ContractRules
  readonly breaches: readonly Breach[]
  /** A request that may be made, in a consumer's protocol. */
  readonly authorised: (
    verified: VerifiedContent,
    levels?: Partial<ContractTerms>,
    protocols?: { readonly consumer?: string; readonly provider?: string },
  ) => AuthorisedRequest
}

/** Registers a contract and holds messages to it, with nothing of a bus but this. */
export async function contractLane(texts: SampleFiles): Promise<ContractLane> {
  const files = filesIn(texts)
  const contract = await loadContract(files)
  const { digest, description } = contract
  const packed = packFiles(files)
  const breaches: Breach[] = []
  const contracts = new ContractBook({ filesOf: () => packed, makeReady })
  const own = description.protocol === 'messages' ? 'rest' : description.protocol
  return {
    contract,
    breaches,
    rules: { contracts, noteBreach: (breach) => void breaches.push(breach), holdToSubject },
    authorised(verified, levels, { consumer = own, provider = own } = {}) {
      const { adapter, route, ...rest } = sampleValidated()
      const terms: ContractTerms = { digest, request: 'block', reply: 'block', ...levels }
      const authorised: unknown = {
        ...rest,
        verified,
        adapter: { ...adapter, protocol: consumer, ownPath: ownPathOf },
        route: { ...route, protocol: provider, contract: terms },
      }
      return authorised as AuthorisedRequest
    },
  }
}

/** Files of texts. */
export function filesIn(texts: SampleFiles): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]))
}

/** Here the whole path is the provider's own. */
function ownPathOf({ path }: { readonly path: string }): string {
  return path
}

/** A request in JSON to the provider's own path. */
export function jsonRequest(
  body: unknown,
  more: Partial<VerifiedHttpRequest> = {},
): VerifiedHttpRequest {
  const { verified } = sampleValidated({ payload: Buffer.from(JSON.stringify(body)) })
  if (verified.format !== 'http') throw new TypeError('no HTTP')
  const header = (name: string): string | undefined =>
    name === 'content-type' ? 'application/json' : undefined
  return { ...verified, path: '', header, ...more }
}
