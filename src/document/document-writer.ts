import type { Actor } from '../audit-log/act.js'
import type { MemberId } from '../exchange/identifier.js'
import type { DocumentContent, Person } from './document-content.js'
import type { DocumentKind } from './document-kind.js'
import type { DocumentTransaction } from './document-transaction.store.js'

export interface DocumentTerms {
  /** Whose administrators may read it. */
  readonly member: MemberId
  /** Exchange domain, whose founder-administrator may read it; a frame agreement has none. */
  readonly domain?: string | undefined
  readonly caseId?: string | undefined
  /** Who signs, as the document says; it has at least one. */
  readonly signedBy: readonly Person[]
  /** For the audit log. */
  readonly actor: Actor
  readonly at: Date
}

export interface WrittenDocument {
  readonly id: string
  /** `RƏY-2026/0001`. */
  readonly number: string
  readonly kind: DocumentKind
  readonly at: Date
  /** SHA-256 of its data, lower-case hexadecimal. */
  readonly digest: string
}

/** Puts what the desk decides into writing. */
export interface DocumentWriter {
  /**
   * Makes, numbers, signs and keeps a document within the caller's transaction, and records that as an act. Whoever writes several
   * in one transaction writes them in one order, that of `documentKinds`: a number is locked until the end of the transaction.
   * @throws DocumentError for a content that no document can be made of
   */
  write(
    client: DocumentTransaction,
    content: DocumentContent,
    terms: DocumentTerms,
  ): Promise<WrittenDocument>
}
