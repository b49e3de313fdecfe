import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  largeService,
  startLargeSoapBus,
  untilKept,
  type LargeSoapBus,
} from '../support/large-soap.js'
import type { TestSoapConsumer } from '../support/whole-bus-soap.js'
import type { WholeBus } from '../support/whole-bus.js'

const service = largeService
/** Of requests, and of replies. */
const diskBytes = 12_000_000
let large: LargeSoapBus
let bus: WholeBus
let portal: TestSoapConsumer

beforeAll(async () => {
  large = await startLargeSoapBus({
    spooledBytesMax: diskBytes,
    spoolBytesPerConsumerMax: diskBytes,
    spoolBytesMax: diskBytes,
  })
  ;({ bus, portal } = large)
})

afterEach(async () => {
  bus.providers.taxes.reset()
  await untilKept((files) => files === 0)
})

afterAll(() => large.close())

describe('a large message that is refused leaves nothing behind', () => {
  it('an altered byte of a large attachment', async () => {
    const call = large.signed(randomBytes(3_000_000))
    const payload = Buffer.from(call.payload)
    payload[2_000_000]! ^= 1
    const answer = await portal.send({ ...call, payload })
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(answer.text).toContain('<f:field>attachment 1</f:field>')
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a multipart that is none to its end', async () => {
    const call = large.signed(randomBytes(3_000_000))
    const answer = await portal.send({ ...call, payload: call.payload.subarray(0, -10) })
    expect(answer.fault).toBe('PAYLOAD_UNSAFE')
  })

  it('a message above the limit of its service', async () => {
    await bus.registry.change(service, { limits: { requestBytesMax: 2_000_000 } })
    const answer = await portal.send(large.signed(randomBytes(3_000_000)))
    await bus.registry.change(service, { limits: { requestBytesMax: 67_108_864 } })
    expect(answer.fault).toBe('PAYLOAD_TOO_LARGE')
  })

  it('an answer above the limit of its service', async () => {
    await bus.registry.change(service, { limits: { replyBytesMax: 2_000_000 } })
    const answer = await portal.send(large.signed(randomBytes(3_000_000)))
    await bus.registry.change(service, { limits: { replyBytesMax: 67_108_864 } })
    expect(answer.fault).toBe('RESPONSE_INVALID')
  })

  it('a message whose connection breaks in the middle', async () => {
    const { headers, payload } = large.signed(randomBytes(3_000_000))
    const request = httpRequest(large.address, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(payload.length) },
    })
    request.on('error', () => undefined)
    request.write(payload.subarray(0, 2_000_000))
    await untilKept((files) => files > 0)
    request.destroy()
    await untilKept((files) => files === 0)
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a reply whose consumer goes away before it has read it', async () => {
    const { headers, payload } = large.signed(randomBytes(11_000_000))
    const request = httpRequest(large.address, { method: 'POST', headers })
    request.on('error', () => undefined)
    request.end(payload)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.on('error', () => undefined)
    await once(response, 'data')
    request.destroy()
    await untilKept((files) => files === 0)
    expect(bus.systemLog.join('')).not.toContain('reply broke off')
  })

  it('what finds no room on the disk: THROTTLED, and room again when the others are through', async () => {
    const { taxes } = bus.providers
    const echo = taxes.answer
    let goOn = (): void => undefined
    const waiting = new Promise<void>((resolve) => (goOn = resolve))
    taxes.answer = async (delivery) => {
      await waiting
      return echo(delivery)
    }
    const content = randomBytes(5_000_000)
    const underWay = [1, 2].map(() => portal.send(large.signed(content)))
    while (taxes.count < 2) await taxes.nextDelivery()
    const refused = await portal.send(large.signed(content))
    expect(refused.fault).toBe('THROTTLED')
    goOn()
    for (const answer of await Promise.all(underWay)) expect(answer.fault).toBeUndefined()
    expect((await portal.send(large.signed(randomBytes(2_000_000)))).fault).toBeUndefined()
  })
})
