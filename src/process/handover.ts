import type { ChildProcess, SendHandle } from 'node:child_process'

/** What Node's cluster module says to a worker when it gives it a connection. */
interface NewConnection {
  readonly act: 'newconn'
  readonly seq: number
}

/**
 * Connections on their way from the supervisor, which accepts them, to one worker. If the worker
 * dies before it has said that it took one, Node's cluster module goes on waiting for the answer,
 * holds the connection open, and its consumer hangs. This gives the answer in the worker's place.
 *
 * It reads messages that Node does not document (unchanged from version 0.12 to 24). Should they
 * change, nothing is found here, and all is as it is without.
 */
export class Handover {
  readonly #process: ChildProcess
  readonly #underWay = new Map<number, { close(): void }>()

  constructor(process: ChildProcess) {
    this.#process = process
    const send = process.send.bind(process)
    const watched = (message: object, handle?: SendHandle, ...rest: []): boolean => {
      if (handle && isNewConnection(message)) {
        this.#underWay.set(message.seq, handle as unknown as { close(): void })
      }
      return send(message, handle, ...rest)
    }
    process.send = watched as typeof process.send
    process.on('internalMessage', ({ ack }: { readonly ack?: number }) => {
      if (ack !== undefined) this.#underWay.delete(ack)
    })
  }

  /**
   * Settles what a worker that is gone never answered; call once its channel has been read to the
   * end. Nothing of these connections has been read, so another worker takes them.
   * @param isServed - whether another worker listens; without one they are closed
   */
  settle(isServed: boolean): void {
    for (const [ack, connection] of [...this.#underWay]) {
      if (!isServed) connection.close()
      else this.#process.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false })
    }
    this.#underWay.clear()
  }
}

function isNewConnection(message: object): message is NewConnection {
  return 'act' in message && message.act === 'newconn' && 'seq' in message
}
