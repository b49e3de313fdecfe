/* eslint-disable jest/no-export -- a suite that conformance.spec.ts runs over every adapter */
import { afterEach, describe, expect, it } from '@jest/globals'
import type {
  AdapterTools,
  CreateAdapter,
  HandleExchange,
  Listening,
  ProtocolAdapter,
} from '../../src/exchange/adapter.js'
import type { MediatedRequest, ReceivedRequest, Reply } from '../../src/exchange/exchange.js'
import type { LoggedEntry } from '../../src/exchange/logged-entry.js'
import { Fault, type FaultCode } from '../../src/exchange/fault.js'
import { faultTexts } from '../../src/exchange/fault-text.js'
import type { ReplyContent, VerifiedContent } from '../../src/exchange/signed-content.js'

/** What a consumer sees of a reply: all of its text, head and payload. */
export interface ConsumerView {
  readonly text: string
  readonly payload: Uint8Array
}

export type ProviderManner = 'echo' | 'silence' | 'break off'

/** A provider's system that speaks the protocol. */
export interface SampleProvider {
  /** As the registry would hold it. */
  readonly address: string
  /** Payloads as they arrived. */
  readonly deliveries: readonly Uint8Array[]
  /** Resolves when something has arrived. */
  readonly arrived: Promise<void>
  close(): Promise<void>
}

/**
 * How the suite speaks a protocol: the part that each adapter's author writes, in
 * `test/adapters/<name>.ts`, exported as `driver`.
 */
export interface ConsumerDriver {
  /** The adapter's settings: a free port of the loopback, providers of the loopback allowed. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Faults of which nobody is told: the message waits until they have passed. */
  readonly waitsOut?: readonly FaultCode[]
  /** Where messages come from, by their protocol; the loopback where it says nothing. */
  readonly remoteAddress?: string
  /** Hard to carry, in the protocol's own terms. */
  readonly payload: Uint8Array
  /** Sends one well-formed message. */
  ask(address: string, payload: Uint8Array): Promise<ConsumerView>
  /** Sends bytes that are no message of the protocol. */
  askBroken(address: string): Promise<ConsumerView>
  /** The message `AZ/GOV/VN/EVHF` sends as `m-1` to `AZ/GOV/DIN/GCQ/finAxtaris/v1`, changed. */
  verified(changes: { readonly consumer?: string; readonly messageId?: string }): VerifiedContent
  /** Lets what was received through: a reply with the payload as the provider's answer. */
  answered(received: ReceivedRequest): Promise<Reply>
  tools(): AdapterTools & { readonly warnings: readonly string[] }
}

/** How it speaks to providers, where those have addresses of a network. */
export interface ProviderDriver {
  /** The settings without leave to deliver to the loopback. */
  readonly settingsWithoutPrivate: Readonly<Record<string, unknown>>
  /** The payload of an answer, as `SampleProvider` counts deliveries. */
  payloadOf(content: ReplyContent): Uint8Array
  startProvider(manner: ProviderManner): Promise<SampleProvider>
  /** A request that has come as far as delivery. */
  mediated(
    adapter: ProtocolAdapter,
    order: {
      readonly address: string
      readonly payload: Uint8Array
      readonly replyBytesMax?: number
    },
  ): MediatedRequest
}

export type ConformanceDriver = ConsumerDriver | (ConsumerDriver & ProviderDriver)

/** An address of the loopback where nobody listens. */
const nobody = 'http://127.0.0.1:1/'

/** The rules of the port (`src/exchange/adapter.ts`), which every protocol has to keep. */
export function describeConformance(
  name: string,
  createAdapter: CreateAdapter,
  driver: ConformanceDriver,
): void {
  describe(`adapters/${name} keeps the rules of the port`, () => {
    const adapter = createAdapter(driver.settings, driver.tools())

    it('calls itself by its folder’s name', () => {
      expect(adapter.protocol).toBe(name)
    })

    it.each([
      ['none at all', undefined],
      ['a text', 'x'],
      ['an unknown key', { ...driver.settings, yoxdur: true }],
    ])('refuses settings that are %s, in words for who wrote them', (_what, settings) => {
      expect(() => createAdapter(settings, driver.tools())).toThrow(/\w/)
    })

    describeEnvelope(adapter, driver)
    if (adapter.listen) describeInbound(createAdapter, driver)
    // Queues have no addresses: that adapter's own specs hold it to the same.
    if (adapter.send && 'startProvider' in driver) describeOutbound(createAdapter, driver)
  })
}

