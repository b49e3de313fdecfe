import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Which way bytes travel through a proxy: from who connects, or back to them. */
export type Direction = 'there' | 'back'

/** Changes what passes; `offset` is the place of the chunk's first byte in its direction. */
export type Meddle = (chunk: Buffer, direction: Direction, offset: number) => Buffer

/** Somebody on the way: passes bytes on, and meddles with them. */
export class MeddlingProxy {
  /** How it meddles with connections from now on; undefined passes everything on as it is. */
  meddle: Meddle | undefined
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: targetPort })
      this.#join(near, far, 'there')
      this.#join(far, near, 'back')
    })
  }

  /** @param target address of whom it stands before */
  static async before(target: string): Promise<MeddlingProxy> {
    const proxy = new MeddlingProxy(Number(new URL(target).port))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #join(from: Socket, to: Socket, direction: Direction): void {
    let offset = 0
    this.#sockets.add(from)
    from.on('error', () => undefined)
    from.once('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    from.on('data', (chunk: Buffer) => {
      to.write(this.meddle?.(chunk, direction, offset) ?? chunk)
      offset += chunk.length
    })
    from.on('end', () => to.end())
  }
}

/** Flips one bit in the first byte of a text, wherever it passes in this direction. */
export function flipIn(text: string, direction: Direction): Meddle {
  return (chunk, way) => {
    const at = way === direction ? chunk.indexOf(text) : -1
    return at === -1 ? chunk : withByte(chunk, at, 0x01)
  }
}

/** Changes the one byte at this place of the stream. */
export function flipAt(place: number, mask: number, direction: Direction): Meddle {
  return (chunk, way, offset) =>
    way === direction && place >= offset && place < offset + chunk.length
      ? withByte(chunk, place - offset, mask)
      : chunk
}

function withByte(chunk: Buffer, at: number, mask: number): Buffer {
  const changed = Buffer.from(chunk)
  changed.writeUInt8(changed.readUInt8(at) ^ mask, at)
  return changed
}
