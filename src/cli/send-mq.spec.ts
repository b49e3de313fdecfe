import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import { memoryIo } from '../../test/support/command-io.js'
import { mqSignatureDigest } from '../../test/support/mq-signing.js'
import { makeAuthority, type TestIdentity } from '../../test/support/pki.js'
import { messageQueueOf, noticesQueueOf, repliesQueueOf, requestQueueOf } from '../broker/names.js'
import { Topology } from '../broker/topology.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { createMqSigner } from '../trust/jws/sign-message.js'
import { send } from './send.js'

const describeBroker = await describeWith('rabbitmq')
const client = parseSubsystemId('AZ/GOV/VN/SC')
const service = 'AZ/GOV/DIN/GCQ/finAxtaris/v1'
const contentType = 'application/json'

/** What the small bus of this test says to a message. */
type Say = (message: ConsumeMessage) => void

describeBroker('sluice send --mq', () => {
  let broker: TestBroker
  let model: ChannelModel
  let channel: ConfirmChannel
  let bus: TestIdentity
  let files: Record<string, string>
  let say: Say

  beforeAll(async () => {
    const authority = await makeAuthority('Sınaq CA')
    const own = await authority.issue({ subject: 'SC', keyType: 'p256' })
    bus = await authority.issue({ subject: 'bus' })
    const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    files = { 'sc.key': key, 'sc.pem': own.pem, 'bus.pem': bus.pem, 'other.pem': own.pem }
    broker = await startTestBroker()
    model = await connect(broker.url)
    channel = await model.createConfirmChannel()
    await new Topology(model).declare([{ id: client, isActive: true, furtherQueues: [] }])
    const hear = (message: ConsumeMessage | null): void => {
      if (message) say(message)
    }
    await channel.consume(requestQueueOf(client), hear, { noAck: true })
    await channel.consume(messageQueueOf(client), hear, { noAck: true })
  }, 60_000)
  afterAll(async () => {
    await model.close()
    await broker.stop()
  })

  function tell(
    queue: string,
    asked: ConsumeMessage,
    type: string,
    text: string,
    envelope: Readonly<Record<string, string | number>>,
  ): void {
    const { privateKey, thumbprint: certificateThumbprint } = bus
    const signer = createMqSigner({ privateKey, certificateThumbprint, now: () => new Date() })
    const payload = Buffer.from(text)
    const jws = queue.endsWith('notices') ? 'sluice-notice+jws' : 'sluice-reply+jws'
    const signature = signer.sign({ type: jws, contentType, envelope, payload })
    const correlationId = String(asked.properties.messageId)
    const headers = { 'sluice-signature': signature }
    channel.sendToQueue(queue, payload, { type, contentType, correlationId, headers })
  }

  /** A reply to the message, or to another one. */
  function reply(
    type: string,
    status: number,
    changes: Readonly<Record<string, string>> = {},
  ): Say {
    return (asked) => {
      const requestSignature = mqSignatureDigest(
        String(asked.properties.headers?.['sluice-signature']),
      )
      const bound = { exchangeId: 'exchange-1', status, requestSignature, type, ...changes }
      tell(repliesQueueOf(client), asked, type, '{"ad":"Şəki"}', bound)
    }
  }

  function notice(code: string, recipient: string): Say {
    return (asked) => {
      const text = JSON.stringify({ notice: code, recipient })
      tell(noticesQueueOf(client), asked, code, text, { exchangeId: 'exchange-2', notice: code })
    }
  }

  async function run(args: string, busFile = 'bus.pem') {
    const io = memoryIo(files)
    const common = `--key sc.key --cert sc.pem --bus-cert ${busFile} --client ${client} --service ${service}`
    const given = [...common.split(' '), ...args.split(' '), '--data', '{"fin":"5XY7K2A"}']
    const code = await send(given, io, { AMQP_URL: broker.url })
    return { code, text: io.text, errors: io.errors }
  }

  it('prints the reply that the bus signed', async () => {
    // What belongs to another program stays where it is.
    channel.sendToQueue(repliesQueueOf(client), Buffer.from('of another'))
    say = reply('reply', 200)
    const { code, text } = await run('--mq request --mode body --case RITN-1')
    expect(code).toBe(0)
    expect(text).toContain('200 OK\nExchange id: exchange-1\nSigned by the bus at')
    expect(text).toContain('in answer to this request.')
    expect(text).toContain('{"ad":"Şəki"}')
    const left = await channel.get(repliesQueueOf(client), { noAck: true })
    expect(left ? left.content.toString() : 'taken').toBe('of another')
  })

  it('ends with 1 where the bus refuses', async () => {
    say = reply('fault', 403)
    expect(await run('--mq request')).toMatchObject({ code: 1 })
  })

  it.each([
    ['answers another request', reply('reply', 200, { requestSignature: 'x' }), 'bus.pem'],
    [
      'is signed as a refusal, and says that it is a reply',
      reply('reply', 200, { type: 'fault' }),
      'bus.pem',
    ],
    ['another signed', reply('reply', 200), 'other.pem'],
  ])('shows nothing of what %s', async (_what, said, busFile) => {
    say = said
    const { code, text, errors } = await run('--mq request', busFile)
    expect(code).toBe(3)
    expect(text).not.toContain('Şəki')
    expect(errors).toContain("not verifiably the bus's")
  })

  it('prints the notices of a message until every recipient took or refused it', async () => {
    const second = 'AZ/GOV/TN/EVHF/sened/v1'
    say = (asked) => {
      for (const recipient of [service, second]) notice('CATDIRILIB', recipient)(asked)
      for (const recipient of [service, second]) notice('QEYDIYYATA_ALINIB', recipient)(asked)
    }
    const { code, text } = await run(`--mq message --to ${second}`)
    expect(code).toBe(0)
    expect(text.match(/QEYDIYYATA_ALINIB {2}AZ/g)).toHaveLength(2)
    say = notice('IMTINA', service)
    expect(await run('--mq message')).toMatchObject({ code: 1 })
  })

  it('says so where nothing comes in time', async () => {
    say = () => undefined
    const { code, errors } = await run('--mq request --wait 0.2')
    expect(code).toBe(1)
    expect(errors).toContain('Nothing came in time')
  })

  it.each([
    ['--mq letter', '--mq must be request or message'],
    ['--mq request --path /x', 'belong to other lanes'],
    ['--mq request --to AZ/GOV/TN/EVHF/sened/v1', '--to belongs to --mq message'],
    ['--mq request --broker http://x', 'The broker is missing'],
    ['--url http://x --wait 3', 'belong to --mq'],
  ])('is used wrongly with %s', async (args, why) => {
    const { code, errors } = await run(args)
    expect(code).toBe(2)
    expect(errors).toContain(why)
  })
})
