import { randomFillSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

const bytesPerId = 16
const idsPerPage = 256

const page = Buffer.alloc(idsPerPage * bytesPerId)
let used = page.length

/**
 * A new, time-ordered exchange id (UUID version 7, RFC 9562 §5.7). Random bytes are fetched by the
 * page: asking for sixteen at a time takes several times as long as all the rest.
 */
export function newExchangeId(): string {
  if (used === page.length) {
    randomFillSync(page)
    used = 0
  }
  const random = page.subarray(used, used + bytesPerId)
  used += bytesPerId
  return uuidv7({ random })
}