function describeEnvelope(adapter: ProtocolAdapter, driver: ConformanceDriver): void {
  it('reads the envelope', () => {
    expect(adapter.readEnvelope(driver.verified({}))).toMatchObject({
      consumer: 'AZ/GOV/VN/EVHF',
      serviceCode: 'AZ/GOV/DIN/GCQ/finAxtaris',
      version: 'v1',
      messageId: 'm-1',
    })
  })

  it.each([
    ['a consumer of three segments', { consumer: 'AZ/GOV/VN' }],
    ['a consumer with a control character', { consumer: 'AZ/GOV/VN/A%01' }],
    ['no message id', { messageId: '' }],
    ['a message id without end', { messageId: 'm'.repeat(10_000) }],
  ])('%s: REQUEST_INVALID that names the field and quotes nothing', (_what, changes) => {
    const fault = faultOf(() => adapter.readEnvelope(driver.verified(changes)))
    expect(fault).toMatchObject({ code: 'REQUEST_INVALID', field: expect.stringMatching(/\w/) })
    expect(fault?.detail).not.toContain('mmmmm')
  })
}

function faultOf(work: () => unknown): Fault | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof Fault ? error : undefined
  }
}

function describeInbound(createAdapter: CreateAdapter, driver: ConformanceDriver): void {
  const { payload } = driver
  const open: Listening[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((listening) => listening.close()))
  })

  const listen = async (handle: HandleExchange, tools = driver.tools()): Promise<string> => {
    const listening = await createAdapter(driver.settings, tools).listen!(handle)
    open.push(listening)
    return listening.address
  }

  const refusing = (fault: Fault, entry?: LoggedEntry): HandleExchange => {
    return ({ exchangeId }) =>
      Promise.resolve({
        outcome: 'refused',
        exchangeId,
        fault,
        signer: undefined,
        verified: undefined,
        entry,
      })
  }

  describe('towards consumers', () => {
    it('hands each message to the bus under a new exchange id, and the reply back unchanged', async () => {
      const received: ReceivedRequest[] = []
      const address = await listen((each) => {
        received.push(each)
        return driver.answered(each)
      })
      const views = [await driver.ask(address, payload), await driver.ask(address, payload)]
      for (const view of views) expect(Buffer.from(view.payload).equals(payload)).toBe(true)
      const ids = received.map(({ exchangeId }) => exchangeId)
      expect(new Set(ids).size).toBe(2)
      expect(received[0]).toMatchObject({
        remoteAddress: driver.remoteAddress ?? '127.0.0.1',
        receivedAt: expect.any(Date),
        adapter: { protocol: expect.any(String) },
      })
    })

    const told = (code: FaultCode): boolean => !driver.waitsOut?.includes(code)
    it.each((Object.keys(faultTexts) as FaultCode[]).filter(told))(
      'renders %s: code, exchange id, both languages, and no cause',
      async (code) => {
        const until = new Date('2099-12-31T14:30:00Z')
        const fault = new Fault(code, { field: 'fin', until, cause: new Error('gizli') })
        let exchangeId = ''
        const handle = refusing(fault)
        const address = await listen((received) => {
          exchangeId = received.exchangeId
          return handle(received)
        })
        const { text } = await driver.ask(address, payload)
        for (const said of [code, exchangeId, fault.text.az, fault.text.en, fault.remedy.az]) {
          expect(text).toContain(said)
        }
        expect(text).not.toContain('gizli')
      },
    )

    it('brings the receipt of every reply that has one, as the bus gives it', async () => {
      const receipt = 'qebz.e30.x~e30~1~AA'
      const entry = { leafHash: new Uint8Array(32), recordedAt: new Date(), log: 'unassigned' }
      const answering = async (given: LoggedEntry): Promise<string> => {
        const address = await listen(async (received) => {
          const reply = await driver.answered(received)
          return { ...reply, entry: given }
        })
        return (await driver.ask(address, payload)).text
      }
      const refused = async (given?: LoggedEntry): Promise<string> => {
        const address = await listen(refusing(new Fault('ACCESS_DENIED'), given))
        return (await driver.ask(address, payload)).text
      }
      expect(await answering({ ...entry, receipt })).toContain(receipt)
      expect(await refused({ ...entry, receipt })).toContain(receipt)
      // Durable, and not signed; or not durable.
      for (const text of [await answering(entry), await refused(entry), await refused()]) {
        expect(text.toLowerCase()).not.toContain('receipt')
      }
    })

    it('answers even where the bus fails, says nothing of why, and warns', async () => {
      const tools = driver.tools()
      const address = await listen(() => Promise.reject(new Error('gizli')), tools)
      const { text } = await driver.ask(address, payload)
      expect(text).toContain('INTERNAL_ERROR')
      expect(text).not.toContain('gizli')
      expect(tools.warnings.length).toBeGreaterThan(0)
    })

    it('hands on bytes that are no message as malformed, so that the refusal is recorded', async () => {
      const formats: string[] = []
      const fault = new Fault('PAYLOAD_UNSAFE')
      const address = await listen((received) => {
        formats.push(received.content.format)
        return refusing(fault)(received)
      })
      const { text } = await driver.askBroken(address)
      expect(formats).toEqual(['malformed'])
      expect(text).toContain('PAYLOAD_UNSAFE')
    })

    it('closes in order: what is in progress is answered, nothing new comes in', async () => {
      let release: () => void = () => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      let enter: () => void = () => undefined
      const entered = new Promise<void>((resolve) => (enter = resolve))
      const address = await listen(async (received) => {
        enter()
        await gate
        return driver.answered(received)
      })
      const asked = driver.ask(address, payload)
      await entered
      const closed = open.splice(0)[0]!.close()
      release()
      expect(Buffer.from((await asked).payload).equals(payload)).toBe(true)
      await closed
      await expect(driver.ask(address, payload)).rejects.toThrow()
    })
  })
}

