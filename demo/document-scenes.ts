import { createHash, randomUUID } from 'node:crypto'
import type { OpenLog } from '../src/cli/log-show.js'
import type { Cast } from './cast.js'
import type { SampleConsumer } from './consumer.js'
import { registrationDate, type DocumentNodes } from './document-nodes.js'
import type { Look } from './look.js'
import { untilRegistered } from './notice.js'
import { services, subsystems } from './sample-registry.js'
import { hasAll, lookAtTold } from './told.js'

export interface DocumentStage {
  readonly nodes: DocumentNodes
  readonly consumer: SampleConsumer
  readonly cast: Cast
  readonly log: OpenLog
}

const { documentToTransport, documentToEnergy, documentToFinance } = services
/** A body that has no node. */
const nobody = 'AZ/GOV/YOXDUR/EDMS/sened/v1'
const file = Buffer.from('%PDF-1.7 nümunə')

/** SC-07: documents and what becomes of them. */
export function documentLooks(stage: DocumentStage): (() => Promise<Look>)[] {
  return [
    () => toTwo(stage),
    () => answerFromBehindGateway(stage),
    () => fromMailbox(stage),
    () => refusedByOne(stage),
    () => whileOneIsAway(stage),
    () => toNobody(stage),
    () => secret(stage),
    () => fromPortal(stage),
  ]
}

