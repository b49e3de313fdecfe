import { digestOf } from './contract-files.js'
import { facesOf } from './faces.js'
import {
  asContractError,
  loadRegisteredContract,
  type MessageDescription,
  type RestDescription,
  type ServiceContract,
  type SoapDescription,
} from './load-contract.js'
import { JsonChecks } from './json-checks.js'
import { messageMappings } from '../mediation/message-mapping.js'
import { QueueFace } from '../mediation/queue-face.js'
import { QueuedRest } from '../mediation/queued-rest.js'
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
    control: contract.settings.control,
    mapping: mappingsOf(contract),
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

function mappingsOf({ description, digest }: ServiceContract): ReadyContract['mapping'] {
  if (description.protocol === 'messages') {
    const { operation, inSoap } = description
    return messageMappings({ contractDigest: digest, operation, fromSoap: inSoap?.mapping })
  }
  const byConsumer =
    description.protocol === 'soap' ? ofSoap(description) : ofRest(description, digest)
  return (consumer) => byConsumer.get(consumer)
}

type ByConsumer = ReadonlyMap<string, ServiceMapping>

const noMappings: ByConsumer = new Map()

function ofSoap({ mapping, operation }: SoapDescription): ByConsumer {
  if (mapping === undefined) return noMappings
  return new Map<string, ServiceMapping>([
    ['rest', mapping],
    ['mq', new QueueFace(mapping, operation.name)],
  ])
}

/** What stands where in a message of a queue follows from what stands where in XML. */
function ofRest({ inSoap, openApi }: RestDescription, contractDigest: string): ByConsumer {
  if (inSoap === undefined) return noMappings
  const { form, mapping } = inSoap
  return new Map<string, ServiceMapping>([
    ['soap', mapping],
    ['mq', new QueuedRest({ description: openApi, form, contractDigest })],
  ])
}

function jsonChecks(description: RestDescription | MessageDescription): MessageChecks {
  try {
    return description.protocol === 'rest'
      ? new RestChecks(description.openApi)
      : new JsonChecks(description.messages)
  } catch (error) {
    throw asContractError(error)
  }
}
