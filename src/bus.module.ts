import { Module, type DynamicModule, type Provider } from '@nestjs/common'
import { BusProcess } from './bus-process.js'
import type { BusIdentity } from './config/identity.js'
import { loadAdapters } from './config/load-adapters.js'
import type { WorkerInput } from './config/worker-input.js'
import { createCarryBack, createCheckReply } from './contract/check-reply.js'
import { ContractBook } from './contract/contract-book.js'
import { makeReady } from './contract/make-ready.js'
import { ContractWarmUp } from './contract/warm-up.js'
import { createValidate } from './contract/validate.js'
import type { BusSigner, ProtocolAdapter } from './exchange/adapter.js'
import { ExchangeAdmission } from './exchange/admission.js'
import { Deliver } from './exchange/deliver.js'
import { Fault } from './exchange/fault.js'
import type { MessageDesk } from './exchange/message-notice.js'
import type { RequestStage, SignReceipts } from './exchange/exchange.js'
import { createMediateReply, mediate } from './exchange/mediate.js'
import type { Catalogue } from './exchange/metaservice.js'
import { SharedPayloadBudget, type CountedBytes } from './exchange/payload-budget.js'
import type { Bus } from './exchange/ports.js'
import type { ServiceBreakersLimits } from './exchange/service-breakers.js'
import { breakerForgetMs, breakersMax, type Limits } from './limits.js'
import { MessageLog } from './message-log/message-log.store.js'
import { endRecorder } from './monitoring/exchange-end.js'
import { BusMetrics } from './monitoring/metrics.js'
import { breachRecorder } from './monitoring/note-breach.js'
import type { SystemLog } from './monitoring/system-log.js'
import { newExchangeId } from './new-exchange-id.js'
import { openMessageLog, openRegistry } from './open-stores.js'
import { createReceiptSigner } from './receipt/receipt-signer.js'
import { authorise, isOfOtherProtocol, payloadBytesMax } from './registry/authorise.js'
import { allowedMethodsOf, clientsOf, methodsOf } from './registry/catalogue.js'
import { queueOwnersOf } from './registry/queue-owners.js'
import { RegistryFollower } from './registry/registry-follower.store.js'
import { DiskSpool } from './spool/disk-spool.js'
import { createAcceptReply } from './trust/accept-reply.js'
import { createAuthenticate } from './trust/authenticate.js'
import { verifyMqNotice } from './trust/jws/verify-notice.js'
import { strictRules } from './trust/strict-rules.js'
import { createBusSigner, ReplySigners } from './trust/reply-signers.js'

const adapters = Symbol('adapters')
const busOfThisProcess = Symbol('bus')

const now = (): Date => new Date()

/** The composition root of one worker process: every part of the bus is made and joined here. */
@Module({})
export class BusModule {
  static forRoot(input: WorkerInput, log: SystemLog): DynamicModule {
    return { module: BusModule, providers: [...stores(input, log), ...line(input, log), process] }
  }
}

type Warn = (event: string, details: Readonly<Record<string, unknown>>) => void

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
      provide: adapters,
      inject: [RegistryFollower, ContractBook],
      useFactory: (registry: RegistryFollower, contracts: ContractBook) =>
        makeAdapters({ input, registry, contracts }, warn),
    },
  ]
}

