import { createVerifyEndUser } from './assertion/verify-end-user.js'
import type { WorkerInput } from './config/worker-input.js'
import { createCarryBack, createCheckReply } from './contract/check-reply.js'
import type { ContractBook } from './contract/contract-book.js'
import { createValidate } from './contract/validate.js'
import type { ExchangeAdmission } from './exchange/admission.js'
import { createCheckEntrance } from './entrance/check-entrance.js'
import type { NetworkZones } from './entrance/network-zones.js'
import type { Deliver } from './exchange/deliver.js'
import type { LoggedRequest, RequestStage } from './exchange/exchange.js'
import { createExecutionWords } from './execution/execution-words.js'
import { createMediateReply, mediate } from './exchange/mediate.js'
import type { Bus, DeliveryBus, FairUse } from './exchange/ports.js'
import type { MessageLog } from './message-log/message-log.store.js'
import { endRecorder } from './monitoring/exchange-end.js'
import type { BusMetrics } from './monitoring/metrics.js'
import { breachRecorder } from './monitoring/note-breach.js'
import type { SystemLog } from './monitoring/system-log.js'
import { leaveOut } from './omit/leave-out.js'
import {
  authorise,
  authoriseDelivery,
  isOfOtherProtocol,
  payloadBytesMax,
} from './registry/authorise.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'
import { checkAnswer } from './subject/check-answer.js'
import { holdToSubject } from './subject/hold-to-subject.js'
import type { VerificationRules } from './trust/http-signature/verify-request.js'
import { createAcceptReply } from './trust/accept-reply.js'
import { createAuthenticate } from './trust/authenticate.js'
import { createAuthenticateStored, keysOnly } from './trust/authenticate-stored.js'
import { checkWait, queuedAgeMsMax } from './trust/queued-age.js'
import { strictRules } from './trust/strict-rules.js'

const now = (): Date => new Date()

/** What the line is joined from. */
export interface LineParts {
  readonly input: WorkerInput
  readonly log: SystemLog
  readonly registry: RegistryFollower
  readonly contracts: ContractBook
  readonly messageLog: MessageLog
  readonly admission: ExchangeAdmission
  readonly zones: NetworkZones
  readonly fairUse: FairUse
  readonly deliver: Deliver
  readonly metrics: BusMetrics
  /** Is told of each one-way message that was accepted. */
  readonly onAccepted: (logged: LoggedRequest) => void
}

/** Both readable functions of the core, handle-exchange.ts and deliver-stored.ts, get their steps here. */
export interface JoinedBus {
  readonly bus: Bus
  readonly delivery: DeliveryBus
}

export function joinBus(parts: LineParts): JoinedBus {
  const { input, registry, messageLog, admission, zones, fairUse } = parts
  const { limits } = input.config
  const rules = strictRules({ trustMaterial: () => registry.current, now, ...limits })
  const shared = sharedSteps(parts, rules)
  const verifyEndUser = createVerifyEndUser(rules)
  const wordsOf = createExecutionWords(parts.contracts)
  const bus: Bus = {
    ...shared,
    admission,
    checkEntrance: createCheckEntrance({
      subsystems: () => registry.current.subsystems,
      signers: rules.signers,
      zones,
    }),
    fairUse,
    ...createAuthenticate({
      ...rules,
      queuedAgeMsMax: queuedAgeMsMax(limits),
      payloadBytesMax: (envelope) => payloadBytesMax(registry.current, envelope),
      isCarriedOver: (envelope, protocol) =>
        isOfOtherProtocol(registry.current, envelope, protocol),
    }),
    authorise: (authenticated) =>
      checkWait(
        authorise(registry.current, authenticated, now(), verifyEndUser),
        limits.freshnessMs,
      ),
    logRequest: async (validated) => {
      if (validated.route.pattern !== 'one-way') return messageLog.logRequest(validated)
      const logged = await messageLog.logRequest(validated, wordsOf(validated))
      parts.onAccepted(logged)
      return logged
    },
    logRefusal: (fault, reached, answer) =>
      messageLog.logRefusal(fault, reached, { answer, domain: domainOf(reached, registry) }),
  }
  return { bus, delivery: deliveryOf(shared, parts, rules) }
}

type SharedSteps = Omit<
  DeliveryBus,
  'authenticateStored' | 'authorise' | 'recall' | 'refuseStored' | 'now'
>

/** What is done of an exchange when it comes, and of a one-way message when it goes out. */
function sharedSteps(
  { log, contracts, messageLog, deliver, metrics }: LineParts,
  rules: VerificationRules,
): SharedSteps {
  const { validate, checkReply, mediateReply } = contractSteps(contracts, metrics, log)
  const acceptReply = createAcceptReply(rules)
  return {
    validate,
    mediate,
    deliver: async (mediated, handedOver) => {
      // The stage types say so already; what leaves the bus does not rest on types alone.
      if (!messageLog.holds(mediated.logged)) throw new Error('a request that is not in the log')
      return deliver.deliver(mediated, handedOver)
    },
    acceptReply: async (reply, logged) => {
      const accepted = await acceptReply(reply, logged)
      checkReply(accepted, logged)
      checkAnswer(accepted, logged)
      return accepted
    },
    mediateReply,
    logReply: (reply, logged) => messageLog.logReply(reply, logged),
    ended: endRecorder(metrics, log),
  }
}

function deliveryOf(
  shared: SharedSteps,
  { registry, messageLog }: LineParts,
  { signers, freshnessMs }: VerificationRules,
): DeliveryBus {
  // That its issuer's certificate was good when it came was found out then, as that of its sender was.
  const verifyEndUser = createVerifyEndUser({ signers: keysOnly(signers), freshnessMs })
  return {
    ...shared,
    authenticateStored: createAuthenticateStored(signers),
    authorise: (authenticated) =>
      authoriseDelivery(registry.current, authenticated, now(), verifyEndUser),
    recall: (validated, stored) => messageLog.recall(validated, stored),
    refuseStored: (fault, stored, circumstances) =>
      messageLog.refuseStored(fault, stored, circumstances),
    now,
  }
}

function contractSteps(contracts: ContractBook, metrics: BusMetrics, log: SystemLog) {
  const rules = { contracts, noteBreach: breachRecorder(metrics, log), holdToSubject }
  return {
    validate: createValidate(rules),
    checkReply: createCheckReply(rules),
    mediateReply: createMediateReply(leaveOut, createCarryBack(rules)),
  }
}

/** The exchange domain of whose key signed; a registry out of sight still tells where a record belongs. */
function domainOf(reached: RequestStage, registry: RegistryFollower): string | undefined {
  if (!('signer' in reached)) return undefined
  return registry.latest?.subsystems.get(reached.signer.subsystem)?.domain
}
