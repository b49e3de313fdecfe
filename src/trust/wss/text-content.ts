import type { OctetSink } from '../../xml/c14n/write.js'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const lineEnd = Buffer.from('\r\n')

/** Writes text with each line ended by CR and LF, whatever ended it before (RFC 2046 §4.1.1). */
export function writeTextContent(content: Uint8Array, sink: OctetSink): void {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  let written = 0
  let at = 0
  for (;;) {
    while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++
    if (at === bytes.length) break
    if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) {
      // As it must be; copied with what is around it.
      at += 2
      continue
    }
    if (at > written) sink.update(bytes.subarray(written, at))
    sink.update(lineEnd)
    written = ++at
  }
  if (written < bytes.length) sink.update(bytes.subarray(written))
}
