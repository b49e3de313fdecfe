import { BoundedClient } from '../bounded-request.js'
import { witnessAnswerBytesMax, witnessLagMsMax } from '../limits/transparency.js'
import type { LogTreeStore, StoredCheckpoint } from '../sequencing/log-tree.store.js'
import { formatAddCheckpoint } from '../tlog/add-checkpoint.js'
import { parseSize } from '../tlog/checkpoint.js'
import type { NoteKey } from '../tlog/note-keys.js'
import type { CosignatureStore } from './cosignature.store.js'
import { verifyCosignature, withLines } from './verify-cosignature.js'

/** A body that vouches for the logs. */
export interface WitnessSettings {
  readonly key: NoteKey
  /** Before `/add-checkpoint`, without a slash at its end; undefined for one that fetches by itself. */
  readonly address: string | undefined
  /** Names of the logs that it vouches for; undefined is all. */
  readonly logs?: readonly string[] | undefined
}

export interface CosigningParts {
  readonly witnesses: readonly WitnessSettings[]
  readonly tree: Pick<
    LogTreeStore,
    'latestCheckpoints' | 'firstCheckpointFrom' | 'consistencyProof'
  >
  readonly cosignatures: Pick<CosignatureStore, 'newestBy' | 'keep'>
  /** Notes trouble for the engineer on call. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly now?: () => Date
}

/** What health says of a witness. */
export interface WitnessCheck {
  readonly name: string
  readonly ok: boolean
  readonly why?: string
}

/** The witness is there, and does not sign this. */
class WitnessAnswer extends Error {}

/**
 * Hands the newest checkpoints to witnesses (C2SP tlog-witness) and keeps what they sign. A witness that is
 * away, slow or in doubt is reported; exchanges know nothing of it.
 */
export class Cosigning {
  readonly #parts: CosigningParts
  readonly #lags = new Map<string, string>()
  readonly #troubles = new Map<string, string>()

  constructor(parts: CosigningParts) {
    this.#parts = parts
  }

  /**
   * Hands each witness what it has not vouched for; call it now and then.
   * @returns number of signatures that came
   */
  async turn(): Promise<number> {
    const { witnesses, tree } = this.#parts
    if (witnesses.length === 0) return 0
    const checkpoints = await tree.latestCheckpoints()
    const counts = await Promise.all(witnesses.map((each) => this.#handOver(each, checkpoints)))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** One line for each witness that lags or is in doubt. */
  checks(): WitnessCheck[] {
    return this.#parts.witnesses.flatMap(({ key: { name } }) => {
      const why = [this.#troubles.get(name), this.#lags.get(name)].filter((each) => each)
      return why.length > 0 ? [{ name: `witness ${name}`, ok: false, why: why.join('; ') }] : []
    })
  }

  async #handOver(
    witness: WitnessSettings,
    checkpoints: readonly StoredCheckpoint[],
  ): Promise<number> {
    const { name } = witness.key
    const { logs } = witness
    const own = checkpoints.filter(({ log }) => logs?.includes(log) ?? true)
    const client = new BoundedClient()
    const troubles: string[] = []
    let came = 0
    try {
      for (const checkpoint of own) {
        try {
          if (await this.#handOverOne(witness, checkpoint, client)) came += 1
        } catch (error) {
          troubles.push(error instanceof Error ? error.message : String(error))
          // One that hangs would hang for each of the other logs: they wait for the next turn.
          if (!(error instanceof WitnessAnswer)) break
        }
      }
    } finally {
      await client.close()
    }
    this.#note(name, troubles.join('; '))
    await this.#measureLag(name, own)
    return came
  }

  #note(name: string, why: string): void {
    if (why === '') {
      this.#troubles.delete(name)
      return
    }
    this.#troubles.set(name, why)
    this.#parts.warn('witness did not cosign', { witness: name, why })
  }

  async #handOverOne(
    witness: WitnessSettings,
    checkpoint: StoredCheckpoint,
    client: BoundedClient,
  ): Promise<boolean> {
    const known = await this.#parts.cosignatures.newestBy(witness.key.name, checkpoint.log)
    if (known >= checkpoint.size || witness.address === undefined) return false
    await this.#push(witness, checkpoint, known, client)
    return true
  }

  async #push(
    { key, address = '' }: WitnessSettings,
    checkpoint: StoredCheckpoint,
    known: number,
    client: BoundedClient,
  ): Promise<void> {
    const { log, size, note } = checkpoint
    let answer = await this.#ask(address, checkpoint, known, client)
    if (answer.status === 409) {
      const seen = sizeSeen(answer)
      if (seen > size) {
        throw new WitnessAnswer(
          `it has seen ${seen} entries of ${log}, of which there are ${size}: entries were lost, or another bus has the key`,
        )
      }
      answer = await this.#ask(address, checkpoint, seen, client)
    }
    const text = answer.body.toString('utf8')
    if (answer.status !== 200)
      throw new WitnessAnswer(`it answers ${answer.status} to ${log}: ${shown(text)}`)
    const { line, signedAt } = verifyCosignature(withLines(note, text), key)
    await this.#parts.cosignatures.keep({ log, size, witness: key.name, line, signedAt })
  }

  async #ask(
    address: string,
    { log, size, note }: StoredCheckpoint,
    oldSize: number,
    client: BoundedClient,
  ): ReturnType<BoundedClient['ask']> {
    const isProofless = oldSize === 0 || oldSize === size
    const proof = isProofless ? [] : await this.#parts.tree.consistencyProof(log, oldSize, size)
    return client.ask(`${address}/add-checkpoint`, {
      method: 'POST',
      body: formatAddCheckpoint({ oldSize, proof, note }),
      bytesMax: witnessAnswerBytesMax,
    })
  }

  /** The longest that a checkpoint has waited for this witness. */
  async #measureLag(name: string, checkpoints: readonly StoredCheckpoint[]): Promise<void> {
    const { tree, cosignatures, now = () => new Date() } = this.#parts
    const late: string[] = []
    for (const { log, size } of checkpoints) {
      const known = await cosignatures.newestBy(name, log)
      if (known >= size) continue
      const waiting = await tree.firstCheckpointFrom(log, known + 1)
      const waitedMs = waiting ? now().getTime() - waiting.madeAt.getTime() : 0
      if (waitedMs > witnessLagMsMax) {
        late.push(`${log} waits for its signature for ${Math.round(waitedMs / 1_000)} s`)
      }
    }
    if (late.length > 0) this.#lags.set(name, late.join(', '))
    else this.#lags.delete(name)
  }
}

/** C2SP tlog-witness: the size that the witness knows. */
function sizeSeen({ type, body }: { readonly type: string; readonly body: Buffer }): number {
  const size = parseSize(body.toString('latin1').replace(/\n$/, ''))
  if (type !== 'text/x.tlog.size' || size === undefined) {
    throw new WitnessAnswer('it answers 409 and does not say which size it knows')
  }
  return size
}

function shown(text: string): string {
  return text.slice(0, 200).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
}
