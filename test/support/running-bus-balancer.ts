import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A load balancer as simple as can be: connections by turns, to nodes that take them. */
export interface Balancer {
  readonly address: string
  close(): Promise<void>
}

/** @param nodes - addresses such as `http://127.0.0.1:8080` */
export async function openBalancer(nodes: readonly string[]): Promise<Balancer> {
  const targets = nodes.map((address) => new URL(address))
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer((consumer) => {
    sockets.add(consumer)
    consumer.on('close', () => sockets.delete(consumer))
    consumer.on('error', () => consumer.destroy())
    turn += 1
    join(consumer, targets, turn, targets.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Joins a consumer to a node; one that does not take the connection is passed over. */
function join(consumer: Socket, targets: readonly URL[], turn: number, tries: number): void {
  const target = targets[turn % targets.length]
  if (!target || tries === 0) {
    consumer.destroy()
    return
  }
  const node = connect({ host: target.hostname, port: Number(target.port) })
  node.once('connect', () => {
    node.removeAllListeners('error')
    node.on('error', () => consumer.destroy())
    node.on('close', () => consumer.destroy())
    consumer.on('close', () => node.destroy())
    consumer.pipe(node).pipe(consumer)
  })
  node.once('error', () => join(consumer, targets, turn + 1, tries - 1))
}
