import type { BilingualText } from '../exchange/fault.js'

/** `decision`: about the reserve centre, which is waited for. */
export const incidentStates = ['open', 'decision', 'decided', 'closed'] as const
export type IncidentState = (typeof incidentStates)[number]

/** What fails. `other`: what no node sees by itself. */
export const incidentCauses = [
  ...(['broker', 'database', 'message-log', 'log-sequencing', 'timestamps', 'witness'] as const),
  ...(['spool', 'workers', 'issuing-ca', 'authorities', 'replication', 'other'] as const),
] as const
export type IncidentCause = (typeof incidentCauses)[number]

/** What is decided about the reserve centre. */
export const reserveDecisions = ['take-over', 'stay'] as const
export type ReserveDecision = (typeof reserveDecisions)[number]

/** What a person says, in one language at least. */
export interface SaidText {
  readonly az?: string | undefined
  readonly en?: string | undefined
}

/** One failure of the bus, over all nodes. */
export interface Incident {
  /** UUIDv7: in the order of entering. */
  readonly id: string
  readonly cause: IncidentCause
  /** Opened by a node, which closes it, too, once nobody sees the trouble any more. */
  readonly byBus: boolean
  readonly openedBy: string
  /** What the node's health said: names machines, and is for who runs the bus. */
  readonly detail: string | undefined
  /** What a person wrote who opened it. */
  readonly description: SaidText | undefined
  readonly startedAt: Date
  /** Later than the start where the database itself was away. */
  readonly enteredAt: Date
  readonly lastSeenAt: Date
  readonly state: IncidentState
  readonly decision: ReserveDecision | undefined
  readonly decisionReason: string | undefined
  readonly decidedBy: string | undefined
  readonly decidedAt: Date | undefined
  readonly closedBy: string | undefined
  /** Why it was, and how it was removed, where a person closed it. */
  readonly closing: SaidText | undefined
  readonly endedAt: Date | undefined
  readonly revision: number
}

interface CauseTerms {
  /** Names of health checks that tell of it; one with a star at its end is how they begin. */
  readonly checks: readonly string[]
  readonly text: BilingualText
  /** Whether all participants are told, or those alone who run and oversee the bus. */
  readonly isForEveryone: boolean
  /** Whether a reserve centre would remove it. */
  readonly raisesDecision: boolean
}

/** What is an incident, and whose. A health check that no cause names is none: somebody has to look after it, and exchanges go on. */
export const causes: Readonly<Record<IncidentCause, CauseTerms>> = {
  broker: {
    checks: ['broker', 'private broker', 'lane mq', 'adapter mq'],
    text: { az: 'növbə brokeri işləmir', en: 'the broker of queues is away' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  database: {
    checks: ['database', 'embedded database', 'registry'],
    text: { az: 'verilənlər bazası işləmir', en: 'the database is away' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  'message-log': {
    checks: ['message log', 'log partitions'],
    text: { az: 'mübadilə jurnalına yazmaq olmur', en: 'the message log cannot be written' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  'log-sequencing': {
    checks: ['log sequencing'],
    text: { az: 'jurnalın ardıcıllığı gecikir', en: 'sequencing of the log is behind' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  timestamps: {
    checks: ['timestamps'],
    text: { az: 'vaxt möhürü alınmır', en: 'no timestamps are had' },
    ...{ isForEveryone: true, raisesDecision: false },
  },
  witness: {
    checks: ['witness *'],
    text: {
      az: 'şahid jurnalın nəzarət nöqtələrini təsdiqləmir',
      en: 'a witness does not vouch for the logs',
    },
    ...{ isForEveryone: true, raisesDecision: false },
  },
  spool: {
    checks: ['disk spool'],
    text: {
      az: 'böyük mesajlar üçün diskdə yer yoxdur',
      en: 'the disk has no room for large messages',
    },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  workers: {
    checks: ['workers'],
    text: { az: 'şinin işçi prosesləri işləmir', en: 'worker processes of the bus do not run' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
  'issuing-ca': {
    checks: ['CA'],
    text: { az: 'sertifikat mərkəzi işləmir', en: 'the issuing CA is away' },
    ...{ isForEveryone: true, raisesDecision: false },
  },
  authorities: {
    checks: ['revocation list of *', 'OCSP answers of *'],
    text: {
      az: 'sertifikatların etibarlılığı barədə məlumat alınmır',
      en: 'an authority says nothing current of its certificates',
    },
    ...{ isForEveryone: true, raisesDecision: false },
  },
  replication: {
    checks: ['replication'],
    text: {
      az: 'ehtiyat mərkəzindəki surət geri qalır',
      en: 'the copy in the reserve centre is behind',
    },
    ...{ isForEveryone: false, raisesDecision: false },
  },
  other: {
    checks: [],
    text: { az: 'qəza', en: 'failure' },
    ...{ isForEveryone: true, raisesDecision: true },
  },
}

/** @returns undefined for a check that is nobody's incident */
export function causeOfCheck(name: string): IncidentCause | undefined {
  return incidentCauses.find((cause) =>
    causes[cause].checks.some((each) =>
      each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each,
    ),
  )
}
