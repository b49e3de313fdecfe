import type { Holding } from '../exchange/adapter.js'
import type { Payload, SpoolWriter } from '../exchange/payload.js'
import { spoolAboveBytes, spooledMemoryBytes } from '../limits/http.js'
import { PayloadCollector, type BodyCollector } from './payload.js'

/**
 * Puts a body together as `PayloadCollector` does, as long as it is not larger than `spoolAboveBytes`; a
 * larger one goes to the disk, and takes no more memory however large it is.
 */
export class SpoolingCollector implements BodyCollector<Payload> {
  readonly #holding: Holding
  readonly #openWriter: (announced: number | undefined) => SpoolWriter
  #inMemory: PayloadCollector | undefined
  #writer: SpoolWriter | undefined

  /** @throws Fault THROTTLED where the announced length finds no room on the disk */
  constructor(
    announced: number | undefined,
    holding: Holding,
    openWriter: (announced: number | undefined) => SpoolWriter,
  ) {
    this.#holding = holding
    this.#openWriter = openWriter
    if (announced !== undefined && announced > spoolAboveBytes) this.#spool(announced)
    else this.#inMemory = new PayloadCollector(announced, spoolAboveBytes, holding)
  }

  get bytes(): number {
    return this.#writer?.length ?? this.#inMemory?.bytes ?? 0
  }

  add(chunk: Buffer): Promise<void> | undefined {
    if (this.#writer) return this.#writer.write(chunk)
    if (!this.#inMemory) return undefined
    if (this.#inMemory.bytes + chunk.length <= spoolAboveBytes) {
      this.#inMemory.add(chunk)
      return undefined
    }
    const before = this.#inMemory.take()
    this.#inMemory = undefined
    const writer = this.#spool(undefined)
    const first = writer.write(before)
    return writer.write(chunk) ?? first
  }

  take(): Payload | Promise<Payload> {
    return this.#writer?.finish() ?? this.#inMemory?.take() ?? new Uint8Array()
  }

  drop(): void {
    this.#writer?.abandon()
    this.#inMemory?.drop()
  }

  #spool(announced: number | undefined): SpoolWriter {
    this.#holding.resize(spooledMemoryBytes)
    return (this.#writer = this.#openWriter(announced))
  }
}
