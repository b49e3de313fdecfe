import type { ServiceId } from '../exchange/identifier.js'
import { readOpenApi } from '../openapi/read-openapi.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { digestOf } from './contract-files.js'
import { facesOf } from './faces.js'
import { asContractError, loadRegisteredContract, type ServiceContract } from './load-contract.js'
import { unpackFiles } from './pack-files.js'

/** What is told of a service to who is to use it, made from its contract. */
export interface Documentation {
  readonly contract: ServiceContract
  /** Undefined where the service has no such face. */
  readonly wsdl: Uint8Array | undefined
  readonly openApi: Uint8Array | undefined
}

/**
 * The documentation of a service in both faces.
 * @param packed - the files of a registered contract, as `packFiles` made them
 * @param server - where the bus is reached, an absolute address, or `/` for a description that does not say it
 * @throws ContractError where this build cannot use the contract
 * @throws Error where the files are not those that the digest names
 */
export function documentationOf(
  digest: string,
  packed: Uint8Array,
  service: ServiceId,
  server: string,
): Documentation {
  const files = unpackFiles(packed)
  if (digestOf(files) !== digest) throw new Error('the files of a contract are not what it names')
  const contract = loadRegisteredContract(files)
  const face = facesOf(contract, files)
  return {
    contract,
    wsdl: face('wsdl', service, server),
    openApi: face('openapi', service, server),
  }
}

const wsdlFile = 'service.wsdl'
const openApiFile = 'service.openapi.json'

/**
 * Reads what was made as a stranger would: the WSDL by the reader of WSDLs, the OpenAPI by its official schema.
 * @throws ContractError for what does not stand
 */
export async function validateDocumentation({ wsdl, openApi }: Documentation): Promise<void> {
  try {
    if (wsdl) readWsdl(new Map([[wsdlFile, wsdl]]), wsdlFile)
    if (openApi) await readOpenApi(new Map([[openApiFile, openApi]]), openApiFile)
  } catch (error) {
    throw asContractError(error)
  }
}
