import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryIo } from '../../test/support/command-io.js'
import { readRequirementSet } from '../conformity/read-requirement-set.js'
import type { CheckProtocol } from '../conformity/requirement.js'
import { kitAnswerBytesMax } from '../limits/command-line.js'
import { UsageError } from './command-io.js'
import { registryAt, requirementsAt } from './conformity-bus.js'
import { protocolLines } from './conformity-text.js'

// Whoever stands at the address that --bus names: what it answers is a stranger's.

let server: Server
let bus: string
let answer: { readonly status: number; readonly body: string }
const asked: { readonly url: string; readonly authorization: string | undefined }[] = []

beforeAll(async () => {
  server = createServer(({ url = '', headers }, response) => {
    asked.push({ url, authorization: headers.authorization })
    response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  bus = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const about = { dataObjects: ['sicil'], objectId: 'AZ/GOV/NN/A', member: 'AZ/GOV/NN' }
const requirement = {
  ...{ code: 'TT-01', text: { az: 'a', en: 'a' }, clause: '1', appliesTo: ['service'] },
  by: 'automatic',
}
const setOf = (...requirements: object[]): string =>
  JSON.stringify({ version: 2, inForceFrom: '2026-01-01T00:00:00Z', requirements })

describe('what a stranger answers in a bus’s place', () => {
  it.each([
    ['nothing', '', 200],
    ['a page', '<html>', 200],
    ['null', 'null', 200],
    ['a list', '[]', 200],
    ['an empty object', '{}', 200],
    ['items that are no list', '{"items":{}}', 200],
    ['an item that is null', '{"items":[null]}', 200],
    [
      'a resource that is a number',
      '{"items":[{"asked":"sicil","resource":1,"owner":"x","identifiers":[]}]}',
      200,
    ],
    [
      'identifiers that are no list',
      '{"items":[{"asked":"sicil","resource":"x","owner":"x","identifiers":"fin"}]}',
      200,
    ],
    ['a redirect', '{}', 302],
    ['too much', 'x'.repeat(kitAnswerBytesMax + 1), 200],
    ['brackets without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 200],
  ])('%s is said to be none, and no failure of the kit', async (_what, body, status) => {
    answer = { status, body }
    const registry = registryAt(bus, 'token')
    const terms = { ...about, asksFor: ['sicil'] } as never
    await expect(registry.findDuplicates(terms)).rejects.toThrow(UsageError)
    await expect(registry.asksForHeld(terms)).rejects.toThrow(UsageError)
    await expect(registry.hasPersonalDataEntry(terms)).rejects.toThrow(UsageError)
    const where = { requirements: undefined, bus }
    await expect(requirementsAt(where, memoryIo({}))).rejects.toThrow(UsageError)
  })

  it('is asked without the login for what is public, and followed nowhere', () => {
    const ofSets = asked.filter(({ url }) => url.startsWith('/v1/requirement-sets'))
    expect(ofSets.length).toBeGreaterThan(0)
    expect(ofSets.every(({ authorization }) => authorization === undefined)).toBe(true)
    expect(asked.map(({ url }) => url)).not.toContain('/elsewhere')
    expect(() => registryAt('http://bus.example', 'token')).toThrow(UsageError)
  })

  it('has each requirement once', async () => {
    answer = { status: 200, body: setOf(requirement) }
    const { set } = await requirementsAt({ requirements: undefined, bus }, memoryIo({}))
    expect(set).toMatchObject({ version: 2, recheckUntil: undefined })
    expect(readRequirementSet(Buffer.from(setOf(requirement, requirement)))).toMatch('twice')
  })

  it('steers nobody’s terminal', () => {
    const finding = { az: 'x', en: 'Another resource has it: \u001b[2Jsicil\nTT-02 pass' }
    const line = { code: 'TT-08', result: 'fail', finding, remedy: finding } as const
    const protocol = { requirementSet: 1, lines: [line] } as unknown as CheckProtocol
    const lines = protocolLines({ objectId: 'x', protocol, missing: [], from: undefined }, 'en')
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
  })
})
