import { MappingError } from '../mediation/mapping-problem.js'
import { noRefinement, readRefinement } from '../mediation/refinement.js'
import { soapMapping, type SoapServiceMapping } from '../mediation/soap-mapping.js'
import {
  isMessageContract,
  readMessageContract,
  type MessageContract,
} from '../openapi/message-contract.js'
import { OpenApiError } from '../openapi/openapi-error.js'
import type { OpenApiDescription } from '../openapi/openapi-model.js'
import { readOpenApi, readRegisteredOpenApi } from '../openapi/read-openapi.js'
import { messageService } from '../views/message-service.js'
import { restServiceInSoap, type RestServiceInSoap } from '../views/rest-service.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { WsdlError } from '../wsdl/wsdl-error.js'
import type { WsdlDescription, WsdlOperation } from '../wsdl/wsdl-model.js'
import { ContractError, contractProblem } from './contract-error.js'
import { digestOf, type ContractFiles } from './contract-files.js'
import { readSettings, settingsFile, type ContractSettings } from './contract-settings.js'

/** The file that refines the mapping into the other protocol, where there is one. */
export const mappingFile = 'mapping.yaml'

/** A contract as its files say it. */
export interface ServiceContract {
  readonly digest: string
  readonly settings: ContractSettings
  readonly description: ContractDescription
}

export type ContractDescription = SoapDescription | RestDescription | MessageDescription

/** Protocols of the services that a contract may be of. */
export function protocolsOf({ protocol }: ContractDescription): readonly string[] {
  return protocol === 'messages' ? ['rest', 'mq'] : [protocol]
}

/** One operation of a WSDL. */
export interface SoapDescription {
  readonly protocol: 'soap'
  readonly wsdl: WsdlDescription
  readonly operation: WsdlOperation
  /** For consumers that speak REST; undefined where the settings want none. */
  readonly mapping: SoapServiceMapping | undefined
}

/** All operations of an OpenAPI description. */
export interface RestDescription {
  readonly protocol: 'rest'
  readonly openApi: OpenApiDescription
  /** For consumers that speak SOAP; undefined where the settings want none. */
  readonly inSoap: RestServiceInSoap | undefined
}

/** JSON messages, whatever brings them. */
export interface MessageDescription {
  readonly protocol: 'messages'
  readonly messages: MessageContract
  /** The name of the only operation: the service code. */
  readonly operation: string
  /** The messages as a POST of the request. */
  readonly openApi: OpenApiDescription
  /** For consumers that speak SOAP; undefined where the settings want none. */
  readonly inSoap: RestServiceInSoap | undefined
}

/**
 * Reads a contract that an agency brings.
 * @throws ContractError with everything that is wrong
 */
export async function loadContract(files: ContractFiles): Promise<ServiceContract> {
  const settings = settingsIn(files)
  const { description } = settings
  if (isWsdl(description)) return contractOf(files, settings, soapDescription(files, settings))
  refuseFilesBeside(settings)
  if (isMessageContract(files, description)) {
    return contractOf(files, settings, messageDescription(files, settings))
  }
  try {
    const openApi = await readOpenApi(files, description)
    return contractOf(files, settings, restDescription(files, settings, openApi))
  } catch (error) {
    throw asContractError(error)
  }
}

/**
 * Reads a contract that passed `loadContract` when it was registered.
 * @throws ContractError where this build cannot use it
 */
export function loadRegisteredContract(files: ContractFiles): ServiceContract {
  const settings = settingsIn(files)
  const { description } = settings
  if (isWsdl(description)) return contractOf(files, settings, soapDescription(files, settings))
  if (isMessageContract(files, description)) {
    return contractOf(files, settings, messageDescription(files, settings))
  }
  try {
    const openApi = readRegisteredOpenApi(files, description)
    return contractOf(files, settings, restDescription(files, settings, openApi))
  } catch (error) {
    throw asContractError(error)
  }
}

function settingsIn(files: ContractFiles): ContractSettings {
  const bytes = files.get(settingsFile)
  if (!bytes) {
    const az = `Qovluqda ${settingsFile} faylı yoxdur`
    throw new ContractError([contractProblem('', 0, az, `The folder has no ${settingsFile}`)])
  }
  const settings = readSettings(bytes)
  if (files.has(settings.description)) return settings
  const az = `description: qovluqda belə fayl yoxdur: ${settings.description}`
  const en = `description: the folder has no such file: ${settings.description}`
  throw new ContractError([contractProblem(settingsFile, 0, az, en)])
}

function isWsdl(file: string): boolean {
  return file.toLowerCase().endsWith('.wsdl')
}