function describeOutbound(
  createAdapter: CreateAdapter,
  driver: ConsumerDriver & ProviderDriver,
): void {
  const { payload } = driver
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  const deliverer = (settings = driver.settings): ProtocolAdapter => {
    const adapter = createAdapter(settings, driver.tools())
    closers.push(async () => adapter.close?.())
    return adapter
  }

  const provider = async (manner: ProviderManner): Promise<SampleProvider> => {
    const started = await driver.startProvider(manner)
    closers.push(() => started.close())
    return started
  }

  const never = new AbortController().signal

  describe('towards providers', () => {
    it('delivers the payload byte for byte, and hands back the answer', async () => {
      const { address, deliveries } = await provider('echo')
      const adapter = deliverer()
      const mediated = driver.mediated(adapter, { address, payload })
      const { content, deliveredAt, receivedAt } = await adapter.send!(mediated, never)
      expect(deliveries.map((each) => Buffer.from(each).equals(payload))).toEqual([true])
      expect(Buffer.from(driver.payloadOf(content)).equals(payload)).toBe(true)
      expect(content.head().length).toBeGreaterThan(0)
      expect(receivedAt.getTime()).toBeGreaterThanOrEqual(deliveredAt.getTime())
    })

    it.each([
      ['where nobody listens', nobody, 'provider'],
      ['that cannot be used', 'gopher://x', 'bus'],
    ])('an address %s: PROVIDER_UNAVAILABLE', async (_what, address, side) => {
      const adapter = deliverer()
      const sent = adapter.send!(driver.mediated(adapter, { address, payload }), never)
      await expect(sent).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', side })
    })

    it('an address of a private network that no setting allows: nothing is sent', async () => {
      const { address, deliveries } = await provider('echo')
      const adapter = deliverer(driver.settingsWithoutPrivate)
      const sent = adapter.send!(driver.mediated(adapter, { address, payload }), never)
      await expect(sent).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', side: 'bus' })
      expect(deliveries).toHaveLength(0)
    })

    it('a provider that breaks off: PROVIDER_FAULT, and no second delivery', async () => {
      const { address, deliveries } = await provider('break off')
      const adapter = deliverer()
      const sent = adapter.send!(driver.mediated(adapter, { address, payload }), never)
      await expect(sent).rejects.toMatchObject({ code: 'PROVIDER_FAULT' })
      expect(deliveries).toHaveLength(1)
    })

    it('an answer above the limit: RESPONSE_INVALID', async () => {
      const { address } = await provider('echo')
      const adapter = deliverer()
      const order = { address, payload: Buffer.alloc(2_000, 'x'), replyBytesMax: 1_999 }
      const sent = adapter.send!(driver.mediated(adapter, order), never)
      await expect(sent).rejects.toMatchObject({ code: 'RESPONSE_INVALID' })
    })

    it('stops when it is told to, and delivers nothing that was given up before', async () => {
      const { address, deliveries, arrived } = await provider('silence')
      const adapter = deliverer()
      const mediated = driver.mediated(adapter, { address, payload })
      const gaveUp = AbortSignal.abort()
      await expect(adapter.send!(mediated, gaveUp)).rejects.toBeInstanceOf(Fault)
      expect(deliveries).toHaveLength(0)
      const given = new AbortController()
      const sent = adapter.send!(mediated, given.signal)
      await arrived
      given.abort()
      await expect(sent).rejects.toBeInstanceOf(Fault)
      expect(deliveries).toHaveLength(1)
    })
  })
}
