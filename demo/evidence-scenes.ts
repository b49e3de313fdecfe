import { rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { CallOutcome } from './consumer.js'
import { sayLooks, type Look } from './look.js'
import { untilPublished, untilStamped } from './published-log.js'
import type { CommandOutcome, SluiceCommand } from './sluice-command.js'

/** Of the timestamps that the bus gives itself. */
const timestampRoot = 'bus/tsa/tsa-ca.pem'
const keysFile = 'log-keys.txt'
/** Exit code of `sluice evidence verify`: nothing is false, and something could not be checked. */
const notAllChecked = 3

/** What the evidence is looked at with. */
export interface EvidenceStage {
  /** Has one exchange carried. */
  readonly call: () => Promise<CallOutcome>
  readonly sluice: SluiceCommand
  /** Of the log API. */
  readonly logApi: string
  /** Of health and metrics. */
  readonly management: string
  /** Of the demo. */
  readonly folder: string
}

/** What of a receipt these scenes go by; `sluice receipt verify` checks all of it. */
interface Promised {
  readonly log: string
  readonly leafHash: string
}

/**
 * Has an exchange carried and looks at what speaks for it, as those would who do not believe the bus.
 * @returns how many looks did not show what they should
 */
export async function playEvidence(
  stage: EvidenceStage,
  say: (text: string) => void,
): Promise<number> {
  const { exchangeId, receipt = '' } = await stage.call()
  const looks = [
    () => lookAtReceipt(stage, receipt),
    () => lookAtLog(stage, receipt),
    () => lookAtContainer(stage, exchangeId),
    () => lookAtAllLogs(stage),
  ]
  return sayLooks(looks, say, 'the evidence cannot be looked at')
}

async function lookAtReceipt({ sluice, folder }: EvidenceStage, receipt: string): Promise<Look> {
  const file = join(folder, 'receipt.jwt')
  await writeFile(file, receipt)
  const certificate = join(folder, 'bus-certificate.pem')
  const verdict = await sluice('receipt', 'verify', file, '--certificate', certificate)
  const lines = verdict.out.slice(-2)
  return { title: 'receipt of an exchange, checked offline', lines, ...troubleIn(verdict) }
}

/** What was promised is there, under a checkpoint that the log's key signed. */
async function lookAtLog(stage: EvidenceStage, receipt: string): Promise<Look> {
  const { log, leafHash } = promisedBy(receipt)
  const title = `checkpoint of the log ${log}, and the promised entry under it`
  const { out } = await stage.sluice('log', 'key', '--log', log)
  const address = `${stage.logApi}/log/${log}`
  const hash = Buffer.from(leafHash, 'base64url')
  const { checkpoint, index } = await untilPublished(address, out[0] ?? '', hash)
  const { origin, size, root } = checkpoint
  const shown = `${origin}   size ${size}   root ${root.toString('base64')}`
  return { title, lines: [shown, `entry ${index}: ${hash.toString('hex').slice(0, 16)}…`] }
}

async function lookAtContainer(stage: EvidenceStage, exchangeId: string): Promise<Look> {
  const file = join(stage.folder, 'evidence.asice')
  const title = `evidence container of exchange ${exchangeId}, checked offline`
  const keys = await stage.sluice('log', 'key')
  await writeFile(join(stage.folder, keysFile), `${keys.out.join('\n')}\n`)
  let startedAt = Date.now() / 1_000
  let verdict = await containerVerdict(stage, exchangeId, file)
  // The checkpoint with this exchange may have no timestamp yet; anything false the next one does not mend. To export
  // is an act, and the audit log's next checkpoint is stamped, too.
  for (let turn = 0; turn < 3 && verdict.exitCode === notAllChecked; turn += 1) {
    await untilStamped(stage.management, startedAt)
    startedAt = Date.now() / 1_000
    verdict = await containerVerdict(stage, exchangeId, file)
  }
  const results = verdict.out.filter((line) => /^(?:RESULT|NƏTİCƏ) /.test(line))
  return { title, lines: [relative(process.cwd(), file), ...results], ...troubleIn(verdict) }
}

/** Exports and verifies, as somebody does who believes the roots that a demo made and the log's keys. */
async function containerVerdict(
  { sluice, folder }: EvidenceStage,
  exchangeId: string,
  file: string,
): Promise<CommandOutcome> {
  // Nothing is written over; an earlier demo's, or turn's, may be there.
  await rm(file, { force: true })
  const order = ['--exchange', exchangeId, '--reason', 'npm run demo', '--out', file]
  const written = await sluice('evidence', 'export', ...order)
  if (written.exitCode !== 0) return written
  const roots = ['bus-ca.pem', 'authority/certificate.pem', timestampRoot]
  const trust = roots.flatMap((root) => ['--trust', join(folder, root)])
  return sluice('evidence', 'verify', file, ...trust, '--log-key', join(folder, keysFile))
}

async function lookAtAllLogs({ sluice, folder }: EvidenceStage): Promise<Look> {
  const given = ['--key', join(folder, keysFile), '--trust', join(folder, timestampRoot)]
  const verdict = await sluice('log', 'verify', ...given)
  const lines = verdict.out.filter((line) => line !== '')
  return { title: 'all logs, checked from their raw rows', lines, ...troubleIn(verdict) }
}

function promisedBy(receipt: string): Promised {
  const [, statement = ''] = receipt.split('~')
  return JSON.parse(Buffer.from(statement, 'base64url').toString('utf8')) as Promised
}

function troubleIn({ exitCode, out, err }: CommandOutcome): Pick<Look, 'trouble'> {
  return exitCode === 0 ? {} : { trouble: `exit code ${exitCode}\n${[...out, ...err].join('\n')}` }
}
