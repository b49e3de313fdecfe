import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { startAgencyServer, type SampleAgency } from './agency-server.js'
import type { CallOutcome, SampleConsumer } from './consumer.js'
import type { Decision, ToldNotice } from './notice.js'
import type { Credentials } from './sample-pki.js'

const waitMsMax = 20_000
const pauseMs = 100

export interface RestNodeSettings {
  readonly subsystem: string
  readonly credentials: Credentials
  readonly consumer: SampleConsumer
}

/** What the bus laid into the mailbox. */
export interface Laid {
  readonly exchangeId: string
  readonly sender: string
  readonly body: Readonly<Record<string, unknown>>
}

interface MessageStatus {
  readonly notices?: readonly ToldNotice[]
}

const laidIn = { status: 200, contentType: 'application/json', payload: Buffer.from('{}') }
const trouble = { ...laidIn, status: 500 }

/** A node without queues: a mailbox that the bus posts to, and whatever the node has to say it posts to the bus. */
export class RestNode {
  readonly laid: Laid[] = []
  readonly #settings: RestNodeSettings
  readonly #events = new EventEmitter()
  #server: SampleAgency | undefined

  private constructor(settings: RestNodeSettings) {
    this.#settings = settings
  }

  static async start(settings: RestNodeSettings): Promise<RestNode> {
    const node = new RestNode(settings)
    node.#server = await startAgencyServer(({ headers }, body) => {
      node.laid.push({
        exchangeId: String(headers['sluice-exchange-id']),
        sender: decodeURIComponent(String(headers['x-road-client'])),
        body: JSON.parse(body.toString('utf8')) as Laid['body'],
      })
      node.#events.emit('laid')
      return laidIn
    }, trouble)
    return node
  }

  get address(): string {
    return this.#server?.address ?? ''
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  /** Sends a message; what was taken has status 202, and is delivered later. */
  send(service: string, body: object): Promise<CallOutcome> {
    const headers = {
      'Sluice-Mode': 'body',
      'X-Road-Issue': 'NUMUNE-2',
      'Sluice-Legal-Basis': encodeURIComponent('Müraciətlər haqqında Qaydalar'),
    }
    return this.#call(service, { headers, body })
  }

  /** The next message in the mailbox that is this. @throws Error where there is none in time */
  async untilLaid(isThis: (laid: Laid) => boolean): Promise<Laid> {
    const signal = AbortSignal.timeout(waitMsMax)
    for (;;) {
      const found = this.laid.find(isThis)
      if (found) return found
      await once(this.#events, 'laid', { signal })
    }
  }

  /** Tells the sender what the clerk decided. @throws Error where the bus does not take it */
  async say({ exchangeId, sender }: Laid, decision: Decision): Promise<void> {
    const body = { exchangeId, ...decision }
    const { status, fault } = await this.#call(`${sender}/messageNotice`, { body })
    if (status !== 200) throw new Error(`the notice was not taken: ${fault ?? status}`)
  }

  /** Asks at the status address until enough has been told. @throws Error where it is not in time */
  async untilTold(
    exchangeId: string,
    isEnough: (told: readonly ToldNotice[]) => boolean,
  ): Promise<readonly ToldNotice[]> {
    const deadline = Date.now() + waitMsMax
    for (;;) {
      const service = `${this.#settings.subsystem}/messageStatus/${exchangeId}`
      const { body } = await this.#call(service, { method: 'GET', body: {} })
      const { notices = [] } = body as MessageStatus
      if (isEnough(notices)) return notices
      if (Date.now() > deadline) {
        throw new Error(`told in time: ${notices.map(({ notice }) => notice).join(', ')}`)
      }
      await pause(pauseMs)
    }
  }

  #call(
    service: string,
    rest: Pick<Parameters<SampleConsumer['call']>[0], 'headers' | 'body' | 'method'>,
  ): Promise<CallOutcome> {
    const { consumer, credentials, subsystem } = this.#settings
    return consumer.call({ client: subsystem, service, credentials, ...rest })
  }
}
