import type { OctetSink } from '../../xml/c14n/write.js'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const lineEnd = Buffer.from('\r\n')

/** Writes text with each line ended by CR and LF, whatever ended it before (RFC 2046 §4.1.1). */
export class TextContentWriter implements OctetSink {
  readonly #sink: OctetSink
  /** The stretch before ended with CR, of which a LF may be the other half. */
  #isAfterReturn = false

  constructor(sink: OctetSink) {
    this.#sink = sink
  }

  /** A stretch of the text, which the next one goes on. */
  update(content: Uint8Array): void {
    if (content.length === 0) return
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    let at = this.#isAfterReturn && bytes[0] === lineFeed ? 1 : 0
    this.end()
    let written = at
    for (;;) {
      while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++
      if (at === bytes.length) break
      if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) {
        // As it must be; copied with what is around it.
        at += 2
        continue
      }
      if (at > written) this.#sink.update(bytes.subarray(written, at))
      this.#isAfterReturn = bytes[at] === carriageReturn && at + 1 === bytes.length
      if (!this.#isAfterReturn) this.#sink.update(lineEnd)
      written = ++at
    }
    if (written < bytes.length) this.#sink.update(bytes.subarray(written))
  }

  /** The text is at its end. */
  end(): void {
    if (this.#isAfterReturn) this.#sink.update(lineEnd)
    this.#isAfterReturn = false
  }
}
