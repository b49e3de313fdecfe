import { digestOf } from './contract-files.js'
import { facesOf } from './faces.js'
import {
  asContractError,
  loadRegisteredContract,
  type MessageDescription,
  type RestDescription,
  type ServiceContract,
} from './load-contract.js'
import { JsonChecks } from './json-checks.js'
import type { ServiceMapping } from '../mediation/service-mapping.js'
import { unpackFiles } from './pack-files.js'
import type { MessageChecks, ReadyContract } from './ready-contract.js'
import { RestChecks } from './rest-checks.js'
import { SoapChecks } from './soap-checks.js'

/**
 * Makes a registered contract ready for messages.
 * @param packed - what `packFiles` made
 * @throws ContractError where this build cannot use it
 * @throws Error where the files are not those that the digest names
 */
export function makeReady(digest: string, packed: Uint8Array): ReadyContract {
  const files = unpackFiles(packed)
  if (digestOf(files) !== digest) throw new Error('the files of a contract are not what it names')
  const contract = loadRegisteredContract(files)
  return {
    digest,
    checks: checksOf(contract),
    mappings: mappingsOf(contract),
    face: facesOf(contract, files),
  }
}

/**
 * What holds messages of the provider's protocol to a contract.
 * @throws ContractError where they cannot be held to it at bounded cost
 */
export function checksOf({ description }: ServiceContract): MessageChecks {
  if (description.protocol !== 'soap') return jsonChecks(description)
  const { operation, wsdl } = description
  return new SoapChecks(operation, wsdl.schemas)
}

function mappingsOf({ description }: ServiceContract): ReadonlyMap<string, ServiceMapping> {
  if (description.protocol === 'soap') {
    return description.mapping ? new Map([['rest', description.mapping]]) : noMappings
  }
  if (description.protocol === 'messages') return noMappings
  return description.inSoap ? new Map([['soap', description.inSoap.mapping]]) : noMappings
}

const noMappings: ReadonlyMap<string, ServiceMapping> = new Map()

function jsonChecks(description: RestDescription | MessageDescription): MessageChecks {
  try {
    return description.protocol === 'rest'
      ? new RestChecks(description.openApi)
      : new JsonChecks(description.messages)
  } catch (error) {
    throw asContractError(error)
  }
}
