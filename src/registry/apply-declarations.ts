import type { ContractReading, ReadContract } from './contract.js'
import type { Declaration } from './declaration/declaration.js'
import { ProblemList } from './declaration/problem.js'
import { contractFolders, resolveContracts } from './declaration/resolve-contracts.js'
import { readDeclarationFile } from './declaration/read-declaration.js'
import type { Plan } from './plan/plan.js'
import { planChanges } from './plan/plan-changes.js'
import type { RegistryContent } from './registry-content.js'
import type { RegistryStore } from './registry.store.js'

export interface ApplyOptions {
  /** Only say what would be done. */
  readonly dryRun: boolean
  readonly now: Date
  /** Reads the contracts that files name by their folder; without it none is taken. */
  readonly readContract?: ReadContract
}

export interface Applied {
  readonly plan: Plan
  /** Whether something was written. */
  readonly written: boolean
  readonly generation: number
}

/**
 * Applies declaration files to the registry, all of them or none. Doing it again changes nothing.
 * @throws Error of the database; what is wrong with the files is in the plan's problems
 */
export async function applyDeclarations(
  store: Pick<RegistryStore, 'read' | 'apply'>,
  files: readonly string[],
  { dryRun, now, readContract = noContracts }: ApplyOptions,
): Promise<Applied> {
  const planOn = await readAll(files, readContract)
  if (dryRun) {
    const content = await store.read()
    return { plan: planOn(content, now), written: false, generation: content.generation }
  }
  let plan: Plan | undefined
  const generation = await store.apply((content) => {
    plan = planOn(content, now)
    const { problems, changes } = plan
    return problems.length > 0 || changes.length === 0 ? undefined : plan
  })
  if (!plan) throw new Error('the store did not ask what to write')
  const written = plan.problems.length === 0 && plan.changes.length > 0
  return { plan, written, generation }
}

/** Reads files once; the plan is made later, when the registry is at hand. */
async function readAll(
  files: readonly string[],
  readContract: ReadContract,
): Promise<(content: RegistryContent, now: Date) => Plan> {
  const problems = new ProblemList()
  const declarations: Declaration[] = []
  for (const file of files) {
    const declaration = readDeclarationFile(file, problems)
    if (declaration) declarations.push(declaration)
  }
  const readings = new Map<string, ContractReading>()
  for (const folder of contractFolders(declarations)) {
    readings.set(folder, await readContract(folder))
  }
  const resolved = declarations.map((each) => resolveContracts(each, readings))
  return (content, now) => planChanges(content, resolved, problems, now)
}

const noContracts: ReadContract = () =>
  Promise.resolve({ flaws: [{ place: '', problem: 'contracts are not read here' }] })
