import { setTimeout as pause } from 'node:timers/promises'
import type { AuthorisedRequest, RequestStage } from '../exchange/exchange.js'
import type { Route } from '../exchange/route.js'
import { Fault, toFault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { FairUse } from '../exchange/ports.js'
import type { FairUseStore, Granted, Rate } from './fair-use.store.js'
import { consumerBurstSeconds, fairUseLimits } from './limits.js'
import { Meter, type Taken } from './meter.js'
import { endOfDay } from './quota-day.js'

export interface FairUseSettings {
  readonly store: Pick<FairUseStore, 'takeTokens' | 'takeOfQuota' | 'giveBack'>
  /** Exchanges a second of one consumer over all services; 0 for no such limit. */
  readonly consumerRatePerSecond: number
  readonly now: () => Date
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

const nowMs = (): number => performance.now()

/** Whether a consumer keeps to its share: rates and daily quotas, over all workers and nodes together. */
export class CountedUse implements FairUse {
  readonly #settings: FairUseSettings
  readonly #meters = new Map<string, Meter>()
  /** What requests that are not in the log yet have of a quota: the day that it was counted to. */
  readonly #quotaDays = new WeakMap<Route, string>()
  readonly #returning = new Set<Promise<void>>()
  /** By consumer, the message of a queue that came last of those that wait to be counted. */
  readonly #inLine = new Map<SubsystemId, Promise<void>>()

  constructor(settings: FairUseSettings) {
    this.#settings = settings
  }

  take(authorised: AuthorisedRequest): Promise<void> | undefined {
    const { rate, accessRight, pattern } = authorised.route
    const isCounted =
      rate !== undefined ||
      accessRight?.dailyQuota !== undefined ||
      this.#settings.consumerRatePerSecond > 0
    if (pattern === 'one-way' && authorised.adapter.protocol === 'mq') {
      const before = this.#inLine.get(authorised.envelope.consumer)
      return isCounted || before ? this.#takeInTurn(authorised, before) : undefined
    }
    return isCounted ? this.#take(authorised, false) : undefined
  }

  /**
   * Messages of queues keep their order: none overtakes another that waits to be counted, and what cannot be counted holds up
   * those behind it. Above a rate they wait here; there are never more than a worker reads of a queue at one time.
   */
  #takeInTurn(authorised: AuthorisedRequest, before: Promise<void> | undefined): Promise<void> {
    const { consumer } = authorised.envelope
    const take = (): Promise<void> => this.#take(authorised, true)
    const own = before ? before.then(take, (error: unknown) => afterRefusal(error, take)) : take()
    const leave = (): void => {
      if (this.#inLine.get(consumer) === own) this.#inLine.delete(consumer)
    }
    own.then(leave, leave)
    this.#inLine.set(consumer, own)
    return own
  }

  /** Of a quota only: a rate is about how often is asked, and what is given back would let more than its burst pass. */
  giveBack(reached: RequestStage): void {
    if (!('route' in reached) || 'entry' in reached) return
    const { route } = reached
    const day = this.#quotaDays.get(route)
    if (day === undefined || !route.accessRight) return
    this.#quotaDays.delete(route)
    const returning = this.#settings.store
      .giveBack(route.accessRight.id, 1, day)
      .catch((error: unknown) => {
        this.#settings.warn('fair_use.not_given_back', { error: String(error) })
      })
      .finally(() => this.#returning.delete(returning))
    this.#returning.add(returning)
  }

  /** Resolves when everything is counted. */
  async settled(): Promise<void> {
    await Promise.all(this.#returning)
  }

  /** What is lost where a later limit is reached is a token of a rate, which comes again. */
  async #take({ route, envelope }: AuthorisedRequest, canWait: boolean): Promise<void> {
    const { consumer } = envelope
    const { consumerRatePerSecond: perSecond } = this.#settings
    const { rate, accessRight } = route
    if (perSecond > 0) {
      const all = { perSecond, burst: perSecond * consumerBurstSeconds }
      const detail = 'This consumer sends requests too often.'
      await this.#takeToken(consumer, all, canWait ? undefined : detail)
    }
    if (rate !== undefined) {
      const detail = `This consumer has used up its rate for this service, ${rate.perSecond} a second.`
      await this.#takeToken(`${consumer} ${route.service}`, rate, canWait ? undefined : detail)
    }
    if (accessRight?.dailyQuota !== undefined) await this.#takeOfQuota(route, accessRight)
  }

  /** @param refusal what it is told where there is none; undefined where it waits until there is */
  async #takeToken(name: string, rate: Rate, refusal: string | undefined): Promise<void> {
    const { store } = this.#settings
    // A rate that has just been changed has an answer of its own.
    const key = `rate ${rate.perSecond} ${rate.burst} ${name}`
    const ask = (count: number): Promise<Granted> => store.takeTokens(name, count, rate)
    while ((await this.#taken(key, ask)) === 'used up') {
      if (refusal !== undefined) throw new Fault('THROTTLED', { detail: refusal })
      await pause(Math.max(fairUseLimits.waitMsMin, 1_000 / rate.perSecond))
    }
  }

  async #takeOfQuota(route: Route, { id, dailyQuota: quota = 0 }: Quota): Promise<void> {
    const { store, now } = this.#settings
    const key = `quota ${quota} ${id}`
    const taken = await this.#taken(key, (count) => store.takeOfQuota(id, count, quota))
    if (taken === 'used up') {
      throw new Fault('THROTTLED', {
        detail: `The access right's daily quota of ${quota} exchanges is used up until midnight (UTC+4).`,
        until: endOfDay(now()),
      })
    }
    if (taken.day !== undefined) this.#quotaDays.set(route, taken.day)
  }

  async #taken(key: string, ask: (count: number) => Promise<Granted>): Promise<Taken> {
    try {
      return await this.#meter(key, ask).take()
    } catch (error) {
      // What cannot be counted does not pass; where the database is away, the log is, too.
      const detail = 'What this consumer may still ask for cannot be counted now.'
      throw new Fault('AUDIT_UNAVAILABLE', { detail, cause: error })
    }
  }

  #meter(key: string, ask: (count: number) => Promise<Granted>): Meter {
    const known = this.#meters.get(key)
    if (known) return known
    const onForgotten = (): void => {
      if (this.#meters.get(key) === meter) this.#meters.delete(key)
    }
    const meter = new Meter({ ask, nowMs, onForgotten })
    this.#meters.set(key, meter)
    return meter
  }
}

/** What became of the one before is nothing to this one, unless nothing can be counted. */
function afterRefusal(error: unknown, take: () => Promise<void>): Promise<void> {
  const { code, detail } = toFault(error)
  if (code !== 'AUDIT_UNAVAILABLE') return take()
  // A fault is thrown once only: each refusal carries its own stack and exchange.
  throw new Fault(code, { cause: error, ...(detail !== undefined && { detail }) })
}

type Quota = NonNullable<Route['accessRight']>
