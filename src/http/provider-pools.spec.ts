import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ProviderPools } from './provider-pools.js'
import { parseHttpSettings } from './settings.js'

let server: Server
let connections = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1
    socket.on('error', () => undefined).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => void server.close())

const allowing = (privateAddresses: readonly string[]): ProviderPools =>
  new ProviderPools(parseHttpSettings({ port: 0, outbound: { privateAddresses } }))

describe('whether a provider can be reached', () => {
  it('is tried by a connection, and by nothing else', async () => {
    const { port } = server.address() as AddressInfo
    const pools = allowing(['127.0.0.0/8'])
    expect(await pools.probe(`http://127.0.0.1:${port}/xidmet`)).toBe(true)
    expect(connections).toBe(1)
    // What does not speak TLS is not reached over TLS.
    expect(await pools.probe(`https://127.0.0.1:${port}/xidmet`)).toBe(false)
    await pools.close()
  })

  it('is not tried where the bus may not connect to', async () => {
    const { port } = server.address() as AddressInfo
    const before = connections
    for (const address of [`http://127.0.0.1:${port}/`, 'ftp://127.0.0.1/', 'nowhere']) {
      expect(await allowing([]).probe(address)).toBe(false)
    }
    expect(connections).toBe(before)
  })

  it('is no where nobody listens', async () => {
    expect(await allowing(['127.0.0.0/8']).probe('http://127.0.0.1:9/')).toBe(false)
  })
})
