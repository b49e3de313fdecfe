import { checkContract } from '../contract/lint/check-contract.js'
import { ContractError, contractProblem } from '../contract/contract-error.js'
import { isOfOneService } from '../contract/contract-settings.js'
import { protocolsOf, type ServiceContract } from '../contract/load-contract.js'
import { checksOf } from '../contract/make-ready.js'
import type { BilingualText } from '../exchange/fault.js'
import type { ConnectionApplication } from './application.js'
import type { ConformityTools } from './conformity-tools.js'
import { readEndpoint, type DeclaredEndpoint } from './endpoint.js'
import { callEndpoint } from './probe/call-endpoint.js'
import { reach } from './probe/reach.js'
import { probeLimits } from './limits.js'
import type { CallsSeen, ContractSeen, RegistrySeen, Seen } from './seen.js'

/**
 * Looks at all of an object that a check can see: its contract, its endpoint, what the registry knows.
 * @throws Error where a tool fails, or `tools.signal` is aborted
 */
export async function look(
  application: ConnectionApplication,
  tools: ConformityTools,
): Promise<Seen> {
  const { endpoint } =
    application.kind === 'service' ? readEndpoint(application.declaration) : noEndpoint
  const contract = await contractOf(application, endpoint, tools)
  const limit = AbortSignal.timeout(probeLimits.allMsMax)
  const signal = tools.signal ? AbortSignal.any([limit, tools.signal]) : limit
  const reached = await reach(endpoint, tools.addresses, signal)
  const { pinned, transport } = reached
  const calls =
    pinned && endpoint
      ? await callEndpoint({ application, endpoint, pinned, contract, tools, signal })
      : notCalled(endpoint)
  tools.signal?.throwIfAborted()
  const registry = await registryOf(application, tools)
  return { application, endpoint, contract, transport, calls, registry }
}

const noEndpoint: { readonly endpoint: DeclaredEndpoint | undefined } = { endpoint: undefined }

function notCalled(endpoint: DeclaredEndpoint | undefined): CallsSeen {
  return { missing: endpoint?.protocol === 'mq' ? byQueues : notReached }
}

const byQueues: BilingualText = {
  az: 'Xidmət sorğuları növbədən oxuyur; qeydiyyatdan əvvəl proqram oraya sınaq mesajı göndərə bilmir',
  en: 'The service reads its requests from a queue, and before its registration no program can send a test message there',
}

const notReached: BilingualText = {
  az: 'Ünvana etibarlı bağlantı olmadığı üçün sınaq sorğusu göndərilməyib (TT-02)',
  en: 'No test request was sent, since there is no trusted connection (TT-02)',
}

async function contractOf(
  { kind, contract: name, objectId }: ConnectionApplication,
  endpoint: DeclaredEndpoint | undefined,
  tools: ConformityTools,
): Promise<ContractSeen> {
  if (kind !== 'service' || name === undefined) return { contract: undefined, problems: [] }
  try {
    const { files } = await tools.contract(name)
    // Samples show what a contract means and are no part of it: at the desk there are none.
    const { contract, findings } = await checkContract({ files, samples: new Map() })
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (!contract) return { contract, problems: errors }
    const problems = [...errors, ...otherwise(contract, objectId, endpoint)]
    const personal = findings.filter(({ rule }) => rule === 'TT-06')
    return { contract, problems, personal, checks: checksOf(contract) }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    return { contract: undefined, problems: error.problems }
  }
}

/** Whether the contract is of the service that the application is for. */
function otherwise(
  { settings, description }: ServiceContract,
  objectId: string,
  endpoint: DeclaredEndpoint | undefined,
): ReturnType<typeof contractProblem>[] {
  const { service } = settings
  const isOfIt = isOfOneService(service)
    ? service === objectId
    : service.slice(1) ===
      objectId
        .split('/')
        .slice(-2)
        .map((part) => `/${part}`)
        .join('')
  const problems = []
  if (!isOfIt) {
    const az = `Təsvir başqa xidmət üçündür: ${service}`
    problems.push(contractProblem('contract.yaml', 0, az, `It is of another service: ${service}`))
  }
  const protocols = protocolsOf(description)
  if (endpoint && !protocols.includes(endpoint.protocol)) {
    const told = protocols.join(', ')
    const az = `Təsvir ${told} üçündür, bəyan edilən protokol isə ${endpoint.protocol}`
    const en = `It is for ${told}, and the declared protocol is ${endpoint.protocol}`
    problems.push(contractProblem('', 0, az, en))
  }
  return problems
}

async function registryOf(
  application: ConnectionApplication,
  { registry }: ConformityTools,
): Promise<RegistrySeen | undefined> {
  if (!registry) return undefined
  return {
    duplicates: await registry.findDuplicates(application),
    held: await registry.asksForHeld(application),
    hasPersonalDataEntry: await registry.hasPersonalDataEntry(application),
  }
}
