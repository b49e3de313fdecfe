import type { ContractFacts } from '../contract.js'
import type { Declaration } from '../declaration/declaration.js'
import { mayBeSame } from '../declaration/stand-in.js'
import { fieldPlace, report } from '../declaration/yaml-place.js'
import type { RegistryContent } from '../registry-content.js'

/**
 * Whether services are held to contracts that are theirs and are known.
 * @returns those that are new to the registry
 */
export function checkContracts(
  { contractSummaries }: Pick<RegistryContent, 'contractSummaries'>,
  declarations: readonly Declaration[],
): ContractFacts[] {
  const added = new Map<string, ContractFacts>()
  const services = declarations.flatMap((declaration) => declaration.services)
  for (const { id, patch, at } of services) {
    const facts = patch.contract?.facts
    if (!facts) continue
    if (!isOf(facts.service, id)) {
      report(
        fieldPlace(at, 'contract'),
        `is the contract of ${facts.service}`,
        'A contract is written for one version of a service, or, with */, of a service code; correct the path, or service in contract.yaml.',
      )
    }
    if (!contractSummaries.has(facts.digest)) added.set(facts.digest, facts)
  }
  for (const { patch, at } of services) {
    const { contract } = patch
    if (contract?.digest === undefined) continue
    if (contractSummaries.has(contract.digest) || added.has(contract.digest)) continue
    report(
      fieldPlace(at, 'contract'),
      'is no contract that the registry has',
      'Give the folder with its files.',
    )
  }
  return [...added.values()]
}

/** Whether a contract for `named` may be that of this service; `*` stands for any subsystem. */
function isOf(named: string, id: string): boolean {
  const [, , , , code, version] = id.split('/')
  if (!named.startsWith('*/') || code === undefined || version === undefined) {
    return mayBeSame(named, id)
  }
  return mayBeSame(named, `*/${code}/${version}`)
}
