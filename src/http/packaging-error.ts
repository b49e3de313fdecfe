import { Fault } from '../exchange/fault.js'

/**
 * An HTTP body that is not packed as it says it is, or not as we accept it. Whoever reads it knows
 * whose message it is, and makes the fault of it.
 */
export class PackagingError extends Error {
  override readonly name = 'PackagingError'
  /** The header field, parameter or part that is wrong. */
  readonly field: string

  /** @param detail - one public English sentence, which never quotes what was sent */
  constructor(field: string, detail: string) {
    super(detail)
    this.field = field
  }

  /** The fault of it where a consumer has sent the message. */
  asRequestFault(): Fault {
    return new Fault('PAYLOAD_UNSAFE', { field: this.field, detail: this.message, cause: this })
  }
}
