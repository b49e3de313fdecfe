import type { ServiceId } from '../exchange/identifier.js'
import { ownFaceOf, pathOnBus } from '../views/openapi-from-rest.js'
import { restFaceOf } from '../views/openapi-from-wsdl.js'
import { bundleWsdl } from '../wsdl/bundle-wsdl.js'
import type { ContractFiles } from './contract-files.js'
import { isOfOneService } from './contract-settings.js'
import type { ServiceContract } from './load-contract.js'
import type { ReadyContract } from './ready-contract.js'

/**
 * The two faces of a service: its WSDL for who speaks SOAP, its OpenAPI for who speaks REST. Each is made once, whatever
 * address the bus is asked by; so is the finding that there is none.
 */
export function facesOf(contract: ServiceContract, files: ContractFiles): ReadyContract['face'] {
  const wsdl = once(() => wsdlOf(contract, files))
  const { service: named } = contract.settings
  // Of a contract for many a stand-in, in whose place each reader's own service is told.
  const described = isOfOneService(named) ? named : (`*/*/*/${named}` as ServiceId)
  const openApi = once(() => aroundServer(openApiOf(contract, described, serverMark)))
  return (face, service, server) => {
    if (face === 'wsdl') return wsdl()
    const around = openApi()
    if (!around) return undefined
    const { before, after } = around
    const whole = Buffer.concat([before, Buffer.from(JSON.stringify(server)), after])
    return described === named ? whole : withPathOf(whole, described, service)
  }
}

/** The same description with a service's own path in it: names of members, which begin with a quotation mark. */
function withPathOf(openApi: Buffer, standIn: ServiceId, service: ServiceId): Buffer {
  const text = openApi.toString()
  return Buffer.from(text.replaceAll(`"${pathOnBus(standIn)}`, () => `"${pathOnBus(service)}`))
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
  return description.protocol === 'soap'
    ? bundleWsdl(files, settings.description)
    : description.inSoap?.wsdl
}

function openApiOf(
  { description, settings }: ServiceContract,
  service: ServiceId,
  server: string,
): Uint8Array | undefined {
  const isOneWay = settings.pattern === 'one-way'
  if (description.protocol !== 'soap') {
    return ownFaceOf({ service, description: description.openApi, server, isOneWay })
  }
  const shapes = description.mapping?.shapes
  if (!shapes) return undefined
  const title = `${settings.name.az} / ${settings.name.en}`
  const { documentation } = description.operation
  return restFaceOf({
    service,
    shapes,
    title,
    description: documentation || title,
    server,
    isOneWay,
  })
}