/** The steps of the line, joined to the bus. */
function line(input: WorkerInput, log: SystemLog): Provider[] {
  const { limits } = input.config
  return [
    { provide: ExchangeAdmission, useFactory: () => new ExchangeAdmission(limits) },
    {
      provide: Deliver,
      inject: [adapters],
      useFactory: (all: ReadonlyMap<string, ProtocolAdapter>) =>
        new Deliver({
          adapters: all,
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
      inject: [RegistryFollower, ContractBook, MessageLog, ExchangeAdmission, Deliver, BusMetrics],
      useFactory: (
        registry: RegistryFollower,
        contracts: ContractBook,
        messageLog: MessageLog,
        admission: ExchangeAdmission,
        deliver: Deliver,
        metrics: BusMetrics,
      ) => joinBus({ input, log, registry, contracts, messageLog, admission, deliver, metrics }),
    },
  ]
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
    BusMetrics,
  ],
  useFactory: (
    bus: Bus,
    all: ReadonlyMap<string, ProtocolAdapter>,
    admission: ExchangeAdmission,
    deliver: Deliver,
    registry: RegistryFollower,
    messageLog: MessageLog,
    metrics: BusMetrics,
  ) => new BusProcess({ bus, adapters: all, admission, deliver, registry, messageLog, metrics }),
}

function makeAdapters(
  {
    input,
    registry,
    contracts,
  }: {
    readonly input: WorkerInput
    readonly registry: RegistryFollower
    readonly contracts: ContractBook
  },
  warn: Warn,
): Promise<Map<string, ProtocolAdapter>> {
  const { limits } = input.config
  const standard = signerOf(input.identity)
  const noticeRules = strictRules({ trustMaterial: () => registry.current, now, ...limits })
  const replySigners = replySignersOf(standard, input, registry, warn)
  // Apart, so that requests never take the room of the replies that they ask for.
  const requestBudget = new SharedPayloadBudget('requests', {
    bytesMax: limits.payloadBytesInFlightMax,
    bytesPerConsumerMax: limits.payloadBytesPerConsumerMax,
  })
  const replyBudget = new SharedPayloadBudget('replies', {
    bytesMax: limits.replyBytesInFlightMax,
    bytesPerConsumerMax: limits.replyBytesPerConsumerMax,
  })
  return loadAdapters(input.config, {
    signer: standard.http,
    signsWithRsa: replySigners.signsWithRsa,
    replySigner: (consumer, claimsRsa) => replySigners.replySigner(consumer, claimsRsa),
    requestBudget,
    replyBudget,
    requestSpool: makeSpool('spooled requests', input, warn),
    replySpool: makeSpool('spooled replies', input, warn),
    mqSigner: standard.mq,
    catalogue: catalogueOf(registry, contracts),
    messages: noMessages,
    verifyNotice: (content) => verifyMqNotice(content, noticeRules),
    queueOwners: queueOwnersOf(registry),
    newExchangeId,
    now,
    warn,
  })
}

// The outbox takes its place.
const noMessages: MessageDesk = {
  status: () => Promise.resolve(undefined),
  take: () => Promise.reject(new Fault('TARGET_UNREGISTERED')),
}

function replySignersOf(
  standard: BusSigner,
  { identity, rsaIdentity }: WorkerInput,
  registry: RegistryFollower,
  warn: Warn,
): ReplySigners {
  const rsa = rsaIdentity ? signerOf(rsaIdentity) : undefined
  return new ReplySigners({
    standard,
    rsa: rsa ?? (isRsa(identity) ? standard : undefined),
    replySignatureOf: (subsystem) => registry.latest?.subsystems.get(subsystem)?.replySignature,
    now,
    warn,
  })
}

/** A registry out of sight tells nothing: `current` throws then. */
function catalogueOf(registry: RegistryFollower, contracts: ContractBook): Catalogue {
  return {
    clients: (domain) => clientsOf(registry.current, domain),
    methods: (provider) => methodsOf(registry.current, provider),
    allowedMethods: (provider, consumer) =>
      allowedMethodsOf(registry.current, provider, consumer, now().getTime()),
    description: (code, version, face, server) => {
      const terms = registry.current.service(code, version)?.contract
      return terms && contracts.get(terms.digest).face(face, server)
    },
  }
}

function signerOf({ privateKey, certificate, certificateThumbprint }: BusIdentity): BusSigner {
  return createBusSigner(
    { privateKey: privateKey.reveal(), certificate, certificateThumbprint },
    now,
  )
}

function receiptSignerOf({ privateKey, certificateThumbprint }: BusIdentity): SignReceipts {
  return createReceiptSigner({ privateKey: privateKey.reveal(), certificateThumbprint })
}

function isRsa({ privateKey }: BusIdentity): boolean {
  return privateKey.reveal().asymmetricKeyType === 'rsa'
}

function makeSpool(what: CountedBytes, { config }: WorkerInput, warn: Warn): DiskSpool {
  const budget = new SharedPayloadBudget(what, {
    bytesMax: config.limits.spoolBytesMax,
    bytesPerConsumerMax: config.limits.spoolBytesPerConsumerMax,
  })
  return new DiskSpool({ directory: config.spoolDirectory, budget, warn })
}

function joinBus(parts: {
  readonly input: WorkerInput
  readonly log: SystemLog
  readonly registry: RegistryFollower
  readonly contracts: ContractBook
  readonly messageLog: MessageLog
  readonly admission: ExchangeAdmission
  readonly deliver: Deliver
  readonly metrics: BusMetrics
}): Bus {
  const { input, log, registry, contracts, messageLog, admission, deliver, metrics } = parts
  const rules = strictRules({
    trustMaterial: () => registry.current,
    now,
    ...input.config.limits,
  })
  const { validate, checkReply, mediateReply } = contractSteps(contracts, metrics, log)
  const acceptReply = createAcceptReply(rules)
  return {
    admission,
    ...createAuthenticate({
      ...rules,
      payloadBytesMax: (envelope) => payloadBytesMax(registry.current, envelope),
      isCarriedOver: (envelope, protocol) =>
        isOfOtherProtocol(registry.current, envelope, protocol),
    }),
    authorise: (authenticated) => authorise(registry.current, authenticated, now()),
    validate,
    logRequest: (validated) => messageLog.logRequest(validated),
    mediate,
    deliver: async (mediated) => {
      // The stage types say so already; what leaves the bus does not rest on types alone.
      if (!messageLog.holds(mediated.logged)) throw new Error('a request that is not in the log')
      return deliver.deliver(mediated)
    },
    acceptReply: async (reply, logged) => {
      const accepted = await acceptReply(reply, logged)
      checkReply(accepted, logged)
      return accepted
    },
    mediateReply,
    logReply: (reply, logged) => messageLog.logReply(reply, logged),
    logRefusal: (fault, reached, answer) =>
      messageLog.logRefusal(fault, reached, { answer, domain: domainOf(reached, registry) }),
    ended: endRecorder(metrics, log),
  }
}

function contractSteps(contracts: ContractBook, metrics: BusMetrics, log: SystemLog) {
  const rules = { contracts, noteBreach: breachRecorder(metrics, log) }
  return {
    validate: createValidate(rules),
    checkReply: createCheckReply(rules),
    mediateReply: createMediateReply(createCarryBack(rules)),
  }
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

/** The exchange domain of whose key signed; a registry out of sight still tells where a record belongs. */
function domainOf(reached: RequestStage, registry: RegistryFollower): string | undefined {
  if (!('signer' in reached)) return undefined
  return registry.latest?.subsystems.get(reached.signer.subsystem)?.domain
}
