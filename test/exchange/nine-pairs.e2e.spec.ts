import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { readXml } from '../../src/xml/read-xml.js'
import { startTestBroker, type TestBroker } from '../support/broker.js'
import { writeContract } from '../support/contract-samples.js'
import {
  messageContract,
  queueContract,
  queueService,
  restContract,
  restService,
  soapContract,
  soapNamespace,
  soapService,
} from '../support/note-contracts.js'
import { askAsUser } from '../support/note-users.js'
import type { AnswerOf } from '../support/whole-bus-provider.js'
import { declareQueues, TestQueueSystem } from '../support/whole-bus-queues.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { soap11 } from '../support/wss.js'

/* a note goes from consumers of each protocol to providers of each, and is given back. */

/** Azerbaijani as it is written, and a text with the Cyrillic letter that looks like ə. */
const texts = ['Əliyev Şükür İbrahim oğlu, Çağırış küçəsi', 'Cyrillic: ә, Latın: ə; I/ı, İ/i']
const amount = '12.50'

const messageServices = [`${subsystems.taxes}/xeber/v1`, `${subsystems.personnel}/xeber/v1`]
const messageNamespace = 'urn:sluice:service:xeber:v1'

let broker: TestBroker
let bus: WholeBus
let soap: TestSoapConsumer
let portal: TestQueueSystem
let personnel: TestQueueSystem
let folder: string

beforeAll(async () => {
  broker = await startTestBroker()
  await declareQueues(broker.url, [subsystems.portal, subsystems.personnel])
  bus = await startWholeBus({
    soap: { wsdl: { address: 'https://bus.example.test/soap' } },
    broker: broker.url,
  })
  folder = await mkdtemp(join(tmpdir(), 'sluice-nine-pairs-'))
  await register()
  const { identities, busCertificate, authority } = bus
  soap = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
  portal = await TestQueueSystem.open(broker.url, subsystems.portal, identities.portal)
  personnel = await TestQueueSystem.open(broker.url, subsystems.personnel, identities.personnel)
}, 120_000)

async function register(): Promise<void> {
  const { providers, registry } = bus
  const contract = (name: string, files: typeof restContract) =>
    writeContract(join(folder, name), files)
  const rest = await contract('rest', restContract)
  const xml = await contract('soap', soapContract)
  const queue = await contract('queue', queueContract)
  const message = await contract('message', messageContract)
  await registry.change(subsystems.portal, { mq: true })
  await registry.change(subsystems.taxes, {
    services: [
      sampleService('qeyd', providers.taxes.address, { contract: rest }),
      sampleService('xeber', providers.taxes.address, { contract: message }),
    ],
  })
  await registry.change(subsystems.education, {
    services: [
      sampleService('qeyd', providers.education.address, { protocol: 'soap', contract: xml }),
    ],
  })
  await registry.change(subsystems.personnel, {
    mq: true,
    services: [
      sampleService('qeyd', 'amqp:in', { protocol: 'mq', contract: queue }),
      sampleService('xeber', 'amqp:in', { protocol: 'mq', contract: message }),
    ],
  })
  await registry.apply({
    accessRights: [restService, soapService, queueService, ...messageServices].map((service) =>
      sampleRight(subsystems.portal, service),
    ),
  })
  providers.education.answer = sameInSoap
}

afterEach(() => {
  for (const provider of Object.values(bus.providers)) provider.reset()
  bus.providers.education.answer = sameInSoap
  personnel.deliveries.length = 0
  personnel.answer = ({ payload }) => ({ payload })
})

afterAll(async () => {
  soap.close()
  await portal.close()
  await personnel.close()
  await bus.close()
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
})

const envelope = (content: string): string =>
  `<S:Envelope xmlns:S="${soap11}"><S:Body>${content}</S:Body></S:Envelope>`

/** The request's element again, called as the answer to it. */
const sameInSoap: AnswerOf = ({ payload }) => {
  const document = readXml(payload)
  const asked = document.firstChild(document.child(document.root, soap11, 'Body')!)!
  const [mesaj, say] = [...document.children(asked)].map((child) => document.text(child))
  return {
    headers: { 'Content-Type': 'text/xml; charset=utf-8' },
    payload: envelope(
      `<qeydResponse xmlns="${soapNamespace}"><mesaj>${mesaj}</mesaj><say>${say}</say></qeydResponse>`,
    ),
  }
}

interface Note {
  readonly mesaj: string
  readonly say: string
}

type Ask = (service: string, note: Note) => Promise<Note>