/** What says how the files of a SOAP service go would be passed over in silence in another's contract. */
function refuseFilesBeside({ attachments, soapAttachments }: ContractSettings): void {
  const names = [
    ...(attachments === 'none' ? [] : ['attachments']),
    ...(soapAttachments === undefined ? [] : ['soapAttachments']),
  ]
  const problems = names.map((name) =>
    contractProblem(
      settingsFile,
      0,
      `${name}: yalnız WSDL ilə təsvir olunan xidmət üçündür`,
      `${name}: is only for a service that a WSDL describes`,
    ),
  )
  if (problems.length > 0) throw new ContractError(problems)
}

function contractOf(
  files: ContractFiles,
  settings: ContractSettings,
  description: ContractDescription,
): ServiceContract {
  return { digest: digestOf(files), settings, description }
}

/** @throws MappingError where something cannot be carried over without loss */
function restDescription(
  files: ContractFiles,
  settings: ContractSettings,
  openApi: OpenApiDescription,
): RestDescription {
  return { protocol: 'rest', openApi, inSoap: inSoapOf(files, settings, openApi) }
}

/** @throws MappingError where something cannot be carried over without loss */
function inSoapOf(
  files: ContractFiles,
  { mapping, pattern, service }: ContractSettings,
  openApi: OpenApiDescription,
): RestServiceInSoap | undefined {
  if (mapping === 'none') return undefined
  const isOneWay = pattern === 'one-way'
  return restServiceInSoap(openApi, { service, isOneWay }, digestOf(files))
}

function messageDescription(files: ContractFiles, settings: ContractSettings): MessageDescription {
  try {
    const messages = readMessageContract(files, settings.description)
    checkPattern(messages, settings)
    const operation = codeOf(settings)
    const title = `${settings.name.az} / ${settings.name.en}`
    const openApi = messageService(messages, { operation, title })
    const inSoap = inSoapOf(files, settings, openApi)
    return { protocol: 'messages', messages, operation, openApi, inSoap }
  } catch (error) {
    throw asContractError(error)
  }
}

function checkPattern(messages: MessageContract, { description, pattern }: ContractSettings): void {
  const described = messages.reply === undefined ? 'one-way' : 'request-reply'
  if (pattern === described) return
  const az = `pattern: ${description} faylına görə ${described} olmalıdır`
  const en = `pattern: must be ${described}, as ${description} describes it`
  throw new ContractError([contractProblem(settingsFile, 0, az, en)])
}

function soapDescription(files: ContractFiles, settings: ContractSettings): SoapDescription {
  try {
    const wsdl = readWsdl(files, settings.description)
    const operation = operationOf(wsdl, settings)
    return { protocol: 'soap', wsdl, operation, mapping: mappingOf(files, settings, operation) }
  } catch (error) {
    throw asContractError(error)
  }
}

/** @throws MappingError where something cannot be carried over without loss */
function mappingOf(
  files: ContractFiles,
  settings: ContractSettings,
  operation: WsdlOperation,
): SoapServiceMapping | undefined {
  if (settings.mapping === 'none') return undefined
  const refined = files.get(mappingFile)
  const refinement = refined ? readRefinement(refined) : noRefinement
  const { attachments, soapAttachments, idempotent: isIdempotent } = settings
  const contractDigest = digestOf(files)
  return soapMapping({
    ...{ operation, refinement, contractDigest, isIdempotent },
    ...{ attachments, soapAttachments },
  })
}

/** The operation that the settings name; else the only one, or the one called as the service. */
function operationOf({ operations }: WsdlDescription, settings: ContractSettings): WsdlOperation {
  const { operation } = settings
  const [only, ...others] = operations
  if (operation === undefined && only && others.length === 0) return only
  const code = codeOf(settings)
  const found = operations.find(({ name }) => name === (operation ?? code))
  if (found) return found
  const names = operations.map(({ name }) => name).join(', ')
  const az = `operation: WSDL-də belə əməliyyat yoxdur; mövcuddur: ${names}`
  const en = `operation: the WSDL has no such operation; it has: ${names}`
  throw new ContractError([contractProblem(settingsFile, 0, az, en)])
}

/** The last part of the service code. */
function codeOf({ service }: ContractSettings): string {
  return service.split('/').at(-2) ?? ''
}

/** What a reader of descriptions refuses, as a flaw of the contract; any other error stays what it is. */
export function asContractError(error: unknown): unknown {
  if (error instanceof WsdlError) return new ContractError(error.problems, error)
  if (error instanceof OpenApiError) {
    const problems = error.problems.map(({ file, pointer, az, en }) =>
      contractProblem(file, 0, `${pointer}: ${az}`, `${pointer}: ${en}`),
    )
    return new ContractError(problems, error)
  }
  if (error instanceof MappingError) {
    const problems = error.problems.map(({ path, az, en }) =>
      contractProblem(mappingFile, 0, `${path}: ${az}`, `${path}: ${en}`),
    )
    return new ContractError(problems, error)
  }
  return error
}
