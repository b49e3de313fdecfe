import { createHash } from 'node:crypto'
import { writeContainer, type Seal } from './asic-container.js'
import {
  certificateFile,
  checkpointFile,
  filesOfHalf,
  ocspAnswerFile,
  revocationListFile,
  summaryFile,
  timestampFile,
} from './container-files.js'
import { indexFile, writeIndex, type EvidenceIndex, type MissingReason } from './evidence-index.js'
import type { CheckpointEvidence, ExchangeEvidence, HalfEvidence } from './exchange-evidence.js'
import { materialFor } from './material-for.js'
import { summaryOf } from './summary.js'
import type { ValidationMaterial } from './validation-material.store.js'

/** What the operator says of its log and of those who stamp it; nothing of it has to be believed. */
export interface LogFacts {
  /** Key that signed this note of a log, in the form `name+id+key` (C2SP signed-note). */
  readonly keyOf?: ((log: string, note: string) => string) | undefined
  readonly witnessKeys: readonly string[]
  /** Names of authorities for timestamps that the operator does not run itself. */
  readonly independentAuthorities: ReadonlySet<string>
  /** DER of the certificates that vouch for timestamps. */
  readonly timestampingCertificates: readonly Uint8Array[]
}

export interface ExportOptions {
  readonly by: string
  readonly reason: string
  readonly now: Date
  readonly seal: Seal
  readonly log: LogFacts | undefined
}

/**
 * Writes everything that speaks for an exchange into one sealed container.
 * @throws ContainerError too-large, too-many-files
 */
export async function exportEvidence(
  evidence: ExchangeEvidence,
  options: ExportOptions,
): Promise<Buffer> {
  const parts = new Map<string, Buffer>()
  for (const half of evidence.halves) {
    for (const [name, content] of filesOfHalf(half, evidence.checkpoint)) parts.set(name, content)
  }
  const index = indexOf(evidence, options, parts)
  const files = new Map<string, Buffer>([
    [summaryFile('az'), summaryOf(evidence, index, 'az')],
    [summaryFile('en'), summaryOf(evidence, index, 'en')],
    [indexFile, writeIndex(index)],
    ...parts,
  ])
  return writeContainer(files, options.seal)
}

/** What the container says of itself; the files that it names are added to the parts. */
function indexOf(
  evidence: ExchangeEvidence,
  options: ExportOptions,
  parts: Map<string, Buffer>,
): EvidenceIndex {
  const { checkpoint, signers } = evidence
  const judged = [...signers.values(), ...evidence.material.busCertificates]
  const material = materialFor(judged, evidence.material)
  for (const [at, der] of material.revocationLists.entries()) {
    parts.set(revocationListFile(at + 1), der)
  }
  for (const [at, der] of material.ocspAnswers.entries()) parts.set(ocspAnswerFile(at + 1), der)
  const { by, reason, now, log } = options
  return {
    format: 1,
    exchangeId: evidence.exchangeId,
    exported: { at: now.toISOString(), by, reason, actId: evidence.actId },
    ...(checkpoint &&
      log?.keyOf && {
        log: {
          name: checkpoint.log,
          key: log.keyOf(checkpoint.log, checkpoint.note),
          witnessKeys: [...log.witnessKeys],
        },
      }),
    timestamps: keptTimestamps(checkpoint, log, parts),
    judgedAt: evidence.judgedAt.toISOString(),
    certificates: keptCertificates(signers, material, options, parts),
    missing: [...missingIn(evidence)],
  }
}

function keptTimestamps(
  checkpoint: CheckpointEvidence | undefined,
  log: LogFacts | undefined,
  parts: Map<string, Buffer>,
): EvidenceIndex['timestamps'] {
  if (!checkpoint) return []
  parts.set(checkpointFile, Buffer.from(checkpoint.note))
  return checkpoint.timestamps.map(({ authority, token }, at) => {
    const file = timestampFile(at + 1)
    parts.set(file, token)
    const isIndependent = log?.independentAuthorities.has(authority) ?? false
    return { file, authority, isIndependent }
  })
}

type KeptCertificate = EvidenceIndex['certificates'][number]

/** Each certificate once, with what the operator took it for. */
function keptCertificates(
  signers: ReadonlyMap<string, Buffer>,
  material: ValidationMaterial,
  { log }: ExportOptions,
  parts: Map<string, Buffer>,
): KeptCertificate[] {
  const kept: KeptCertificate[] = []
  const seen = new Set<string>()
  const add = (
    der: Uint8Array,
    use: KeptCertificate['use'],
    revocation?: KeptCertificate['revocation'],
  ): void => {
    const digest = createHash('sha256').update(der).digest('hex')
    if (seen.has(digest)) return
    seen.add(digest)
    const file = certificateFile(kept.length + 1)
    parts.set(file, Buffer.from(der))
    kept.push({ file, use, ...(revocation && { revocation }) })
  }
  for (const der of signers.values()) add(der, 'signer')
  // The newest policy comes first, and is the one that counts.
  for (const { der, role, revocation } of material.authorities) add(der, role, revocation)
  for (const der of material.busCertificates) add(der, 'bus')
  for (const der of log?.timestampingCertificates ?? []) add(der, 'timestamping')
  return kept
}

function* missingIn({ halves, checkpoint }: ExchangeEvidence): Generator<MissingReason> {
  const request = halves.find(({ half }) => half === 1)
  const outcome = halves.find(({ half }) => half === 2)
  // A notice is of another exchange's request.
  if (!request && outcome?.fields.kind !== 'notice') yield 'no-request-entry'
  if (!outcome) yield 'no-outcome-entry'
  if (request && !request.message) {
    yield wasKept(request) ? 'request-message-erased' : 'no-request-message'
  }
  if (outcome && !outcome.message) {
    yield wasKept(outcome) ? 'outcome-message-erased' : 'no-outcome-message'
  }
  if (!checkpoint) yield 'no-checkpoint'
  else if (checkpoint.timestamps.length === 0) yield 'no-timestamp'
}

function wasKept({ fields }: HalfEvidence): boolean {
  return fields.payloadDigest !== undefined
}
