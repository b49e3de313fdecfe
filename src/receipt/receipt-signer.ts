import type { KeyObject } from 'node:crypto'
import type { DurableOutcome, SignReceipts } from '../exchange/logged-entry.js'
import { leafHashOf } from '../tlog/merkle.js'
import { SmallTree } from '../tlog/small-tree.js'
import { keyTypeOf, signByScheme } from '../trust/http-signature/algorithms.js'
import { base64urlOf } from './base64url.js'
import { receiptAlgorithms } from './receipt-algorithm.js'
import { joinReceipt } from './receipt-parts.js'
import { headerText, payloadText, statementText } from './receipt.js'

export interface ReceiptSignerSettings {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the bus certificate's DER. */
  readonly certificateThumbprint: string
}

/**
 * Receipts signed with the bus's key: a compact JWS (RFC 7515 §7.1) over the root of a tree, and in each receipt the
 * way there (RFC 9162 §2.1.3). A signature costs several times all the rest, and a batch has one.
 * @throws TypeError for a key that no accepted algorithm takes
 */
export function createReceiptSigner(settings: ReceiptSignerSettings): SignReceipts {
  const { privateKey, certificateThumbprint } = settings
  const keyType = keyTypeOf(privateKey)
  if (!keyType) throw new TypeError('The signing key must be RSA, P-256, P-384 or Ed25519.')
  const { name, scheme } = receiptAlgorithms[keyType]
  // The same in all receipts of a process.
  const header = `${base64urlOf(Buffer.from(headerText(name, certificateThumbprint)))}.`
  return (outcomes) => {
    const statements = outcomes.map(statementOf)
    const tree = new SmallTree(statements.map(leafHashOf))
    const payload = payloadText({ root: base64urlOf(tree.root), size: statements.length })
    const signed = header + base64urlOf(Buffer.from(payload))
    const signature = signByScheme(scheme, privateKey, Buffer.from(signed, 'latin1'))
    const jws = `${signed}.${base64urlOf(signature)}`
    const paths = tree.pathsIn(base64urlOf)
    return statements.map((statement, index) =>
      joinReceipt(jws, statement, index, paths[index] ?? []),
    )
  }
}

function statementOf(outcome: DurableOutcome): Buffer {
  return Buffer.from(
    statementText({
      exchangeId: outcome.exchangeId,
      half: 2,
      log: outcome.log,
      leafHash: base64urlOf(outcome.leafHash),
      requestLeafHash: outcome.requestLeafHash && base64urlOf(outcome.requestLeafHash),
      recordedAt: outcome.recordedAt,
    }),
  )
}
