import { createSecretKey } from 'node:crypto'
import { Module, type DynamicModule, type Provider } from '@nestjs/common'
import { makeAdapters, receiptSignerOf, type BusAdapters, type Warn } from './bus-adapters.js'
import { joinBus, type JoinedBus, type LineParts } from './bus-line.js'
import { BusProcess } from './bus-process.js'
import type { WorkerInput } from './config/worker-input.js'
import { ContractBook } from './contract/contract-book.js'
import { makeReady } from './contract/make-ready.js'
import { ContractWarmUp } from './contract/warm-up.js'
import { ExchangeAdmission } from './exchange/admission.js'
import { Deliver } from './exchange/deliver.js'
import type { ServiceBreakersLimits } from './exchange/service-breakers.js'
import { type Limits } from './limits/default-limits.js'
import { breakerForgetMs, breakersMax } from './limits/http.js'
import { MessageLog } from './message-log/message-log.store.js'
import { BusMetrics } from './monitoring/metrics.js'
import type { SystemLog } from './monitoring/system-log.js'
import { NetworkZones } from './entrance/network-zones.js'
import { openZones } from './open-entrance.js'
import { openFairUse, type OpenFairUse } from './open-fair-use.js'
import { openProviderHealth, type OpenProviderHealth } from './open-provider-health.js'
import { openMessageDesk } from './open-message-desk.js'
import { openPersonDesk } from './open-person-desk.js'
import { openMessageLog, openRegistry } from './open-stores.js'
import { openOutbox, type OpenOutbox } from './open-outbox.js'
import { HeldPartitions } from './outbox/held-partitions.js'
import { PersonDeskStore } from './log-search/person-desk.store.js'
import { MessageDeskStore } from './outbox/message-desk.store.js'
import { RegistryFollower } from './registry/registry-follower.store.js'

const adapters = Symbol('adapters')
const busOfThisProcess = Symbol('bus')
const fairUse = Symbol('fair use')
const providerHealth = Symbol('provider health')

const now = (): Date => new Date()

/** The composition root of one worker process: every part of the bus is made and joined here. */
@Module({})
export class BusModule {
  static forRoot(input: WorkerInput, log: SystemLog): DynamicModule {
    return { module: BusModule, providers: [...stores(input, log), ...line(input, log), process] }
  }
}

function warnIn(log: SystemLog): Warn {
  return (event, details) => log.warn(details, event)
}

/** What the line reads from, writes to and speaks through. */
function stores(input: WorkerInput, log: SystemLog): Provider[] {
  const { limits } = input.config
  const warn = warnIn(log)
  const place = { limits, databaseUrl: input.databaseUrl, warn }
  return [
    { provide: RegistryFollower, useFactory: () => openRegistry(place) },
    {
      provide: MessageLog,
      useFactory: () => openMessageLog(place, input.logKeys, receiptSignerOf(input.identity)),
    },
    {
      provide: ContractBook,
      inject: [RegistryFollower],
      useFactory: (registry: RegistryFollower) => contractsOf(registry, warn),
    },
    {
      provide: MessageDeskStore,
      inject: [MessageLog],
      useFactory: (messageLog: MessageLog) => openMessageDesk(place, messageLog),
    },
    { provide: HeldPartitions, useFactory: () => new HeldPartitions() },
    {
      provide: PersonDeskStore,
      useFactory: () => openPersonDesk(place, createSecretKey(input.logKeys.reveal().pseudonymKey)),
    },
    { provide: fairUse, useFactory: () => openFairUse(place) },
    {
      provide: NetworkZones,
      inject: [RegistryFollower],
      useFactory: (registry: RegistryFollower) => openZones(input.config, registry, warn),
    },
    lanes(input, warn),
  ]
}

/** The lanes of all protocols. */
function lanes(input: WorkerInput, warn: Warn): Provider {
  return {
    provide: adapters,
    inject: [
      RegistryFollower,
      ContractBook,
      MessageDeskStore,
      PersonDeskStore,
      ExchangeAdmission,
      HeldPartitions,
      NetworkZones,
    ],
    useFactory: (
      registry: RegistryFollower,
      contracts: ContractBook,
      messages: MessageDeskStore,
      persons: PersonDeskStore,
      admission: ExchangeAdmission,
      held: HeldPartitions,
      zones: NetworkZones,
    ) =>
      makeAdapters({ input, registry, contracts, messages, persons, admission, held, zones }, warn),
  }
}

/** What all nodes know together of the providers. */
function healthOfProviders(input: WorkerInput, log: SystemLog): Provider {
  return {
    provide: providerHealth,
    inject: [adapters, RegistryFollower],
    useFactory: ({ all }: BusAdapters, registry: RegistryFollower) =>
      openProviderHealth({
        ...{ limits: input.config.limits, databaseUrl: input.databaseUrl, warn: warnIn(log) },
        ...{ registry, adapters: all },
      }),
  }
}

