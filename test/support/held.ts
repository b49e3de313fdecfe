import { isInMemory, type Bytes } from '../../src/exchange/payload.js'

/** Bytes that a test knows to be in memory. */
export function held(bytes: Bytes): Uint8Array {
  if (!isInMemory(bytes)) throw new Error('not in memory')
  return bytes
}

/** Bytes wherever they are. */
export async function collected(bytes: Bytes): Promise<Buffer> {
  if (isInMemory(bytes)) return Buffer.from(bytes)
  const pieces: Uint8Array[] = []
  for await (const piece of bytes.pieces()) pieces.push(piece)
  return Buffer.concat(pieces)
}
