import type { IssuingCa } from '../ca/issuing-ca.store.js'
import type { OcspResponder } from '../ca/ocsp-responder.store.js'
import type { ContractReader } from '../contract/contract-reader.js'
import type { DocumentWriter } from '../document/document-writer.js'
import type { RequestRateLimits } from '../request-rate.js'
import type { ReplicationLag } from '../incident/replication-lag.js'
import type { Access } from './access.js'
import type { AdminDatabase } from './admin-database.store.js'
import type { ConnectionTerms } from './connection-cases/desk-parts.js'
import type { ConnectionDeskRule } from './registry/connection-desk.js'

/** What the areas of the admin API are made of. */
export interface AreaParts {
  readonly database: AdminDatabase
  /** Undefined on a node that issues no certificates. */
  readonly ca?: IssuingCa | undefined
  readonly ocsp?: OcspResponder | undefined
  /** What puts decisions into writing, signed by the bus. */
  readonly documents: DocumentWriter
  /** How the connection desk works, where it is not as usual. */
  readonly connection?: ConnectionTerms | undefined
  /** What reads contracts that are brought; the thread of the API, where there is none. */
  readonly contractReader?: ContractReader | undefined
  /** How long ahead participants give notice of works, hours; two days where nothing is said (C7). */
  readonly maintenanceNoticeHours?: number | undefined
  /** The clock; another one in tests. */
  readonly clock?: (() => Date) | undefined
  /** What a node remembers to measure how far standbys are behind; without it it begins with the first question. */
  readonly replication?: ReplicationLag | undefined
  /** How many requests a second the open catalogue hears, where it is not as usual. */
  readonly visitorRate?: RequestRateLimits | undefined
  readonly connectionDesk: ConnectionDeskRule
  /** Of the connection desk; the machine's, where there is none. */
  /** Who gets in, and may do what. */
  readonly access: Access
}
