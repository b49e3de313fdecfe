import { createHash, randomUUID } from 'node:crypto'
import type { OpenLog } from '../src/cli/log-show.js'
import { withGround } from './document-scenes.js'
import type { Look } from './look.js'
import { untilRegistered, type Decision } from './notice.js'
import { QueueNode, type QueueNodeSettings } from './queue-node.js'
import type { RestNode } from './rest-node.js'
import { services } from './sample-registry.js'
import { hasAll, lookAtTold } from './told.js'

/** The nodes of MURACIET: an executive authority over REST, a ministry with queues, another one over REST. */
export interface AppealNodes {
  readonly baku: RestNode
  readonly transport: QueueNode
  readonly ecology: RestNode
}

export interface AppealStage {
  readonly nodes: AppealNodes
  readonly log: OpenLog
}

const { cardToTransport, cardToEcology, eventToBaku } = services
const accepted = ['CATDIRILIB', 'QEBUL_EDILIB'] as const
const vereqeId = randomUUID()

/** The appeals' register of the ministry: each card gets a number of its own. */
export function openAppealsRegister(place: Omit<QueueNodeSettings, 'decide'>): Promise<QueueNode> {
  let registered = 76
  const decide = (): Decision => {
    registered += 1
    return { notice: 'QEYDIYYATA_ALINIB', number: `NN-2015/${registered}`, date: '2015-07-06' }
  }
  return QueueNode.open({ ...place, decide })
}

/** SC-08: a citizen's appeal goes to the body that it concerns, and what becomes of it comes back. */
export function appealLooks(stage: AppealStage): (() => Promise<Look>)[] {
  return [
    () => forwarded(stage),
    () => told(stage, 'SC-08: the ministry’s own number comes back as an event', registration),
    () => told(stage, 'SC-08: in execution', { hadise: 'ICRADA', icraMuddeti: '2015-08-02' }),
    () => answeredWithoutNote(stage),
    () => told(stage, 'SC-08: the answer, with its final note', answer),
    () => told(stage, 'SC-08: archived', { hadise: 'ARXIVLESDIRILIB' }),
    () => secondCopy(stage),
    () => wrongAddressee(stage),
    () => unanswered(stage),
  ]
}

async function forwarded({ nodes: { baku }, log }: AppealStage): Promise<Look> {
  const title = 'SC-08: a card goes from REST into a queue, and is registered there'
  return forward(baku, title, card(vereqeId), log)
}

async function forward(baku: RestNode, title: string, body: object, log: OpenLog): Promise<Look> {
  const { status, exchangeId } = await baku.send(cardToTransport, body)
  if (status !== 202) return { title, lines: [], trouble: `status ${status} instead of 202` }
  const expected = { [cardToTransport]: untilRegistered }
  return lookAtTold(title, await baku.untilTold(exchangeId, hasAll(expected)), expected, log)
}

const registration = { hadise: 'QEYDIYYAT', qeydiyyatNomresi: 'NN-2015/77' }
const answer = {
  hadise: 'CAVABLANDIRILIB',
  skanlar: [{ novu: 'YEKUN_ARAYIS', sha256: digestOf('yekun arayış') }],
}

/** An event from the ministry's queue to the authority's system. */
async function told(
  { nodes: { transport, baku }, log }: AppealStage,
  title: string,
  said: Readonly<Record<string, unknown>>,
): Promise<Look> {
  const body = { vereqeId, tarix: '2015-07-28', qurum: 'AZ/GOV/NN', ...said }
  const messageId = await transport.send({ to: [eventToBaku], body })
  const expected = { [eventToBaku]: accepted }
  const notices = await transport.untilTold(messageId, hasAll(expected))
  const laid = baku.laid.at(-1)?.body
  const look = await lookAtTold(title, notices, expected, log)
  if (laid?.['hadise'] === said['hadise']) return look
  return { ...look, trouble: 'the authority did not get the event' }
}

/** refused before it leaves the ministry's side. */
async function answeredWithoutNote({ nodes: { transport }, log }: AppealStage): Promise<Look> {
  const title = 'SC-08: an answer without its final note (R-209)'
  const skanlar = [{ novu: 'QOSMA', sha256: digestOf('qoşma') }]
  const body = { vereqeId, tarix: '2015-07-28', qurum: 'AZ/GOV/NN', hadise: answer.hadise, skanlar }
  const messageId = await transport.send({ to: [eventToBaku], body })
  const expected = { [eventToBaku]: ['IMTINA'] }
  const notices = await transport.untilTold(messageId, hasAll(expected))
  return withGround(await lookAtTold(title, notices, expected, log), 'REQUEST_INVALID')
}

async function secondCopy(stage: AppealStage): Promise<Look> {
  const { nodes, log } = stage
  const title = 'SC-08: a second copy of the same appeal, registered and told as one'
  const second = await forward(nodes.baku, title, { ...card(vereqeId), tekrardir: true }, log)
  if (second.trouble !== undefined) return second
  const event = { ...registration, qeydiyyatNomresi: 'NN-2015/78', tekrardir: true }
  const look = await told(stage, title, event)
  return { ...look, lines: [...second.lines, ...look.lines] }
}

async function wrongAddressee({ nodes: { baku, ecology }, log }: AppealStage): Promise<Look> {
  const title = 'SC-08: a wrong addressee returns the card with its ground'
  const { status, exchangeId } = await baku.send(cardToEcology, card(randomUUID()))
  if (status !== 202) return { title, lines: [], trouble: `status ${status} instead of 202` }
  await baku.untilTold(exchangeId, hasAll({ [cardToEcology]: accepted }))
  const laid = await ecology.untilLaid((one) => one.exchangeId === exchangeId)
  const ground = 'Yolun təmiri Nəqliyyat Nazirliyinin səlahiyyətindədir'
  await ecology.say(laid, { notice: 'IMTINA', ground })
  const expected = { [cardToEcology]: [...accepted, 'IMTINA'] }
  const notices = await baku.untilTold(exchangeId, hasAll(expected))
  return withGround(await lookAtTold(title, notices, expected, log), ground)
}

/** Its time has been over for years: the bus tells of it as soon as it looks. */
async function unanswered({ nodes: { baku }, log }: AppealStage): Promise<Look> {
  const title = 'SC-08: a card that nobody answers, whose deadline has passed'
  return forward(baku, title, card(randomUUID()), log)
}

function card(id: string): object {
  return {
    ...{ vereqeId: id, qeydiyyatNomresi: 'M-118', daxilOlmaTarixi: '2015-07-03' },
    ...{ novu: 'SIKAYET', menbe: 'VETENDAS', mezmun: 'Yolun təmiri' },
    muellif: { ad: 'Əli Nümunəyev', unvan: 'Bakı şəhəri, Nümunə küçəsi 1' },
    ...{ tekrardir: false, kollektivdir: false, icraMuddeti: '2015-08-02' },
    skanlar: [{ novu: 'MURACIET', sha256: digestOf('müraciət') }],
    vezifeliSexs: 'S. Nümunəyeva',
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
