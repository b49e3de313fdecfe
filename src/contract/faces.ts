import { contractLimits } from '../limits.js'
import { ownFaceOf } from '../views/openapi-from-rest.js'
import { restFaceOf } from '../views/openapi-from-wsdl.js'
import { bundleWsdl } from '../wsdl/bundle-wsdl.js'
import type { ContractFiles } from './contract-files.js'
import type { ServiceContract } from './load-contract.js'
import type { ReadyContract } from './ready-contract.js'

/** The two faces of a service: its WSDL for who speaks SOAP, its OpenAPI for who speaks REST. */
export function facesOf(contract: ServiceContract, files: ContractFiles): ReadyContract['face'] {
  let wsdl: Uint8Array | undefined
  // By the name under which the bus is reached, of which there are one or two.
  const openApis = new Map<string, Uint8Array | undefined>()
  return (face, server) => {
    if (face === 'wsdl') return (wsdl ??= wsdlOf(contract, files))
    if (openApis.has(server)) return openApis.get(server)
    if (openApis.size >= contractLimits.facesMax) openApis.clear()
    const made = openApiOf(contract, server)
    openApis.set(server, made)
    return made
  }
}

function wsdlOf(
  { description, settings }: ServiceContract,
  files: ContractFiles,
): Uint8Array | undefined {
  if (description.protocol === 'messages') return undefined
  return description.protocol === 'soap'
    ? bundleWsdl(files, settings.description)
    : description.inSoap?.wsdl
}

function openApiOf(
  { description, settings }: ServiceContract,
  server: string,
): Uint8Array | undefined {
  const { service } = settings
  if (description.protocol === 'rest') {
    return ownFaceOf({ service, description: description.openApi, server })
  }
  if (description.protocol === 'messages') return undefined
  const shapes = description.mapping?.shapes
  if (!shapes) return undefined
  const title = `${settings.name.az} / ${settings.name.en}`
  const { documentation } = description.operation
  return restFaceOf({ service, shapes, title, description: documentation || title, server })
}