const json = { 'Content-Type': 'application/json' }

const askRest: Ask = async (service, note) => {
  const answer = await bus.portal.call({ service, payload: JSON.stringify(note), headers: json })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.payload.toString()) as Note
}

const namespaces: Readonly<Record<string, string>> = {
  [restService]: `urn:sluice:service:${restService.replaceAll('/', ':')}`,
  [soapService]: soapNamespace,
  [queueService]: 'urn:sluice:service:qeyd:v1',
}

const askSoap: Ask = async (service, { mesaj, say }) => {
  const fields = `<q:mesaj>${mesaj}</q:mesaj><q:say>${say}</q:say>`
  const body = `<q:qeyd xmlns:q="${namespaces[service] ?? ''}">${fields}</q:qeyd>`
  const answer = await soap.call({ service, body })
  expect({ status: answer.status, fault: answer.fault }).toEqual({ status: 200 })
  const [told] = answer.verified.body.children()
  const values = told!.children().map((child) => child.text())
  return { mesaj: values[0] ?? '', say: values[1] ?? '' }
}

const askQueue: Ask = async (service, note) => {
  const answer = await portal.ask(service, JSON.stringify(note))
  expect([answer.kind, answer.status]).toEqual(['reply', 200])
  return JSON.parse(answer.payload.toString()) as Note
}

const consumers = [
  ['REST', askRest],
  ['SOAP', askSoap],
  ['MQ', askQueue],
] as const
const pairs = consumers.flatMap(([name, ask]) =>
  [restService, soapService, queueService].map((service, at) => ({
    pair: `${name} to ${['REST', 'SOAP', 'MQ'][at] ?? ''}`,
    ask,
    service,
  })),
)

/** What reached the provider, as it came. */
function delivered(service: string): Buffer {
  if (service === queueService) return personnel.deliveries.at(-1)!.payload
  const { taxes, education } = bus.providers
  return (service === restService ? taxes : education).latest.payload
}

describe.each(pairs)('$pair', ({ ask, service }) => {
  it.each(texts)('carries every letter of %s there and back', async (mesaj) => {
    expect(await ask(service, { mesaj, say: amount })).toEqual({ mesaj, say: amount })
    expect(delivered(service).includes(mesaj)).toBe(true)
    expect(delivered(service).includes(amount)).toBe(true)
  })
})

describe('R-100, R-101: on behalf of a user, about that user alone', () => {
  const subjects = [{ type: 'fin', request: '/mesaj', reply: '/mesaj' }]
  const user = { fin: '0TEST01' }
  const note = { mesaj: '0TEST01', say: '1' }
  const others = [restService, soapService, queueService]

  beforeAll(() => declareSubjects(subjects))
  afterAll(() => declareSubjects([]))

  async function declareSubjects(declared: readonly object[]): Promise<void> {
    for (const service of others) await bus.registry.change(service, { subjects: declared })
  }

  const lanes = () => ({ rest: bus.portal, soap, queue: portal, namespaces })

  it.each(Object.entries(askAsUser))('%s to each protocol', async (_name, askBy) => {
    const ask = askBy(lanes())
    for (const service of others) {
      expect([service, await ask(service, note, user)]).toEqual([service, undefined])
      const deliveries = countDelivered()
      const aboutAnother = await ask(service, { ...note, mesaj: '0TEST02' }, user)
      expect([service, aboutAnother]).toEqual([service, 'NOT_DATA_SUBJECT'])
      expect(countDelivered()).toBe(deliveries)
    }
  })

  it.each(Object.entries(askAsUser))('%s gets no answer about another', async (_name, askBy) => {
    const ask = askBy(lanes())
    answerAboutAnother()
    for (const service of others) {
      const fault = await ask(service, note, user)
      expect([service, fault]).toEqual([service, 'RESPONSE_SUBJECT_MISMATCH'])
    }
  })

  function countDelivered(): number {
    const { taxes, education } = bus.providers
    return taxes.count + education.count + personnel.deliveries.length
  }

  function answerAboutAnother(): void {
    const { taxes, education } = bus.providers
    const payload = JSON.stringify({ ...note, mesaj: '0TEST02' })
    taxes.answer = () => ({ headers: json, payload })
    personnel.answer = () => ({ payload: Buffer.from(payload) })
    education.answer = ({ payload: asked, ...rest }) =>
      sameInSoap({ ...rest, payload: Buffer.from(asked.toString().replace('0TEST01', '0TEST02')) })
  }
})

