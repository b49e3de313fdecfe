import { v7 } from 'uuid'
import { exportEvidence, type ExportOptions } from '../../src/evidence/export-evidence.js'
import type { ExchangeEvidence, HalfEvidence } from '../../src/evidence/exchange-evidence.js'
import { createSeal } from '../../src/evidence/seal.js'
import type { GivenTrust } from '../../src/evidence/verify/believed.js'
import type { EvidenceReport } from '../../src/evidence/verify/report.js'
import { makeTimestampRequest } from '../../src/timestamp/timestamp-request.js'
import { verifyResponse } from '../../src/timestamp/verify-response.js'
import { formatCheckpoint } from '../../src/tlog/checkpoint.js'
import { inclusionProof, leafHashOf, nodeHashOf, rootOf } from '../../src/tlog/merkle.js'
import { verifierKeyText } from '../../src/tlog/note-keys.js'
import { formatNote, formatSignature } from '../../src/tlog/note.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { day, hour, then, type EvidenceCast } from './evidence-cast.js'
import {
  restHalves,
  soapHalves,
  type EvidenceKind,
  type HalfWithoutPlace,
} from './evidence-messages.js'
import { isMqKind, mqHalves } from './evidence-mq.js'

/** An exchange as a database would give it, a year after. */
export async function makeEvidence(
  cast: EvidenceCast,
  kind: EvidenceKind = 'rest',
  revoked: readonly string[] = [],
): Promise<ExchangeEvidence> {
  const exchangeId = v7()
  const halves = await halvesOf(cast, kind, exchangeId)
  const { checkpoint, places } = await checkpointOver(
    cast,
    halves.map(({ entry }) => entry),
  )
  const list = await cast.authority.revocationList(revoked, {
    thisUpdate: new Date(then.getTime() - day),
    nextUpdate: new Date(then.getTime() + day),
    revocations: revoked.map((serialNumber) => ({
      serialNumber,
      revokedAt: new Date(then.getTime() - hour),
    })),
  })
  return {
    exchangeId,
    halves: halves.map((half, at) => ({ ...half, place: places[at] })),
    checkpoint,
    signers: new Map(
      [cast.consumer, cast.provider].map(({ thumbprint, der }) => [thumbprint, Buffer.from(der)]),
    ),
    material: {
      authorities: [{ der: Buffer.from(cast.authority.der), role: 'anchor', revocation: 'crl' }],
      revocationLists: [list],
      ocspAnswers: [],
      busCertificates: [cast.bus, cast.busRoot].map(({ der }) => Buffer.from(der)),
    },
    judgedAt: new Date(then.getTime() + 60_000),
    actId: v7(),
  }
}

function halvesOf(
  cast: EvidenceCast,
  kind: EvidenceKind,
  exchangeId: string,
): Promise<HalfWithoutPlace[]> {
  if (kind === 'soap') return soapHalves(cast, exchangeId)
  return isMqKind(kind) ? mqHalves(cast, kind, exchangeId) : restHalves(cast, kind, exchangeId)
}

export function optionsFor(cast: EvidenceCast, now: Date = new Date()): ExportOptions {
  return {
    by: 'N. Əliyeva',
    reason: 'Məhkəmə işi 12',
    now,
    seal: createSeal(
      { privateKey: cast.bus.privateKey, certificate: cast.bus.der, chain: [cast.busRoot.der] },
      (data) => Promise.resolve(stampedBy(cast, data)),
      now,
    ),
    log: {
      keyOf: () => verifierKeyText(cast.log.key),
      witnessKeys: [verifierKeyText(cast.witness.key)],
      independentAuthorities: new Set(['vaxt']),
      timestampingCertificates: [cast.tsa.root.der],
    },
  }
}

export async function containerOf(
  cast: EvidenceCast,
  kind: EvidenceKind = 'rest',
): Promise<Buffer> {
  return exportEvidence(await makeEvidence(cast, kind), optionsFor(cast))
}

/** What a court that trusts the right ones is given. */
export function trustIn(cast: EvidenceCast): GivenTrust {
  return {
    anchors: [cast.authority, cast.busRoot, cast.tsa.root].map(({ der }) => parseCertificate(der)),
    logKeys: [cast.log.key],
    witnessKeys: [cast.witness.key],
  }
}

export const trustInNobody: GivenTrust = { anchors: [], logKeys: [], witnessKeys: [] }

export function stampedBy({ tsa }: EvidenceCast, data: Uint8Array): Buffer {
  const { der, nonce } = makeTimestampRequest(data, undefined)
  const receivedAt = new Date(then.getTime() + 60_000)
  const response = tsa.authority.answer(der)
  return verifyResponse({ response, data, nonce, trust: tsa.trust, receivedAt }).token
}

/** Our entries among others of the same log. */
async function checkpointOver(
  { log, witness, ...cast }: EvidenceCast,
  entries: readonly Buffer[],
): Promise<Pick<ExchangeEvidence, 'checkpoint'> & { readonly places: HalfEvidence['place'][] }> {
  const others = ['a', 'b', 'c', 'd', 'e'].map((text) => Buffer.from(text))
  const leaves = [...others.slice(0, 2), ...entries, ...others.slice(2)].map(leafHashOf)
  const read = (level: number, index: number): Buffer => {
    const leaf = leaves[index]
    if (level === 0) return leaf ?? Buffer.alloc(0)
    return nodeHashOf(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))
  }
  const size = leaves.length
  const text = formatCheckpoint({ origin: log.key.name, size, root: await rootOf(size, read) })
  const note = formatNote({ text, signatures: [log.sign(text, then)] })
  const places = entries.map(async (_, at) => ({
    index: 2 + at,
    proof: await inclusionProof(2 + at, size, read),
  }))
  return {
    checkpoint: {
      log: 'domain/PORTAL',
      note,
      cosignatures: [
        formatSignature(witness.sign(text, new Date(then.getTime() + hour))).trimEnd(),
      ],
      timestamps: [
        {
          authority: 'vaxt',
          token: stampedBy({ log, witness, ...cast }, Buffer.from(note)),
          stampedAt: new Date(then.getTime() + 60_000),
        },
      ],
    },
    places: await Promise.all(places),
  }
}

/** The steps that are false, each once, with their files. */
export function wrongIn({ steps }: EvidenceReport): string[] {
  const wrong = steps.filter(({ outcome }) => outcome === 'false')
  return [...new Set(wrong.map(({ name, file }) => `${name} ${file ?? ''}`.trim()))]
}
