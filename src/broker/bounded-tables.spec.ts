import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { Secret } from '../config/secrets.js'
import { boundTables } from './bounded-tables.js'
import { BrokerConnection } from './connection.js'

/** Field tables as somebody writes them by hand, whom no client library hinders. */
const field = (name: string, tag: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name + tag), value])
const counted = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function deepTable(levels: number): Buffer {
  const parts: Buffer[] = []
  for (let level = 0; level < levels; level += 1) {
    const head = Buffer.from([0, 'F'.charCodeAt(0), 0, 0, 0, 0])
    head.writeUInt32BE(6 * (levels - level - 1), 2)
    parts.push(head)
  }
  return Buffer.concat(parts)
}

function deepList(levels: number): Buffer {
  const parts: Buffer[] = [Buffer.from([1]), Buffer.from('h')]
  for (let level = 0; level < levels; level += 1) {
    const head = Buffer.from(['A'.charCodeAt(0), 0, 0, 0, 0])
    head.writeUInt32BE(5 * (levels - level - 1), 1)
    parts.push(head)
  }
  return Buffer.concat(parts)
}

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker()
}, 60_000)
afterAll(() => broker.stop())

/** Publishes to a queue over a socket, frame by frame (AMQP 0-9-1 §4.2.3). */
async function publishRaw(queue: string, table: Buffer): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(broker.url)
  const socket = connectTcp(Number(port), hostname)
  const short = (text: string): Buffer =>
    Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
  const method = (channel: number, classId: number, methodId: number, ...parts: Buffer[]): Buffer =>
    frame(1, channel, Buffer.concat([Buffer.from([0, classId, 0, methodId]), ...parts]))
  const login = Buffer.from(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`)
  socket.write(Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]))
  await answer(socket)
  socket.write(
    method(0, 10, 11, counted(Buffer.alloc(0)), short('PLAIN'), counted(login), short('en_US')),
  )
  await answer(socket)
  const tune = Buffer.from([0, 10, 0, 2, 0, 0, 0, 0])
  socket.write(
    Buffer.concat([
      method(0, 10, 31, tune),
      method(0, 10, 40, short(decodeURIComponent(pathname.slice(1))), Buffer.from([0, 0])),
    ]),
  )
  await answer(socket)
  socket.write(method(1, 20, 10, Buffer.from([0])))
  await answer(socket)
  const size = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1])
  const head = Buffer.concat([
    Buffer.from([0, 60, 0, 0]),
    size,
    Buffer.from([0x20, 0]),
    counted(table),
  ])
  socket.write(
    Buffer.concat([
      method(1, 60, 40, Buffer.from([0, 0]), short(''), short(queue), Buffer.from([0])),
      frame(2, 1, head),
      frame(3, 1, Buffer.from('x')),
      method(1, 20, 40, Buffer.from([0, 200]), short(''), Buffer.from([0, 0, 0, 0])),
    ]),
  )
  await answer(socket)
  socket.destroy()
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  const end = Buffer.from([0xce])
  return Buffer.concat([Buffer.from([type, 0, channel]), counted(payload), end])
}

async function answer(socket: Socket): Promise<void> {
  await once(socket, 'data')
}

describe('tables of headers that nobody should read', () => {
  it.each([
    ['a table of 20,000 levels', deepTable(20_000)],
    ['a list of 24,000 levels', deepList(24_000)],
    ['a table of 17 levels', deepTable(17)],
  ])(
    '%s does not end the connection: the message comes without its headers',
    async (_what, table) => {
      const queue = `deep-${table.length}`
      const arrived: ConsumeMessage[] = []
      const lost: string[] = []
      let come: () => void = () => undefined
      const both = new Promise<void>((resolve) => (come = resolve))
      let model: ChannelModel | undefined
      let ready: () => void = () => undefined
      const isReady = new Promise<void>((resolve) => (ready = resolve))
      const connection = new BrokerConnection({
        url: new Secret(broker.url),
        name: 'test',
        setup: async (opened) => {
          model = opened
          const channel = await opened.createChannel()
          await channel.assertQueue(queue, { durable: true })
          await channel.consume(queue, (message) => {
            if (!message) return
            arrived.push(message)
            channel.ack(message)
            if (arrived.length === 2) come()
          })
          ready()
        },
        onLost: (error) => lost.push(error.message),
      })
      await connection.start()
      await isReady
      await publishRaw(queue, table)
      const channel = await model!.createConfirmChannel()
      channel.sendToQueue(queue, Buffer.from('y'), { headers: { a: 'b', list: [1, { c: 2 }] } })
      await channel.waitForConfirms()
      await both
      expect(arrived.map(({ content }) => content.toString())).toEqual(['x', 'y'])
      expect(Object.keys(arrived[0]!.properties.headers ?? {})).toEqual([''])
      expect(arrived[1]!.properties.headers).toEqual({ a: 'b', list: [1, { c: 2 }] })
      expect(lost).toEqual([])
      await connection.close()
    },
  )

  it('says so where amqplib is another', () => {
    expect(() => boundTables({})).toThrow('amqplib')
  })

  it('leaves all that is not of its matter as it is, whatever the bytes', () => {
    const seen: Buffer[] = []
    const connection = {
      rest: Buffer.alloc(0),
      recvFrame(): void {
        seen.push(Buffer.from(this.rest))
      },
    }
    boundTables(connection)
    let seed = 7
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.alloc(round % 60)
      for (let at = 0; at < bytes.length; at += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        bytes[at] = seed >> 16
      }
      if (bytes.length > 24) bytes.set([2, 0, 1, 0, 0, 0, bytes.length - 8], 0)
      connection.rest = bytes
      connection.recvFrame()
    }
    expect(seen).toHaveLength(20_000)
    const plain = frame(
      2,
      1,
      Buffer.concat([
        Buffer.alloc(12),
        Buffer.from([0x20, 0]),
        counted(field('a', 'S', counted(Buffer.from('b')))),
      ]),
    )
    connection.rest = Buffer.from(plain)
    connection.recvFrame()
    expect(seen.at(-1)!.equals(plain)).toBe(true)
  })
})
