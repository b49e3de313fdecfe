import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConnectionApplication } from '../conformity/application.js'
import { firstRequirementSet } from '../conformity/first-requirements.js'
import { kitAnswerBytesMax } from '../limits/command-line.js'
import { registryAt, requirementsAt } from './conformity-bus.js'
import { UsageError } from './command-io.js'

let server: Server
let bus: string
let answer: { status: number; body: string }
const asked: string[] = []

beforeAll(async () => {
  server = createServer(({ url, headers }, response) => {
    asked.push(`${url ?? ''} ${headers.authorization ?? 'nobody'}`)
    response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  bus = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
})

const second = JSON.stringify({ ...firstRequirementSet, version: 2 })
const requirements = (given: { requirements?: string; bus?: string }, file = second) =>
  requirementsAt(
    { requirements: undefined, bus: undefined, ...given },
    {
      out: () => undefined,
      err: () => undefined,
      readFile: () => Promise.resolve(Buffer.from(file)),
    },
  )

describe('what the kit asks of a bus', () => {
  it('the requirements in force, without login; or those of a file, or of an address', async () => {
    expect(await requirements({})).toEqual({ set: firstRequirementSet, from: undefined })
    answer = { status: 200, body: second }
    const set = { ...firstRequirementSet, version: 2 }
    const inForce = `${bus}/v1/requirement-sets/in-force`
    expect(await requirements({ bus })).toEqual({ set, from: inForce })
    expect(asked.splice(0)).toEqual(['/v1/requirement-sets/in-force nobody'])
    const there = `${bus}/2.json`
    expect(await requirements({ bus, requirements: there })).toEqual({ set, from: there })
    expect(await requirements({ requirements: '2.json' })).toEqual({ set, from: '2.json' })
  })

  it('refuses what is no version of them, and never guesses', async () => {
    for (const file of ['', '[]', '{"version":0}', second.replace('TT-01', 'TT 01')]) {
      await expect(requirements({ requirements: 'x.json' }, file)).rejects.toThrow(UsageError)
    }
    for (const [status, body] of [
      ...([
        [404, second],
        [302, second],
        [200, '<html>'],
        [200, 'x'.repeat(kitAnswerBytesMax + 1)],
      ] as const),
    ]) {
      answer = { status, body }
      await expect(requirements({ bus })).rejects.toThrow(UsageError)
    }
    await expect(requirements({ bus: 'ftp://x' })).rejects.toThrow(UsageError)
    await expect(requirements({ bus: 'http://127.0.0.1:1' })).rejects.toThrow(UsageError)
  })

  it('the registry under a login, which goes to no other machine in clear', async () => {
    asked.length = 0
    const application = {
      ...{ objectId: 'AZ/GOV/NN/x', member: 'AZ/GOV/NN', dataObjects: ['a'], asksFor: ['FİN'] },
    } as unknown as ConnectionApplication
    const holder = {
      asked: 'FİN',
      resource: 'AZ/GOV/VN/y',
      owner: 'AZ/GOV/VN',
      identifiers: ['fin'],
    }
    const own = { ...holder, owner: 'AZ/GOV/NN' }
    answer = { status: 200, body: JSON.stringify({ items: [holder, own] }) }
    const registry = registryAt(bus, 'secret')
    expect(await registry.findDuplicates(application)).toEqual([
      { code: 'FİN', resource: holder.resource },
    ])
    expect(await registry.asksForHeld(application)).toEqual([])
    expect(asked[0]).toBe('/v1/data-objects/holders?codes=a Bearer secret')
    answer = { status: 404, body: '' }
    expect(await registry.hasPersonalDataEntry(application)).toBe(false)
    answer = { status: 401, body: '' }
    await expect(registry.hasPersonalDataEntry(application)).rejects.toThrow('SLUICE_TOKEN')
    const comma = { ...application, dataObjects: ['a,b'] }
    await expect(registry.findDuplicates(comma)).rejects.toThrow(UsageError)
    expect(() => registryAt('http://admin.example.az', 'secret')).toThrow('TLS')
  })
})
