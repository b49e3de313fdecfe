import type { JsonValue } from '../../canonical-json.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import { Tagged } from '../tagged.js'
import { caseJson } from './case-json.js'
import type { ConnectionDesk } from './connection-desk.js'

/** A case as its caller gets it, with its revision. */
export async function shown(
  desk: ConnectionDesk,
  connectionCase: ConnectionCase,
): Promise<Tagged<JsonValue>> {
  const parts = await desk.partsOf(connectionCase)
  return new Tagged(caseJson(connectionCase, parts), connectionCase.revision)
}
