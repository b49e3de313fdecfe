import type { ConnectionApplication } from '../conformity/application.js'
import type { CheckProtocol, ObjectKind } from '../conformity/requirement.js'
import type { BilingualText } from '../exchange/fault.js'
import type { MemberId } from '../exchange/identifier.js'
import type { DocumentKind } from './document-kind.js'

/** In whose name a person signs or acts. */
export const capacities = [
  'operator',
  'participant',
  'agency',
  'security',
  'founder-administrator',
] as const
export type Capacity = (typeof capacities)[number]

/** A person, as the document names them. */
export interface Person {
  readonly name: string
  /** «vəzifə». */
  readonly post?: string | undefined
  readonly capacity: Capacity
}

/** A body that is a side of what is written. */
export interface Party {
  /** Undefined for an operator that is no member of the bus. */
  readonly member: MemberId | undefined
  readonly name: BilingualText
}

/** Another document, by its number. */
export interface DocumentReference {
  readonly number: string
  /** When it was made. */
  readonly at: Date
}

/** What is, or is to be, connected. */
export interface ConnectedObject {
  readonly kind: ObjectKind
  readonly id: string
  readonly name: BilingualText
}

/** What every document of a connection case says. */
export interface CaseContent {
  /** Who operates the bus and issues the document. */
  readonly operator: Party
  readonly participant: Party
  readonly domain: string
  readonly object: ConnectedObject
}

/** One technical requirement that is not met, with what was seen. */
export interface UnmetRequirement {
  /** `TT-04`. */
  readonly code: string
  readonly text: BilingualText
  /** Clauses of the statute that it comes from. */
  readonly clause: string
  readonly finding: BilingualText
  readonly remedy: BilingualText
}

/** «müraciət», with «uyğunluğa dair məlumatlar». */
export interface ApplicationContent extends CaseContent {
  readonly kind: 'application'
  readonly application: ConnectionApplication
}

/** What an application lacks; for which it is returned. */
export interface MissingDataContent extends CaseContent {
  readonly kind: 'missing-data'
  readonly application: DocumentReference
  readonly missing: readonly {
    /** JSON Pointer into the application. */
    readonly pointer: string
    readonly text: BilingualText
  }[]
  readonly remark?: string | undefined
}

/** «yoxlama protokolu», a line for each requirement. */
export interface CheckProtocolContent extends CaseContent {
  readonly kind: 'check-protocol'
  readonly application: DocumentReference
  readonly protocol: CheckProtocol
  /** What each code of the protocol asks for. */
  readonly requirements: readonly {
    readonly code: string
    readonly text: BilingualText
    readonly clause: string
  }[]
}

/** «müsbət rəy»; a copy goes to the State Agency. */
export interface OpinionContent extends CaseContent {
  readonly kind: 'opinion'
  readonly application: DocumentReference
  readonly check: DocumentReference
  readonly requirementSet: number
  /** Requirements that an officer passed, and with what reason. */
  readonly passedByOfficer: readonly { readonly code: string; readonly reason: string }[]
  readonly remark?: string | undefined
}

/** «mənfi rəy»; its copy to the State Agency is informational. */
export interface NegativeOpinionContent extends CaseContent {
  readonly kind: 'negative-opinion'
  readonly application: DocumentReference
  readonly check: DocumentReference
  readonly requirementSet: number
  readonly unmet: readonly UnmetRequirement[]
  readonly remark?: string | undefined
}

/** «əsaslandırılmış tələb». */
export interface JustifiedDemandContent extends CaseContent {
  readonly kind: 'justified-demand'
  readonly opinion: DocumentReference
  readonly requirementSet: number
  readonly unmet: readonly UnmetRequirement[]
  readonly justification: string
  /** By when it is to be done. */
  readonly until?: Date | undefined
}

/** «təkmilləşdirmə», by the owner or the State Agency. */
export interface ImprovementContent extends CaseContent {
  readonly kind: 'improvement'
  readonly demand: DocumentReference
  readonly doneBy: 'owner' | 'agency'
  readonly done: string
  /** Files that show it. */
  readonly evidence: readonly { readonly name: string; readonly sha256: string }[]
}

/** «imtina», with the requirements that are not met. */
export interface RefusalContent extends CaseContent {
  readonly kind: 'refusal'
  readonly application: DocumentReference
  /** Of a case that was demanded something before. */
  readonly demand?: DocumentReference | undefined
  readonly requirementSet: number
  readonly unmet: readonly UnmetRequirement[]
  readonly grounds: string
}

/** Opinion of the security body, where the domain asks for it. */
export interface SecurityOpinionContent extends CaseContent {
  readonly kind: 'security-opinion'
  readonly check: DocumentReference
  readonly isPositive: boolean
  readonly text: string
}

/** «müqavilə»: the frame, of one participant. */
export interface AgreementContent {
  readonly kind: 'agreement'
  readonly operator: Party
  readonly participant: Party
  readonly requirementSet: number
  readonly inForceFrom: Date
  /** Until just before it. */
  readonly inForceUntil: Date
  /** Version of the rules of use that are part of it. */
  readonly rulesOfUse?: number | undefined
}

/** «əlavə»: one connected object. */
export interface AgreementAnnexContent extends CaseContent {
  readonly kind: 'agreement-annex'
  readonly agreement: DocumentReference
  readonly opinion: DocumentReference
  readonly requirementSet: number
  readonly inForceFrom: Date
}

/** «qoşulma aktı». */
export interface ActOfConnectionContent extends CaseContent {
  readonly kind: 'act-of-connection'
  readonly opinion: DocumentReference
  readonly annex: DocumentReference
  readonly registeredAt: Date
  readonly connectedAt: Date
  /** Of a system: its certificate at the bus. */
  readonly certificate?:
    | {
        readonly serial: string
        readonly issuer: string
        readonly notBefore: Date
        readonly notAfter: Date
      }
    | undefined
}

/** What a document says; who made it when, and under which number, is not of its content. */
export type DocumentContent =
  | ApplicationContent
  | MissingDataContent
  | CheckProtocolContent
  | OpinionContent
  | NegativeOpinionContent
  | JustifiedDemandContent
  | ImprovementContent
  | RefusalContent
  | SecurityOpinionContent
  | AgreementContent
  | AgreementAnnexContent
  | ActOfConnectionContent

/** Content of one kind. */
export type ContentOf<Kind extends DocumentKind> = Extract<DocumentContent, { readonly kind: Kind }>
