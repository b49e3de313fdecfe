import type { ConnectionApplication } from '../../conformity/application.js'
import type { ContractReader } from '../../contract/contract-reader.js'
import type { BilingualText } from '../../exchange/fault.js'
import type { ConnectedObject, DeclaredChange, RecheckScope } from '../../recheck/recheck.js'
import { contractOf } from '../../recheck/connected.store.js'
import { notTooMany } from '../contracts/contract-desk.js'
import { filesOf } from '../contracts/contracts.store.js'
import type { AdminPool } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import { serviceDocument } from '../registry/wrapped.js'
import { texts } from './texts.js'

const breaksNamedMax = 50

/** What the registry is to say once a change is accepted; undefined where it says nothing of it. */
export function declarationOf(object: string, change: DeclaredChange): object | undefined {
  switch (change.kind) {
    case 'address':
      return serviceDocument(object, { address: change.address }).document
    case 'contract':
      return serviceDocument(object, { contract: { digest: change.contract } }).document
    case 'algorithm':
      return undefined
  }
}

/** The application with the change in it, by which it is checked. */
export function withChange(
  application: ConnectionApplication,
  change: DeclaredChange,
): ConnectionApplication {
  switch (change.kind) {
    case 'address':
      return {
        ...application,
        declaration: { ...application.declaration, address: change.address },
      }
    case 'contract':
      return { ...application, contract: change.contract }
    case 'algorithm':
      return application
  }
}

/**
 * How a change is checked: another address, and a contract that breaks nobody, by the kit alone; the rest by an opinion.
 * @throws Problem UNPROCESSABLE for a contract that breaks who works with the one of today, with every place; TOO_MANY
 */
export async function scopeOf(
  { pool, reader }: { readonly pool: AdminPool; readonly reader: ContractReader },
  { kind, object }: ConnectedObject,
  change: DeclaredChange,
): Promise<RecheckScope> {
  if (change.kind === 'algorithm') return 'full'
  if (kind !== 'service') throw at('/object', texts.onlyServices)
  if (change.kind === 'address') return 'probe'
  const present = await contractOf(pool, object)
  const [before, after] = [
    present && (await filesOf(pool, present)),
    await filesOf(pool, change.contract),
  ]
  // Without a contract nobody can say what it breaks.
  if (!before || !after) return 'full'
  const breaks = await notTooMany(reader.breaks(before, after))
  if (breaks.length === 0) return 'probe'
  throw new Problem('UNPROCESSABLE', {
    detail: texts.breaking,
    errors: breaks.slice(0, breaksNamedMax).map((detail) => ({ pointer: '/contract', detail })),
  })
}

export function at(pointer: string, detail: BilingualText): Problem {
  return new Problem('UNPROCESSABLE', { errors: [{ pointer, detail }] })
}