describe('in queues', () => {
  it.each([restService, soapService, queueService])(
    'what breaks the contract of %s is refused by its place, and not delivered',
    async (service) => {
      const answer = await portal.ask(service, '{"mesaj":"a","say":"iki"}')
      expect(answer.kind).toBe('fault')
      expect(JSON.parse(answer.payload.toString())).toMatchObject({
        code: 'REQUEST_INVALID',
        field: '/say',
      })
      expect(personnel.deliveries).toEqual([])
    },
  )

  it('a failure that a REST contract declares is the reply, with its status', async () => {
    const payload = '{"sebeb":"Belə qeyd yoxdur"}'
    bus.providers.taxes.answer = () => ({ status: 404, headers: json, payload })
    const answer = await portal.ask(restService, JSON.stringify({ mesaj: 'a', say: '1' }))
    expect(answer).toMatchObject({ kind: 'reply', status: 404, contentType: 'application/json' })
    expect(answer.payload.toString()).toBe(payload)
  })

  it('a failure in a provider’s queue has its status over HTTP, and is none that XML can say', async () => {
    personnel.answer = () => ({ status: 404, payload: Buffer.from('{"sebeb":"Yoxdur"}') })
    const payload = JSON.stringify({ mesaj: 'a', say: '1' })
    const inRest = await bus.portal.call({ service: queueService, payload, headers: json })
    expect([inRest.status, inRest.payload.toString()]).toEqual([404, '{"sebeb":"Yoxdur"}'])
    const body =
      '<q:qeyd xmlns:q="urn:sluice:service:qeyd:v1"><q:mesaj>a</q:mesaj><q:say>1</q:say></q:qeyd>'
    expect((await soap.call({ service: queueService, body })).fault).toBe('PROVIDER_FAULT')
  })

  it('the log has both forms of what was carried over', async () => {
    const answer = await portal.ask(soapService, JSON.stringify({ mesaj: 'a', say: '1' }))
    const [request, reply] = (await bus.log.entries(answer.exchangeId)).map(({ fields }) => fields)
    expect(request).toMatchObject({ consumerProtocol: 'mq', providerProtocol: 'soap' })
    expect(request?.mappingVersion).toBe(reply?.mappingVersion)
    expect(request?.derivedPayloadDigest).toMatch(/^[\w-]{43}$/)
    expect(reply?.derivedPayloadDigest).toMatch(/^[\w-]{43}$/)
  })
})

describe('one-way messages', () => {
  const note = { mesaj: texts[0] ?? '', say: amount }
  const sending = [
    [
      'REST',
      async (service: string) => {
        const payload = JSON.stringify(note)
        const answer = await bus.portal.call({ service, payload, headers: json })
        expect(answer.status).toBe(202)
      },
    ],
    [
      'SOAP',
      async (service: string) => {
        const fields = `<q:mesaj>${note.mesaj}</q:mesaj><q:say>${note.say}</q:say>`
        const body = `<q:xeber xmlns:q="${messageNamespace}">${fields}</q:xeber>`
        const answer = await soap.call({ service, body })
        expect(answer.verified.body.children()[0]?.localName).toBe('accepted')
      },
    ],
    [
      'MQ',
      (service: string): void => {
        portal.tell(service, JSON.stringify(note))
      },
    ],
  ] as const

  it.each(sending)('from %s are the same to REST and in queues', async (_name, send) => {
    const [toRest = '', toQueue = ''] = messageServices
    const posted = bus.providers.taxes.nextDelivery()
    await send(toRest)
    expect(JSON.parse((await posted).payload.toString())).toEqual(note)
    const queued = personnel.nextDelivery()
    await send(toQueue)
    expect(JSON.parse((await queued).payload.toString())).toEqual(note)
  })

  it('have a WSDL that says what the bus answers', async () => {
    const address = bus.app.get(BusProcess).addresses[1] ?? ''
    const path = encodeURI(`/${messageServices[1] ?? ''}`)
    const wsdl = await (await fetch(`${address}${path}?wsdl`)).text()
    expect(wsdl).toContain(`element="m:accepted"`)
    expect(wsdl).toContain(`targetNamespace="${messageNamespace}"`)
  })
})

describe('both faces of a service behind a queue', () => {
  it('are served at the address at which they are asked for', async () => {
    const openapi: unknown = await (await fetch(`${bus.address}/openapi/${queueService}`)).json()
    expect(openapi).toMatchObject({
      servers: [{ url: bus.address }],
      paths: { [`/r1/${encodeURI(queueService)}`]: { post: { operationId: 'qeyd' } } },
    })
  })
})
