import { invalidField } from '../../src/exchange/envelope-values.js'
import { JsonError } from '../../src/json/json-error.js'
import type { JsonValue } from '../../src/json/json-value.js'
import { readJson } from '../../src/json/read-json.js'

/**
 * Reads a JSON object whose members are texts.
 * @param known - names of the members that there may be
 * @throws Fault REQUEST_INVALID naming the member, or `payload`
 */
export function readFlatJson(
  payload: Uint8Array,
  known: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const value = valueOf(payload)
  if (!(value instanceof Map)) throw invalidField('payload', 'It must be a JSON object.')
  const members: Record<string, string> = {}
  for (const [name, member] of value as ReadonlyMap<string, JsonValue>) {
    if (!known.includes(name)) {
      throw invalidField('payload', 'It has a member that the bus does not know.')
    }
    if (typeof member !== 'string') throw invalidField(name, 'The member must be a text.')
    members[name] = member
  }
  return members
}

function valueOf(payload: Uint8Array): JsonValue {
  try {
    return readJson(payload)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw invalidField('payload', 'It must be JSON.', error)
  }
}
