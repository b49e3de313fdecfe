import { createPublicKey } from 'node:crypto'
import type { Config } from '../config/config.js'
import { ConfigError } from '../config/env.js'
import { identityCertificates, loadIdentityWithChain } from '../config/identity.js'
import { findLogKey, findLogSigningKey, loadFormerLogKeys } from '../config/log-keys.js'
import { loadTimestampSources } from '../config/timestamp-sources.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { readArchived, type KeyOfLog } from '../evidence/archived-evidence.js'
import type { ArchivedEvidence } from '../evidence/closed-exchange.js'
import { EvidenceStore } from '../evidence/evidence.store.js'
import { exportEvidence, type LogFacts } from '../evidence/export-evidence.js'
import { createSeal, type Stamper } from '../evidence/seal.js'
import { masterKeyOf } from '../message-log/payload-cipher.js'
import { TimestampClient, type TimestampSource } from '../timestamp/timestamp-client.js'
import { TimestampError } from '../timestamp/timestamp-error.js'
import { originOf } from '../tlog/checkpoint.js'
import { noteKeyOf, verifierKeyText } from '../tlog/note-keys.js'
import { parseNote } from '../tlog/note.js'
import type { OpenEvidence } from './evidence-export.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

/** What a command that exports evidence tells the person before it. */
export type Warn = (line: string) => void

/**
 * The evidence of the bus whose configuration this is. The caller closes it.
 * @throws ConfigError where this is no node of a bus: its keys and its identity are not made here
 * @throws NothingThere where there is no database
 */
export async function openEvidenceOf(
  place: DatabasePlace,
  config: Config,
  warn: Warn,
): Promise<OpenEvidence> {
  if (identityCertificates(config).length === 0) {
    throw new ConfigError(
      `there is no identity of a bus in ${config.directory}: evidence is exported on a node of the bus`,
    )
  }
  const masterKey = masterKeyOf(findLogKey(config, 'payload').reveal())
  const identity = await loadIdentityWithChain(config)
  const sources = await loadTimestampSources(config)
  const keyOf = keysOfLogs(config)
  const { client, close } = await openClientOf(place, 'owner')
  const store = new EvidenceStore({
    client,
    masterKey,
    recordAct: (act) => recordAct(client, act),
  })
  return {
    export: async (exchangeId, author, archives) => {
      const evidence =
        archives.length === 0
          ? await store.open(exchangeId, author)
          : await store.openArchived(await archivedIn(archives, exchangeId, keyOf, warn), author)
      const now = new Date()
      return exportEvidence(evidence, {
        by: author.actor,
        reason: author.reason,
        now,
        seal: createSeal(identity, stamperOf(sources, warn), now),
        log: logFactsOf(keyOf, sources),
      })
    },
    close,
  }
}

/** A seal without a timestamp is better than none. */
function stamperOf(sources: readonly TimestampSource[], warn: Warn): Stamper {
  const client = new TimestampClient({ sources, retryMsMin: 0, warn: () => undefined })
  return async (data) => {
    try {
      const { token } = await client.stamp(data, new AbortController().signal)
      return token
    } catch (error) {
      if (!(error instanceof TimestampError)) throw error
      warn(`The seal gets no timestamp: ${error.message}`)
      return undefined
    }
  }
}

/** @throws as `readArchived` */
async function archivedIn(
  paths: readonly string[],
  exchangeId: string,
  keyOf: KeyOfLog,
  warn: Warn,
): Promise<ArchivedEvidence> {
  const archived = await readArchived(paths, exchangeId, keyOf)
  if (archived.halves.every(({ half }) => half === 1)) {
    warn(
      'The file has the request alone. If the exchange has an outcome, it is in the next file of this log: give both, --archive FILE --archive FILE.',
    )
  }
  return archived
}

function logFactsOf(keyOf: KeyOfLog, sources: readonly TimestampSource[]): LogFacts {
  const independent = sources.filter(({ isIndependent }) => isIndependent)
  return {
    keyOf,
    // Readers have them from the witnesses themselves.
    witnessKeys: [],
    independentAuthorities: new Set(independent.map(({ name }) => name)),
    timestampingCertificates: sources.flatMap(({ trust }) => trust.anchors.map(({ der }) => der)),
  }
}

/** The present key, or the former one by which a note is signed. */
function keysOfLogs(config: Config): KeyOfLog {
  const present = createPublicKey(findLogSigningKey(config).reveal())
  const all = [present, ...loadFormerLogKeys(config)]
  return (log, note) => {
    const name = originOf(config.evidence.origin, log)
    const ids = new Set(parseNote(note).signatures.map(({ keyId }) => keyId))
    const keys = all.map((key) => noteKeyOf(name, key))
    const signedBy = keys.find(({ keyId }) => ids.has(keyId)) ?? noteKeyOf(name, present)
    return verifierKeyText(signedBy)
  }
}
