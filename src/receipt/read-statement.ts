import { isSegment } from '../exchange/identifier.js'
import { logOfDomain, unassignedLog } from '../tlog/checkpoint.js'
import { isDigest, membersOf } from './json-members.js'
import { ReceiptError } from './receipt-error.js'
import { statementText, type Receipt } from './receipt.js'

/**
 * What a receipt states, read as strictly as it is written.
 * @throws ReceiptError
 */
export function readStatement(text: string): Receipt {
  const { exchangeId, half, log, leafHash, requestLeafHash, recordedAt } = membersOf(
    text,
    'statement',
  )
  if (typeof exchangeId !== 'string' || !uuidPattern.test(exchangeId)) throw missing('exchangeId')
  if (half !== 2) throw missing('half')
  if (typeof log !== 'string' || !isLogName(log)) throw missing('log')
  if (!isDigest(leafHash)) throw missing('leafHash')
  if (requestLeafHash !== undefined && !isDigest(requestLeafHash)) throw missing('requestLeafHash')
  if (typeof recordedAt !== 'string' || !timePattern.test(recordedAt)) throw missing('recordedAt')
  const time = new Date(recordedAt)
  if (Number.isNaN(time.getTime())) throw missing('recordedAt')
  const receipt = { exchangeId, half, log, leafHash, requestLeafHash, recordedAt: time } as const
  if (statementText(receipt) === text) return receipt
  throw new ReceiptError(
    'payload',
    'Its statement is not written as the statement of a receipt is.',
  )
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** RFC 3339 in UTC with milliseconds, and no other. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function isLogName(name: string): boolean {
  if (name === unassignedLog) return true
  const domain = name.slice(name.indexOf('/') + 1)
  return isSegment(domain) && logOfDomain(domain) === name
}

function missing(member: string): ReceiptError {
  return new ReceiptError('payload', `Its statement has no ${member} as a receipt has it.`)
}
