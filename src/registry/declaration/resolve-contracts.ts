import type { ContractReading, ContractSummary } from '../contract.js'
import type { Declaration, DeclaredService } from './declaration.js'
import { fieldPlace, report } from './yaml-place.js'

/** Absolute paths of the folders that declarations name as contracts, each once. */
export function contractFolders(declarations: readonly Declaration[]): Set<string> {
  const folders = declarations.flatMap(({ services }) =>
    services.flatMap(({ patch }) => patch.contract?.folder ?? []),
  )
  return new Set(folders)
}

/**
 * Puts what folders hold in their place. What is wrong with a contract is reported where it is named, and
 * nothing is put there.
 */
export function resolveContracts(
  declaration: Declaration,
  readings: ReadonlyMap<string, ContractReading>,
): Declaration {
  return { ...declaration, services: declaration.services.map((each) => resolved(each, readings)) }
}

/** Puts beside a digest what the contract says which the registry has under it. */
export function withKnownContracts(
  declaration: Declaration,
  known: ReadonlyMap<string, ContractSummary | undefined>,
): Declaration {
  const services = declaration.services.map((declared) => {
    const { patch } = declared
    const { digest, facts } = patch.contract ?? {}
    const summary = digest === undefined || facts ? undefined : known.get(digest)
    if (digest === undefined || !summary) return declared
    const contract = { digest, facts: { ...summary, digest, files: noFiles } }
    return { ...declared, patch: { ...patch, contract } }
  })
  return { ...declaration, services }
}

// The registry has them.
const noFiles = new Uint8Array()

function resolved(
  declared: DeclaredService,
  readings: ReadonlyMap<string, ContractReading>,
): DeclaredService {
  const { patch, at } = declared
  const folder = patch.contract?.folder
  const reading = folder === undefined ? undefined : readings.get(folder)
  if (!reading) return declared
  const { facts, flaws } = reading
  if (facts) {
    return { ...declared, patch: { ...patch, contract: { digest: facts.digest, facts } } }
  }
  for (const { place, problem } of flaws) {
    report(
      fieldPlace(at, 'contract'),
      `cannot be registered: ${place === '' ? '' : `${place}: `}${problem}`,
      'Correct the contract; sluice contract check says more.',
    )
  }
  return declared
}
