/**
 * All bytes of a stream.
 * @throws Error above `bytesMax`; nothing more is read then
 */
export async function readBounded(
  stream: AsyncIterable<unknown>,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`it is longer than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
