import type { IssuingCa } from '../ca/issuing-ca.store.js'
import type { OcspResponder } from '../ca/ocsp-responder.store.js'
import type { DocumentWriter } from '../document/document-writer.js'
import type { Access } from './access.js'
import type { AdminDatabase } from './admin-database.store.js'

/** What the areas of the admin API are made of. */
export interface AreaParts {
  readonly database: AdminDatabase
  /** Undefined on a node that issues no certificates. */
  readonly ca?: IssuingCa | undefined
  readonly ocsp?: OcspResponder | undefined
  /** What puts decisions into writing, signed by the bus. */
  readonly documents: DocumentWriter
  /** Who gets in, and may do what. */
  readonly access: Access
}
