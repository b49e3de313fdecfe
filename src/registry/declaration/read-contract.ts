import { isMap } from 'yaml'
import { validationLevels } from '../contract.js'
import type { DeclaredContract, DeclaredService } from './declaration.js'
import { report, reportAbsent, type YamlPlace } from './yaml-place.js'
import { oneOf, readRecord, text, textWhere, type Read } from './yaml-values.js'

/** A contract: the path of its folder, or `{ digest: … }` of one that the registry has. */
export const contract: Read<DeclaredContract> = (at) => {
  if (!isMap(at.node)) return inFolder(at)
  const { digest: given } = readRecord(at, { digest }) ?? {}
  reportAbsent(at, ['digest'])
  return given === undefined ? undefined : { digest: given }
}

export const validation: Read<NonNullable<DeclaredService['patch']['validation']>> = (at) =>
  readRecord(at, { request: oneOf(validationLevels), reply: oneOf(validationLevels) })

const digest = textWhere(
  (value) => /^[A-Za-z0-9_-]{43}$/.test(value),
  'is no digest',
  'Write it as registry export does: 43 characters.',
)

function inFolder(at: YamlPlace): DeclaredContract | undefined {
  const path = text(at)
  if (path === undefined) return undefined
  const { facts, flaws } = at.source.readContract(at.source.resolvePath(path))
  if (facts) return { digest: facts.digest, facts }
  for (const { place, problem } of flaws) {
    const where = place === '' ? '' : `${place}: `
    const remedy = 'Correct it; sluice contract check says more.'
    report(at, `has a contract that cannot be registered: ${where}${problem}`, remedy)
  }
  return undefined
}