async function toTwo({ nodes: { transport, finance }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: one document to two with one send (R-189), one of them behind the gateway'
  const body = document('12/34-567')
  const messageId = await transport.send({ to: [documentToEnergy, documentToFinance], body })
  const laid = await finance.untilLaid((one) => one.body['senedId'] === body.senedId)
  await finance.say(laid, registeredAs('MN-1'))
  const expected = { [documentToEnergy]: untilRegistered, [documentToFinance]: untilRegistered }
  return lookAtTold(title, await transport.untilTold(messageId, hasAll(expected)), expected, log)
}

async function answerFromBehindGateway({ nodes: { energy }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: a document from behind the gateway (R-180)'
  const body = { ...document('EN/12-1'), gonderen: 'AZ/GOV/EN', alanlar: ['AZ/GOV/NN'] }
  const messageId = await energy.send({ to: [documentToTransport], body })
  const expected = { [documentToTransport]: untilRegistered }
  return lookAtTold(title, await energy.untilTold(messageId, hasAll(expected)), expected, log)
}

async function fromMailbox({ nodes: { finance }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: a mailbox writes to a node with queues, over REST (R-181)'
  const body = { ...document('MN/7-2'), gonderen: 'AZ/GOV/MN', alanlar: ['AZ/GOV/NN'] }
  const { status, exchangeId } = await finance.send(documentToTransport, body)
  if (status !== 202) return { title, lines: [], trouble: `status ${status} instead of 202` }
  const expected = { [documentToTransport]: untilRegistered }
  return lookAtTold(title, await finance.untilTold(exchangeId, hasAll(expected)), expected, log)
}

async function refusedByOne({ nodes: { transport, finance }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: one recipient refuses, with its ground; the other is not held up by that'
  const body = { ...document('12/34-568'), novu: 'HESABAT' }
  const messageId = await transport.send({ to: [documentToEnergy, documentToFinance], body })
  const laid = await finance.untilLaid((one) => one.body['senedId'] === body.senedId)
  await finance.say(laid, registeredAs('MN-2'))
  const expected = {
    [documentToEnergy]: ['CATDIRILIB', 'QEBUL_EDILIB', 'IMTINA'],
    [documentToFinance]: untilRegistered,
  }
  return lookAtTold(title, await transport.untilTold(messageId, hasAll(expected)), expected, log)
}

async function whileOneIsAway({ nodes: { transport, energy }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: a recipient that was away gets all of it afterwards, in its order'
  const numbers = ['12/34-571', '12/34-572', '12/34-573']
  await energy.close()
  const sent: string[] = []
  for (const number of numbers) {
    sent.push(await transport.send({ to: [documentToEnergy], body: document(number) }))
  }
  const delivered = { [documentToEnergy]: ['CATDIRILIB'] }
  for (const messageId of sent) await transport.untilTold(messageId, hasAll(delivered))
  await energy.connect()
  const expected = { [documentToEnergy]: untilRegistered }
  const told = []
  for (const messageId of sent) {
    told.push(...(await transport.untilTold(messageId, hasAll(expected))))
  }
  const order = energy.arrived
    .slice(-numbers.length)
    .map(({ body }) => (body as { readonly qeydiyyatNomresi: string }).qeydiyyatNomresi)
  const look = await lookAtTold(title, told, expected, log)
  if (order.join() === numbers.join()) return look
  return { ...look, trouble: `they came as ${order.join(', ')}` }
}

async function toNobody({ nodes: { transport }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: one of the recipients is not registered; the other gets its document'
  const body = document('12/34-574')
  const messageId = await transport.send({ to: [documentToEnergy, nobody], body })
  const expected = { [documentToEnergy]: untilRegistered, [nobody]: ['IMTINA'] }
  const told = await transport.untilTold(messageId, hasAll(expected))
  return withGround(await lookAtTold(title, told, expected, log), 'TARGET_UNREGISTERED')
}

async function secret({ nodes: { transport }, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: a document marked as a state secret does not enter the bus (R-018)'
  const messageId = await transport.send({
    ...{ to: [documentToEnergy], body: document('12/34-575'), classification: 'secret' },
  })
  const expected = { [documentToEnergy]: ['IMTINA'] }
  const told = await transport.untilTold(messageId, hasAll(expected))
  return withGround(await lookAtTold(title, told, expected, log), 'CLASSIFICATION_FORBIDDEN')
}

/** Rights, queues and logs do not cross domains. */
async function fromPortal({ consumer, cast, log }: DocumentStage): Promise<Look> {
  const title = 'SC-07: the portal’s certificate at a service of the documents’ domain'
  const { status, fault, exchangeId, body } = await consumer.call({
    ...{ client: subsystems.portal, service: documentToEnergy, credentials: cast.portal },
    headers: { 'Sluice-Mode': 'body' },
    body: document('12/34-576'),
  })
  const entries = await log.readEntries({ exchangeId })
  const { text } = body as { readonly text?: Readonly<Record<'az' | 'en', string>> }
  const lines = [
    `→ ${documentToEnergy}   ${status} ${fault ?? ''}   log row ${entries.map(({ rowId }) => rowId).join(', ')}`,
    ...(text ? [`  az: ${text.az}`, `  en: ${text.en}`] : []),
  ]
  const isRefused = fault === 'DOMAIN_MISMATCH' && entries.length === 1
  return { title, lines, trouble: isRefused ? undefined : 'expected DOMAIN_MISMATCH, logged' }
}

/** @param code - of the fault that has to be the ground */
export function withGround(look: Look, code: string): Look {
  if (look.trouble !== undefined || look.lines.some((line) => line.includes(code))) return look
  return { ...look, trouble: `expected ${code}` }
}

function registeredAs(number: string) {
  return { notice: 'QEYDIYYATA_ALINIB', number, date: registrationDate } as const
}

function document(qeydiyyatNomresi: string) {
  return {
    ...{ senedId: randomUUID(), qeydiyyatNomresi, tarix: '2020-11-05', novu: 'MEKTUB' },
    ...{ gonderen: 'AZ/GOV/NN', alanlar: ['AZ/GOV/EN', 'AZ/GOV/MN'] },
    ...{ qisaMezmun: 'Təkliflərin göndərilməsi barədə', icraMuddeti: '2020-11-20' },
    imzalayanlar: [{ ad: 'N. Nümunəyev', vezife: 'şöbə müdiri' }],
    fayllar: [{ ad: 'mektub.pdf', sha256: createHash('sha256').update(file).digest('hex') }],
  }
}
