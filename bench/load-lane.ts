import { createConnection, type Socket } from 'node:net'

/** Told of each whole reply; of its bytes where they were to be kept. */
type OnReply = (status: string, bytes: Buffer | undefined) => void

/** One keep-alive connection with at most one request in progress. */
export class Lane {
  readonly #socket: Socket
  /** Beginning of a head that has not come whole. */
  #head: Buffer | undefined
  #status = ''
  /** Bytes of the reply that are still to come; 0 between replies. */
  #missing = 0
  /** What has come of a reply that is to be kept. */
  #kept: Buffer[] | undefined
  #ended: Error | undefined
  #onReply: OnReply | undefined
  #onEnd: ((error: Error) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('a connection was closed')))
  }

  /** Who hears of replies and of the connection's end from now on. */
  attach(onReply: OnReply | undefined, onEnd: ((error: Error) => void) | undefined): void {
    this.#onReply = onReply
    this.#onEnd = onEnd
    if (this.#ended) onEnd?.(this.#ended)
  }

  send(head: Buffer, payload: Buffer, isReplyKept: boolean): void {
    this.#kept = isReplyKept ? [] : undefined
    this.#socket.cork()
    this.#socket.write(head)
    this.#socket.write(payload)
    this.#socket.uncork()
  }

  close(): void {
    this.attach(undefined, undefined)
    this.#socket.destroy()
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#onEnd?.(error)
  }

  #read(chunk: Buffer): void {
    this.#kept?.push(chunk)
    if (this.#missing === 0) this.#begin(chunk)
    else this.#missing -= chunk.length
    if (this.#missing === 0 && !this.#head)
      this.#onReply?.(this.#status, this.#kept && Buffer.concat(this.#kept))
  }

  #begin(chunk: Buffer): void {
    const bytes = this.#head ? Buffer.concat([this.#head, chunk]) : chunk
    const headEnd = bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) {
      this.#head = bytes
      return
    }
    this.#head = undefined
    const head = bytes.toString('latin1', 0, headEnd)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)
    if (!length) throw new Error('a reply without Content-Length')
    this.#status = head.slice(9, 12)
    this.#missing = headEnd + 4 + Number(length[1]) - bytes.length
  }
}

/** Opens all connections to the origin of a URL. @throws Error when one cannot be opened */
export function openLanes(url: string, count: number): Promise<Lane[]> {
  const { hostname, port } = new URL(url)
  return Promise.all(Array.from({ length: count }, () => openLane(hostname, Number(port))))
}

function openLane(host: string, port: number): Promise<Lane> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(new Lane(socket))
    })
  })
}
