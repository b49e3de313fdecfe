import { readActs, recordAct } from '../audit-log/audit-log.store.js'
import { findLogKey } from '../config/log-keys.js'
import { searchExchanges } from '../log-search/log-search.store.js'
import { masterKeyOf } from '../message-log/payload-cipher.js'
import { findPayload, openClosedPayload } from '../message-log/payload-reader.store.js'
import type { OpenActs } from './log-acts.js'
import type { PayloadVault } from './log-payload.js'
import type { OpenSearch } from './log-search.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

/** Search for whoever has a login of an auditor or the owner. @throws NothingThere */
export async function openSearchOf(place: DatabasePlace): Promise<OpenSearch> {
  const { client, close } = await openClientOf(place, 'auditor')
  return {
    search: (criteria, page) => searchExchanges(client, { everything: true }, criteria, page),
    close,
  }
}

/** The audit log, for reading. @throws NothingThere */
export async function openActsOf(place: DatabasePlace): Promise<OpenActs> {
  const { client, close } = await openClientOf(place, 'auditor')
  return { readActs: (selection) => readActs(client, selection), close }
}

/**
 * Payloads for a security officer: who has not their key gets no further.
 * @throws ConfigError, NothingThere
 */
export async function openVaultOf(place: DatabasePlace): Promise<PayloadVault> {
  const master = masterKeyOf(findLogKey(place, 'payload').reveal())
  const { client, close } = await openClientOf(place, 'owner')
  return {
    find: (payload) => findPayload(client, payload),
    // A statement by itself is a transaction by itself.
    record: async (act) => {
      await recordAct(client, act)
    },
    open: (closed) => openClosedPayload(closed, master),
    close,
  }
}
