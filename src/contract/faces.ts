import { ownFaceOf } from '../views/openapi-from-rest.js'
import { restFaceOf } from '../views/openapi-from-wsdl.js'
import { bundleWsdl } from '../wsdl/bundle-wsdl.js'
import type { ContractFiles } from './contract-files.js'
import type { ServiceContract } from './load-contract.js'
import type { ReadyContract } from './ready-contract.js'

/**
 * The two faces of a service: its WSDL for who speaks SOAP, its OpenAPI for who speaks REST. Each is made once, whatever
 * address the bus is asked by; so is the finding that there is none.
 */
export function facesOf(contract: ServiceContract, files: ContractFiles): ReadyContract['face'] {
  const wsdl = once(() => wsdlOf(contract, files))
  const openApi = once(() => aroundServer(openApiOf(contract, serverMark)))
  return (face, server) => {
    if (face === 'wsdl') return wsdl()
    const around = openApi()
    return (
      around && Buffer.concat([around.before, Buffer.from(JSON.stringify(server)), around.after])
    )
  }
}

/** Stands in the face for the bus's address. */
const serverMark = 'urn:sluice:server'

/** A description without the one text that is each reader's own. */
interface AroundServer {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** Within a text of JSON the quotation marks would be escaped: what is found is the member itself. */
function aroundServer(openApi: Uint8Array | undefined): AroundServer | undefined {
  if (!openApi) return undefined
  const mark = JSON.stringify(serverMark)
  const member = `"servers":[{"url":${mark}}]`
  const bytes = Buffer.from(openApi.buffer, openApi.byteOffset, openApi.length)
  const at = bytes.indexOf(member)
  if (at < 0) throw new TypeError('a description without servers')
  const start = at + member.indexOf(mark)
  return { before: bytes.subarray(0, start), after: bytes.subarray(start + mark.length) }
}

/** What is made at the first call, or why it could not be. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | { readonly error: unknown } | undefined
  return () => {
    made ??= attempt(make)
    if ('error' in made) throw made.error
    return made.value
  }
}

function attempt<Made>(make: () => Made): { readonly value: Made } | { readonly error: unknown } {
  try {
    return { value: make() }
  } catch (error) {
    return { error }
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