/** The steps of the line, joined to the bus. */
function line(input: WorkerInput, log: SystemLog): Provider[] {
  const { limits } = input.config
  return [
    { provide: ExchangeAdmission, useFactory: () => new ExchangeAdmission(limits) },
    healthOfProviders(input, log),
    {
      provide: Deliver,
      inject: [adapters, providerHealth],
      useFactory: ({ all }: BusAdapters, { health }: OpenProviderHealth) =>
        new Deliver({
          adapters: all,
          health,
          breakers: breakerLimits(limits),
          attemptsMax: limits.deliveryAttemptsMax,
          now,
        }),
    },
    {
      provide: BusMetrics,
      inject: [ExchangeAdmission, MessageLog, Deliver],
      useFactory: (admission: ExchangeAdmission, messageLog: MessageLog, deliver: Deliver) =>
        new BusMetrics({
          exchangesInProgress: () => admission.inProgress,
          logQueueRows: () => messageLog.state().waitingRecords,
          refusalsLost: () => messageLog.state().refusalsLost,
          failingServices: () => deliver.failingServices.length,
        }),
    },
    {
      provide: busOfThisProcess,
      inject: [...onTheLine],
      useFactory: (...parts: PartsOnTheLine) => joinAll(input, log, parts),
    },
  ]
}

const onTheLine = [
  adapters,
  RegistryFollower,
  ContractBook,
  MessageLog,
  ExchangeAdmission,
  Deliver,
  BusMetrics,
  HeldPartitions,
  NetworkZones,
  fairUse,
] as const

type PartsOnTheLine = readonly [
  BusAdapters,
  RegistryFollower,
  ContractBook,
  MessageLog,
  ExchangeAdmission,
  Deliver,
  BusMetrics,
  HeldPartitions,
  NetworkZones,
  OpenFairUse,
]

interface BusOfThisProcess extends JoinedBus {
  readonly outbox: OpenOutbox
}

/** The line, and the outbox that takes up where it leaves one-way messages. */
function joinAll(
  input: WorkerInput,
  log: SystemLog,
  [
    { all, releaseReply },
    registry,
    contracts,
    messageLog,
    admission,
    deliver,
    metrics,
    held,
    zones,
    { use },
  ]: PartsOnTheLine,
): BusOfThisProcess {
  const parts: LineParts = {
    ...{ input, log, registry, contracts, messageLog, admission, deliver, metrics },
    ...{ zones, fairUse: use },
    onAccepted: (logged) => outbox.relay.accepted(logged),
  }
  const joined = joinBus(parts)
  const outbox = openOutbox({
    limits: input.config.limits,
    databaseUrl: input.databaseUrl,
    warn: warnIn(log),
    delivery: joined.delivery,
    adapters: all,
    releaseReply,
    messageLog,
    registry,
    held,
  })
  metrics.showOutbox(() => outbox.relay.state())
  return { ...joined, outbox }
}

function breakerLimits(limits: Limits): ServiceBreakersLimits {
  return {
    failuresMax: limits.breakerFailuresMax,
    openMs: limits.breakerOpenMs,
    breakersMax,
    forgetMs: breakerForgetMs,
  }
}

const process: Provider = {
  provide: BusProcess,
  inject: [
    busOfThisProcess,
    adapters,
    ExchangeAdmission,
    Deliver,
    RegistryFollower,
    MessageLog,
    MessageDeskStore,
    PersonDeskStore,
    BusMetrics,
    fairUse,
    providerHealth,
  ],
  useFactory: (
    { bus, outbox }: BusOfThisProcess,
    { all }: BusAdapters,
    admission: ExchangeAdmission,
    deliver: Deliver,
    registry: RegistryFollower,
    messageLog: MessageLog,
    messageDesk: MessageDeskStore,
    personDesk: PersonDeskStore,
    metrics: BusMetrics,
    counting: OpenFairUse,
    health: OpenProviderHealth,
  ) =>
    new BusProcess({
      ...{ bus, outbox, admission, deliver, registry, messageLog, messageDesk, metrics },
      personDesk,
      fairUse: counting,
      providerHealth: health,
      adapters: all,
    }),
}

/** Made ready as snapshots bring them, so that no exchange pays for it. */
function contractsOf(registry: RegistryFollower, warn: Warn): ContractBook {
  const contracts = new ContractBook({
    filesOf: (digest) => registry.latest?.contracts.get(digest)?.files,
    makeReady,
  })
  const warmUp = new ContractWarmUp({ contracts, warn })
  registry.onChange((snapshot) => warmUp.begin(snapshot.contracts.keys()))
  if (registry.latest) warmUp.begin(registry.latest.contracts.keys())
  return contracts
}
