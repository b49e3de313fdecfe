import { rm } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import type { SpooledPayload } from '../../src/exchange/payload.js'
import { SharedPayloadBudget } from '../../src/exchange/payload-budget.js'
import { DiskSpool } from '../../src/spool/disk-spool.js'

const exchangeId = 'test'

/** A spool for what a test wants on the disk. */
export class TestSpool {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sluice-test-spool-'))
  readonly spool = new DiskSpool({
    directory: this.#directory,
    budget: new SharedPayloadBudget('spooled requests', {
      bytesMax: 1 << 30,
      bytesPerConsumerMax: 1 << 30,
    }),
    warn: () => undefined,
  })

  async keep(bytes: Uint8Array): Promise<SpooledPayload> {
    const writer = this.spool.writer(exchangeId, 'AZ/GOV/VN/SC' as SubsystemId, undefined)
    await writer.write(bytes)
    return writer.finish()
  }

  /** What was kept so far is read no more. */
  forget(): void {
    this.spool.release(exchangeId)
  }

  async close(): Promise<void> {
    this.forget()
    await rm(this.#directory, { recursive: true })
  }
}
