import type { AttestationParts } from './attestation-row.js'
import type { Row } from './copy-rows.js'
import type { Report } from './defect.js'
import type { EntryView } from './entry-view.js'
import type { Keeping } from './keeping.js'
import type { KeyRing } from './key-ring.js'
import type { MessageIds } from './message-ids.js'
import type { PayloadRows, PayloadState } from './payload-row.js'
import type { Requests } from './requests.js'
import type { KeptRoot } from './signed-roots.js'

/** What the passes over all logs share. */
export interface LogParts extends AttestationParts {
  readonly keys: KeyRing
  readonly report: Report
  readonly requests: Requests
  /** Undefined where payloads are not looked at. */
  readonly payloads: PayloadRows | undefined
  /** Undefined where message ids are not looked at. */
  readonly messageIds: MessageIds | undefined
  /** Told of payloads that do not fit, or of which nothing can be said. */
  readonly onPayload: (
    state: PayloadState,
    log: string | undefined,
    row: Row,
    view: EntryView,
  ) => void
  readonly keeping: Keeping
  /** Checkpoints of a log that somebody has kept, and roots that its archive files have. */
  readonly keptRoots: (log: string) => readonly KeptRoot[]
}
