import { isMap } from 'yaml'
import { validationLevels } from '../contract.js'
import type { DeclaredContract, DeclaredService } from './declaration.js'
import { reportAbsent } from './yaml-place.js'
import { oneOf, readRecord, text, textWhere, type Read } from './yaml-values.js'

/** A contract: the path of its folder, or `{ digest: … }` of one that the registry has. */
export const contract: Read<DeclaredContract> = (at) => {
  if (!isMap(at.node)) {
    const path = text(at)
    return path === undefined ? undefined : { folder: at.source.resolvePath(path) }
  }
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
