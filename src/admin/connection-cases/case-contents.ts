import { linesOf } from '../../connection/case-check.js'
import { CaseError } from '../../connection/case-error.js'
import { namedMember, operatorAt } from '../../connection/case-parties.store.js'
import type { CaseDocument, CaseStep, ConnectionCase } from '../../connection/connection-case.js'
import type { CheckProtocol, RequirementSet } from '../../conformity/requirement.js'
import type {
  Capacity,
  CaseContent,
  CheckProtocolContent,
  DocumentContent,
  DocumentReference,
  Person,
  UnmetRequirement,
} from '../../document/document-content.js'
import type { DocumentKind } from '../../document/document-kind.js'
import type { DocumentWriter } from '../../document/document-writer.js'
import type { LockedCase } from './case-moves.js'

/** What every document of a case says of it. */
export async function contentOf({ client, connectionCase, at }: LockedCase): Promise<CaseContent> {
  const { member, domain, kind, objectId, application } = connectionCase
  return {
    operator: await operatorAt(client, at),
    participant: await namedMember(client, member),
    domain,
    object: { kind, id: objectId, name: application.name },
  }
}

/** Puts something of a case into writing, in the transaction of the step. */
export async function put(
  documents: DocumentWriter,
  { client, connectionCase, caller, at }: LockedCase,
  content: DocumentContent,
  signedBy: readonly Person[],
): Promise<CaseDocument> {
  const { id: caseId, member, domain } = connectionCase
  const actor = caller.actor()
  const terms = { member, domain, caseId, signedBy, actor, at }
  const { id, number, kind, digest } = await documents.write(client, content, terms)
  return { id, number, kind, digest }
}

export function signatory(name: string, capacity: Capacity): Person {
  return { name, capacity }
}

/** The last document of a kind in the history of a case. */
export function referenceTo(steps: readonly CaseStep[], kind: DocumentKind): DocumentReference {
  const found = findReference(steps, kind)
  if (found) return found
  throw new CaseError({
    az: `İşdə «${kind}» sənədi yoxdur`,
    en: `The case has no document of the kind ${kind}`,
  })
}

export function findReference(
  steps: readonly CaseStep[],
  kind: DocumentKind,
): DocumentReference | undefined {
  return steps
    .flatMap(({ at, documents }) => documents.map((document) => ({ at, document })))
    .filter(({ document }) => document.kind === kind)
    .map(({ at, document }) => ({ number: document.number, at }))
    .at(-1)
}

/** What is not met, with clause, finding and remedy. */
export function unmetOf(protocol: CheckProtocol, set: RequirementSet): UnmetRequirement[] {
  return linesOf(protocol, 'fail').map(({ code, finding, remedy, officer }) => {
    const requirement = set.requirements.find((each) => each.code === code)
    const text = requirement?.text ?? { az: code, en: code }
    return {
      ...{ code, text, clause: requirement?.clause ?? '' },
      finding: officer ? withReason(finding, officer.reason) : finding,
      remedy: remedy ?? text,
    }
  })
}

/** An officer's reason is a part of what was found. */
function withReason(
  { az, en }: { readonly az: string; readonly en: string },
  reason: string,
): { az: string; en: string } {
  return { az: `${az} (${reason})`, en: `${en} (${reason})` }
}

export function protocolContent(
  content: CaseContent,
  { steps }: { readonly steps: readonly CaseStep[] },
  protocol: CheckProtocol,
  { requirements }: RequirementSet,
): CheckProtocolContent {
  return {
    ...content,
    ...{ kind: 'check-protocol', application: referenceTo(steps, 'application'), protocol },
    requirements: requirements.map(({ code, text, clause }) => ({ code, text, clause })),
  }
}

/** @returns the caller's standing in a case, as documents name it */
export function applicantOf({ caller, connectionCase }: LockedCase): Person {
  return signatory(caller.name, isOwner(caller, connectionCase) ? 'participant' : 'agency')
}

export function isOwner(
  { members }: Pick<LockedCase['caller'], 'members'>,
  { member }: ConnectionCase,
): boolean {
  return members.includes(member)
}
