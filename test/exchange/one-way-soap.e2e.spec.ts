import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { BusProcess } from '../../src/bus-process.js'
import { until } from '../support/message-log.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SoapAnswer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { headerBlocks } from '../support/soap-lane.js'
import { sluice } from '../support/wss.js'

const soapService = `${subsystems.taxes}/soapBildiris/v1`
const messages = 'urn:sluice:message:1'

let bus: WholeBus
let soap: TestSoapConsumer

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, identities, busCertificate, authority } = bus
  const oneWay = { pattern: 'one-way', protocol: 'soap' }
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('soapBildiris', providers.taxes.address, oneWay)],
  })
  await bus.registry.apply({ accessRights: [sampleRight(subsystems.portal, soapService)] })
  soap = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
})

afterAll(async () => {
  soap.close()
  await bus.close()
})

beforeEach(() => bus.providers.taxes.reset())

/** Resolves once the outbox is done with a message. */
const settled = (exchangeId: string): Promise<void> =>
  until(async () => (await bus.log.rows('outbox_message', exchangeId)) === 0)

describe('a message over SOAP', () => {
  const body = '<v:soapBildiris xmlns:v="urn:vn"><v:sened>Məktub № 5</v:sened></v:soapBildiris>'

  const partOf = ({ verified }: SoapAnswer, name: string): string | undefined =>
    verified.body
      .children()[0]
      ?.children()
      .find(({ localName, namespace }) => localName === name && namespace === messages)
      ?.text()

  const ask = (of: string, name: string, content: string, by = soap): Promise<SoapAnswer> =>
    by.call({
      service: `${of}/${name}`,
      body: `<m:${name} xmlns:m="${messages}">${content}</m:${name}>`,
    })

  const askedFor = (exchangeId: string): Promise<SoapAnswer> =>
    ask(subsystems.portal, 'messageStatus', `<m:exchangeId>${exchangeId}</m:exchangeId>`)

  it.each(['1.1', '1.2'] as const)(
    'is taken with what any stack reads: SOAP %s',
    async (version) => {
      const messageId = randomUUID()
      const answer = await soap.call({ service: soapService, body, version, messageId })
      const { exchangeId, verified } = answer
      expect([answer.status, answer.fault]).toEqual([200, undefined])
      const [accepted] = verified.body.children()
      expect([accepted?.namespace, accepted?.localName]).toEqual([messages, 'accepted'])
      expect([partOf(answer, 'exchangeId'), partOf(answer, 'messageId')]).toEqual([
        exchangeId,
        messageId,
      ])
      const [request] = await bus.log.entries(exchangeId)
      expect(verified.headerBlock(sluice, 'entry')?.text()).toBe(
        request?.leafHash.toString('base64url'),
      )
      await settled(exchangeId)
      expect(bus.providers.taxes.latest.payload.toString()).toContain('Məktub № 5')
      const status = await askedFor(exchangeId)
      expect(partOf(status, 'state')).toBe('delivered')
      expect(status.text).toContain('<m:code>QEBUL_EDILIB</m:code>')
      expect(status.text).toContain('qəbul edildi')
    },
  )

  it.each([200, 202])('is taken by a system that says %s and nothing else', async (status) => {
    bus.providers.taxes.answer = () => ({ status, payload: '' })
    const { exchangeId } = await soap.call({ service: soapService, body })
    await settled(exchangeId)
    expect(bus.providers.taxes.count).toBe(1)
    const told = await askedFor(exchangeId)
    expect(partOf(told, 'state')).toBe('delivered')
    expect(told.text).toContain('<m:code>QEBUL_EDILIB</m:code>')
  })

  it('sent again is told the exchange that it began', async () => {
    const call = soap.sign({ service: soapService, body })
    const first = await soap.send(call)
    const again = await soap.send(call)
    expect(again.fault).toBe('DUPLICATE_MESSAGE')
    expect(again.text).toContain(`<f:repeatOf>${first.exchangeId}</f:repeatOf>`)
  })

  it('says when it expires', async () => {
    const expires = '2020-01-01T00:00:00+04:00'
    const blocks = [
      ...headerBlocks({
        consumer: subsystems.portal,
        messageId: randomUUID(),
        service: soapService,
      }),
      `<sluice:expires xmlns:sluice="${sluice}">${expires}</sluice:expires>`,
    ]
    const answer = await soap.call({ service: soapService, body, blocks })
    expect(answer.fault).toBe('REQUEST_INVALID')
    expect(answer.text).toContain('<f:field>expires</f:field>')
  })

  it('is answered by its recipient in SOAP', async () => {
    const { exchangeId } = await soap.call({ service: soapService, body })
    await settled(exchangeId)
    const { identities, busCertificate, authority } = bus
    const recipient = new TestSoapConsumer({
      ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.taxes },
      ...{ credentials: identities.taxes, busCertificate, authority },
    })
    const said = `<m:exchangeId>${exchangeId}</m:exchangeId><m:notice>IMTINA</m:notice>`
    const ground = '<m:ground>Səhv ünvan &amp; nömrə</m:ground>'
    const answer = await ask(subsystems.portal, 'messageNotice', said + ground, recipient)
    expect([answer.fault, partOf(answer, 'notice')]).toEqual([undefined, 'IMTINA'])
    const status = await askedFor(exchangeId)
    expect(partOf(status, 'state')).toBe('refused')
    expect(status.text).toContain('Səhv ünvan &amp; nömrə')
    const twice = await ask(subsystems.portal, 'messageNotice', said + ground + ground, recipient)
    expect(twice.fault).toBe('REQUEST_INVALID')
    const bySender = await ask(subsystems.portal, 'messageNotice', said + ground)
    expect(bySender.fault).toBe('TARGET_UNREGISTERED')
    recipient.close()
  })
})
