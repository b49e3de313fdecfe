import type { Writable } from 'node:stream'

/**
 * amqplib hands each frame to the socket by itself, which costs a system call each, and the broker as many wake-ups. What
 * it writes in one turn goes out together here; nothing waits longer than until the turn has ended.
 * @throws Error where amqplib is another than the one that this was written for
 */
export function joinWrites(connection: object): void {
  const stream = streamOf(connection)
  const write = stream.write.bind(stream) as (chunk: unknown) => boolean
  const send = (): void => stream.uncork()
  stream.write = (chunk: unknown) => {
    if (stream.writableCorked === 0) {
      stream.cork()
      process.nextTick(send)
    }
    return write(chunk)
  }
}

function streamOf(connection: object): Writable {
  if ('stream' in connection && isWritable(connection.stream)) return connection.stream
  throw new Error('amqplib sends otherwise than it did')
}

function isWritable(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'cork' in stream && 'write' in stream
}
