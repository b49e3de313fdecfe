import type { MigrationInterface } from 'typeorm'
import { BusRoleGrants1764000000000 } from './migrations/1764000000000-bus-role-grants.js'
import { MessageLog1764000000100 } from './migrations/1764000000100-message-log.js'
import { Registry1764000100000 } from './migrations/1764000100000-registry.js'
import { JobsRole1764000200000 } from './migrations/1764000200000-jobs-role.js'
import { SoapHandling1764000300000 } from './migrations/1764000300000-soap-handling.js'
import { ReplySignature1764000400000 } from './migrations/1764000400000-reply-signature.js'
import { SoapAction1764000500000 } from './migrations/1764000500000-soap-action.js'
import { LogPartitions1764100000000 } from './migrations/1764100000000-log-partitions.js'
import { TransparencyLog1764100100000 } from './migrations/1764100100000-transparency-log.js'
import { ExchangeSearch1764100200000 } from './migrations/1764100200000-exchange-search.js'
import { ValidationMaterial1764100300000 } from './migrations/1764100300000-validation-material.js'
import { Archive1764100400000 } from './migrations/1764100400000-archive.js'
import { DaysFromFirst1764100500000 } from './migrations/1764100500000-days-from-first.js'
import { ServiceContract1764200000000 } from './migrations/1764200000000-service-contract.js'
import { Outbox1764300000000 } from './migrations/1764300000000-outbox.js'
import { NoticeEntries1764300100000 } from './migrations/1764300100000-notice-entries.js'
import { NoticesBySender1764300200000 } from './migrations/1764300200000-notices-by-sender.js'
import { ControlPlane1764400000000 } from './migrations/1764400000000-control-plane.js'
import { AdminIdempotency1764400100000 } from './migrations/1764400100000-admin-idempotency.js'
import { Administrators1764400200000 } from './migrations/1764400200000-administrators.js'
import { IssuingCa1764400300000 } from './migrations/1764400300000-issuing-ca.js'
import { PersonsAskedAbout1764400400000 } from './migrations/1764400400000-persons-asked-about.js'
import { LifeCycle1764400500000 } from './migrations/1764400500000-life-cycle.js'
import { AccessRightRequests1764400600000 } from './migrations/1764400600000-access-right-requests.js'
import { FairUse1764400700000 } from './migrations/1764400700000-fair-use.js'
import { Ocsp1764400800000 } from './migrations/1764400800000-ocsp.js'
import { Documents1764500000000 } from './migrations/1764500000000-documents.js'
import { RequirementSets1764500100000 } from './migrations/1764500100000-requirement-sets.js'
import { ConnectionCases1764500200000 } from './migrations/1764500200000-connection-cases.js'
import { Agreements1764500300000 } from './migrations/1764500300000-agreements.js'
import { InformationResources1764500400000 } from './migrations/1764500400000-information-resources.js'
import { Maintenance1764500500000 } from './migrations/1764500500000-maintenance.js'
import { Incidents1764500600000 } from './migrations/1764500600000-incidents.js'
import { RegisteredByApi1764500700000 } from './migrations/1764500700000-registered-by-api.js'
import { Catalogue1764500800000 } from './migrations/1764500800000-catalogue.js'
import { Rechecks1764500900000 } from './migrations/1764500900000-rechecks.js'
import { Suspensions1764501000000 } from './migrations/1764501000000-suspensions.js'
import { CaseSuccession1764600000000 } from './migrations/1764600000000-case-succession.js'
import { FailuresByMember1764600100000 } from './migrations/1764600100000-failures-by-member.js'
import { NoticesOfDomains1764600100100 } from './migrations/1764600100100-notices-of-domains.js'
import { Executions1764600300000 } from './migrations/1764600300000-executions.js'
import { AgreementDocuments1764600400000 } from './migrations/1764600400000-agreement-documents.js'

/** Every migration, oldest first; named one by one so that a build holds all of them. */
export const migrations: (new () => MigrationInterface)[] = [
  BusRoleGrants1764000000000,
  MessageLog1764000000100,
  Registry1764000100000,
  JobsRole1764000200000,
  SoapHandling1764000300000,
  ReplySignature1764000400000,
  SoapAction1764000500000,
  LogPartitions1764100000000,
  TransparencyLog1764100100000,
  ExchangeSearch1764100200000,
  ValidationMaterial1764100300000,
  Archive1764100400000,
  DaysFromFirst1764100500000,
  ServiceContract1764200000000,
  Outbox1764300000000,
  NoticeEntries1764300100000,
  NoticesBySender1764300200000,
  ControlPlane1764400000000,
  AdminIdempotency1764400100000,
  Administrators1764400200000,
  IssuingCa1764400300000,
  PersonsAskedAbout1764400400000,
  LifeCycle1764400500000,
  AccessRightRequests1764400600000,
  FairUse1764400700000,
  Ocsp1764400800000,
  Documents1764500000000,
  RequirementSets1764500100000,
  ConnectionCases1764500200000,
  Agreements1764500300000,
  InformationResources1764500400000,
  Maintenance1764500500000,
  Incidents1764500600000,
  RegisteredByApi1764500700000,
  Catalogue1764500800000,
  Rechecks1764500900000,
  Suspensions1764501000000,
  CaseSuccession1764600000000,
  FailuresByMember1764600100000,
  NoticesOfDomains1764600100100,
  Executions1764600300000,
  AgreementDocuments1764600400000,
]
