import type { BusIdentity } from './config/identity.js'
import { loadAdapters } from './config/load-adapters.js'
import type { WorkerInput } from './config/worker-input.js'
import type { ContractBook } from './contract/contract-book.js'
import { checkArrival, type Arrival } from './entrance/check-entrance.js'
import type { NetworkZones } from './entrance/network-zones.js'
import type { ExchangeAdmission } from './exchange/admission.js'
import type { AdapterTools, BusSigner, ProtocolAdapter } from './exchange/adapter.js'
import type { PersonDesk } from './exchange/end-user.js'
import type { SignReceipts } from './exchange/logged-entry.js'
import type { SubsystemId } from './exchange/identifier.js'
import type { MessageDesk } from './exchange/message-notice.js'
import type { Catalogue } from './exchange/metaservice.js'
import { SharedPayloadBudget, type CountedBytes } from './exchange/payload-budget.js'
import type { Limits } from './limits/default-limits.js'
import { newExchangeId } from './new-exchange-id.js'
import type { HeldPartitions } from './outbox/held-partitions.js'
import { createReceiptSigner } from './receipt/receipt-signer.js'
import { allowedMethodsOf, clientsOf, methodsOf, offeredService } from './registry/catalogue.js'
import { checkMaySpeak, queueOwnersOf } from './registry/queue-owners.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'
import type { RegistrySnapshot } from './registry/snapshot.js'
import { DiskSpool } from './spool/disk-spool.js'
import { verifyMqNotice } from './trust/jws/verify-notice.js'
import { strictRules } from './trust/strict-rules.js'
import { createBusSigner, ReplySigners } from './trust/reply-signers.js'

const now = (): Date => new Date()

export type Warn = (event: string, details: Readonly<Record<string, unknown>>) => void

/** The adapters, and what gives back what they hold of an answer that no consumer waits for. */
export interface BusAdapters {
  readonly all: ReadonlyMap<string, ProtocolAdapter>
  readonly releaseReply: (exchangeId: string) => void
}

export interface AdapterParts {
  readonly input: WorkerInput
  readonly registry: RegistryFollower
  readonly contracts: ContractBook
  readonly messages: MessageDesk
  readonly persons: PersonDesk
  readonly admission: Pick<ExchangeAdmission, 'hasPlaceFor'>
  readonly held: HeldPartitions
  readonly zones: NetworkZones
}

export async function makeAdapters(parts: AdapterParts, warn: Warn): Promise<BusAdapters> {
  const { input, registry, contracts, messages, persons, admission, held, zones } = parts
  const { limits } = input.config
  const standard = signerOf(input.identity)
  const replySigners = replySignersOf(standard, input, registry, warn)
  const { requestBudget, replyBudget } = budgetsOf(limits)
  const replySpool = makeSpool('spooled replies', input, warn)
  const all = await loadAdapters(input.config, {
    signer: standard.http,
    signsWithRsa: replySigners.signsWithRsa,
    replySigner: (consumer, claimsRsa) => replySigners.replySigner(consumer, claimsRsa),
    hasPlaceFor: (consumer) => admission.hasPlaceFor(consumer),
    requestBudget,
    replyBudget,
    requestSpool: makeSpool('spooled requests', input, warn),
    replySpool,
    mqSigner: standard.mq,
    catalogue: catalogueOf(registry, contracts),
    messages,
    persons,
    verifyNotice: noticeVerifier(input, registry, zones),
    queueOwners: queueOwnersOf(registry, held),
    newExchangeId,
    now,
    warn,
  })
  const releaseReply = (exchangeId: string): void => {
    replyBudget.release(exchangeId)
    replySpool.release(exchangeId)
  }
  return { all, releaseReply }
}

function noticeVerifier(
  { config }: WorkerInput,
  registry: RegistryFollower,
  zones: NetworkZones,
): AdapterTools['verifyNotice'] {
  const rules = strictRules({ trustMaterial: () => registry.current, now, ...config.limits })
  const subsystems = (): RegistrySnapshot['subsystems'] => registry.current.subsystems
  return (content) => {
    const notice = verifyMqNotice(content, rules)
    const { subsystem } = notice.signer
    checkMaySpeak(registry.current, subsystem)
    checkArrival(byQueue(subsystem), { subsystems, signers: rules.signers, zones })
    return notice
  }
}

/** A broker says neither from where a message comes nor by which certificate. */
function byQueue(subsystem: SubsystemId): Arrival {
  return { subsystem, protocol: 'mq', remoteAddress: '', clientCertificate: undefined }
}

/** Apart, so that requests never take the room of the replies that they ask for. */
function budgetsOf(limits: Limits): Record<'requestBudget' | 'replyBudget', SharedPayloadBudget> {
  return {
    requestBudget: new SharedPayloadBudget('requests', {
      bytesMax: limits.payloadBytesInFlightMax,
      bytesPerConsumerMax: limits.payloadBytesPerConsumerMax,
    }),
    replyBudget: new SharedPayloadBudget('replies', {
      bytesMax: limits.replyBytesInFlightMax,
      bytesPerConsumerMax: limits.replyBytesPerConsumerMax,
    }),
  }
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
    description: (code, version, face, server, asker) => {
      const service = offeredService(registry.current, code, version)
      if (!service?.contract) return undefined
      const { digest } = service.contract
      const contract = asker === 'anybody' ? contracts.atHand(digest) : contracts.get(digest)
      return contract.face(face, service.id, server)
    },
    isOffered: (code, version) => offeredService(registry.current, code, version) !== undefined,
  }
}

function signerOf({ privateKey, certificate, certificateThumbprint }: BusIdentity): BusSigner {
  return createBusSigner(
    { privateKey: privateKey.reveal(), certificate, certificateThumbprint },
    now,
  )
}

export function receiptSignerOf({ privateKey, certificateThumbprint }: BusIdentity): SignReceipts {
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
