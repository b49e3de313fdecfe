import { ReceiptError, type ReceiptTrouble } from './receipt-error.js'

/**
 * The members of a part that has to be a JSON object.
 * @throws ReceiptError
 */
export function membersOf(
  text: string,
  part: 'header' | 'payload' | 'statement',
): Record<string, unknown> {
  const trouble: ReceiptTrouble = part === 'header' ? 'header' : 'payload'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ReceiptError(trouble, `Its ${part} is no JSON.`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ReceiptError(trouble, `Its ${part} is no JSON object.`)
}

/** Whether a value is base64url of 32 bytes, with no other text for the same bytes. */
export function isDigest(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value)) return false
  return Buffer.from(value, 'base64url').toString('base64url') === value
}
