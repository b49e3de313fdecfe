import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { connect, type ChannelModel, type ConfirmChannel, type Options } from 'amqplib'
import { putAside, type DeadLetter } from '../../adapters/mq/dead-letter.js'
import { Publisher } from '../../adapters/mq/publisher.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import { memoryIo } from '../../test/support/command-io.js'
import type { Act } from '../audit-log/act.js'
import {
  deadQueue,
  outExchangeOf,
  requestKey,
  requestQueueOf,
  unroutableQueue,
} from '../broker/names.js'
import { Topology } from '../broker/topology.js'
import { Secret } from '../config/secrets.js'
import { Deadline } from '../exchange/deadline.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { mqDead } from './mq-dead.js'
import { openLettersOf } from './open-letters.js'

const describeBroker = await describeWith('rabbitmq')
const id = parseSubsystemId('AZ/GOV/VN/SC')
const letterId = '01a2c3d4-0000-7000-8000-000000000001'
const exchangeId = '01a2c3d4-0000-7000-8000-000000000002'
const now = new Date('2026-11-26T09:00:00Z')

describeBroker('sluice mq dead', () => {
  let broker: TestBroker
  let model: ChannelModel
  let channel: ConfirmChannel
  let publisher: Publisher
  let acts: Act[]

  beforeAll(async () => {
    broker = await startTestBroker()
    model = await connect(broker.url)
    channel = await model.createConfirmChannel()
    await new Topology(model).declare([{ id, isActive: true, furtherQueues: [] }])
    const warn = (): void => undefined
    publisher = new Publisher({ url: new Secret(broker.url), name: 'letters', warn })
    await publisher.start()
    await publisher.firstAttempt
  }, 60_000)
  afterAll(async () => {
    await publisher.close()
    await model.close()
    await broker.stop()
  })
  beforeEach(async () => {
    acts = []
    for (const queue of [deadQueue, unroutableQueue, requestQueueOf(id)]) {
      await channel.purgeQueue(queue)
    }
  })

  async function run(...args: string[]) {
    const written: Buffer[] = []
    const io = Object.assign(memoryIo({}), {
      write: (octets: Uint8Array): void => void written.push(Buffer.from(octets)),
    })
    const url = new Secret(broker.url)
    const config = {
      broker: { url, managementUrl: undefined, isPrivate: false },
      directory: '/nowhere',
    }
    const code = await mqDead(args, io, {
      open: (which) => openLettersOf(config, which),
      record: (act) => Promise.resolve(void acts.push(act)),
    })
    const { text, errors } = io
    return { code, text, errors, body: Buffer.concat(written).toString() }
  }

  /** A message of a subsystem, taken out of its queue and put aside. */
  async function letter(changes: Partial<DeadLetter> = {}, given: Options.Publish = {}) {
    const queue = requestQueueOf(id)
    const properties = { messageId: 'ilk', contentType: 'application/json', ...given }
    channel.publish(outExchangeOf(id), requestKey, Buffer.from('{"məxfi":1}'), properties)
    await channel.waitForConfirms()
    const message = await channel.get(queue, { noAck: true })
    if (!message) throw new Error('not there')
    const fault = { code: 'INTERNAL_ERROR' }
    const consumed = { ...message, fields: { ...message.fields, consumerTag: '' } }
    const common = { message: consumed, queue, fault, id: letterId, exchangeId, now }
    const deadline = new Deadline(5_000)
    await putAside({ ...common, ...changes }, publisher, deadline)
    deadline.clear()
  }

  it('lists letters with their reasons, and nothing of what is in them', async () => {
    await letter()
    const { code, text } = await run('list')
    expect(code).toBe(0)
    expect(text).toContain(`${letterId}  INTERNAL_ERROR  from ${requestQueueOf(id)}`)
    expect(text).toContain(`exchange ${exchangeId}`)
    expect(text).not.toContain('məxfi')
    // What was looked at is there again.
    expect((await run('list', '--json')).text).toContain(letterId)
    expect((await run('list', '--unroutable')).text).toContain('There is no letter.')
  })

  it('shows what is known of one, and its body for a reason that is recorded', async () => {
    await letter({}, { headers: { 'sluice-signature': 'e30..AA', 'sluice-dead-detail': 'forged' } })
    const { text } = await run('show', letterId)
    expect(text).toMatch(/^messageId +ilk$/m)
    expect(text).toMatch(/^header sluice-signature e30\.\.AA$/m)
    expect(text).not.toMatch(/məxfi|forged/)
    expect(await run('show', letterId, '--body')).toMatchObject({ code: 2, body: '' })
    const opened = await run('show', letterId, '--body', '--reason', 'iş 5', '--actor', 'Aygün')
    expect(opened).toMatchObject({ code: 0, body: '{"məxfi":1}' })
    const subject = `letter ${letterId} of exchange ${exchangeId}`
    expect(acts).toMatchObject([{ kind: 'letter.open', actor: 'Aygün', reason: 'iş 5', subject }])
  })

  it('gives one back to where it was published, as it was', async () => {
    await letter({}, { headers: { 'sluice-signature': 'e30..AA' } })
    expect(await run('requeue', letterId)).toMatchObject({ code: 0 })
    const back = await channel.get(requestQueueOf(id), { noAck: true })
    expect(back).toMatchObject({
      fields: { exchange: outExchangeOf(id), routingKey: requestKey },
      properties: {
        ...{ messageId: 'ilk', contentType: 'application/json' },
        headers: { 'sluice-signature': 'e30..AA' },
      },
    })
    expect(Object.keys(back ? (back.properties.headers ?? {}) : {})).toEqual([
      'sluice-signature',
      // Of the broker.
      'x-delivery-count',
    ])
    expect((await run('list')).text).toContain('There is no letter.')
  })

  it('drops one with a ground, which is an act', async () => {
    await letter()
    expect(await run('drop', letterId)).toMatchObject({ code: 2 })
    expect(await run('drop', letterId, '--ground', 'sınaq')).toMatchObject({ code: 0 })
    expect(acts).toMatchObject([{ kind: 'letter.drop', reason: 'sınaq' }])
    expect(await run('drop', letterId, '--ground', 'sınaq')).toMatchObject({ code: 1 })
    expect(acts).toHaveLength(1)
  })

  it('gives nothing back that has no body any more, or whose queue is gone', async () => {
    await letter({ isJunk: true, isHeadOnly: true })
    const [left, gone] = [
      await run('requeue', letterId, '--unroutable'),
      letterId.replace(/1$/, '3'),
    ]
    expect(left).toMatchObject({ code: 1 })
    expect((await run('show', letterId, '--unroutable')).text).toMatch(/^bytes +0$/m)
    const headers = {
      'sluice-dead-reason': 'REJECTED',
      'sluice-dead-from': 'no.queue',
      'sluice-dead-key': 'no.queue',
    }
    channel.sendToQueue(deadQueue, Buffer.from('{}'), { headers, messageId: gone })
    await channel.waitForConfirms()
    expect((await run('requeue', gone)).errors).toContain('there is no such queue any more')
    expect((await run('list')).text).toContain(gone)
  })

  it('shows whose sender was told that it did not arrive, and does not send it on', async () => {
    await letter({ isTold: true, fault: { code: 'DELIVERY_LIMIT' } })
    expect((await run('list')).text).toMatch(/DELIVERY_LIMIT .* its sender was told IMTINA$/m)
    const { code, errors } = await run('requeue', letterId)
    expect([code, errors]).toEqual([1, expect.stringContaining('its sender was told IMTINA')])
    expect(await run('drop', letterId, '--ground', 'bildirilib')).toMatchObject({ code: 0 })
  })

  it('believes nothing of what came to no queue, and finds it all the same', async () => {
    const headers = { 'sluice-dead-from': 'AZ.GOV.DIN.GCQ.in', 'sluice-dead-reason': 'REJECTED' }
    const told = { headers, messageId: letterId }
    channel.publish(outExchangeOf(id), 'sual', Buffer.from('x\u001b[2J'), told)
    await channel.waitForConfirms()
    const { text } = await run('list', '--unroutable')
    expect(text).toContain(`NO_QUEUE  from ${outExchangeOf(id)}  age unknown`)
    const [found = ''] = text.split(' ')
    expect(found).not.toBe(letterId)
    expect(await run('requeue', found, '--unroutable')).toMatchObject({ code: 1 })
    const dropped = await run('drop', found, '--unroutable', '--ground', 'zibil')
    expect(dropped).toMatchObject({ code: 0 })
  })
})
