import type { ConnectionApplication } from './application.js'
import { judgeAnswer, judgeEcho, judgeFault, judgeTime, notOfThisKind } from './checks/calls.js'
import { judgeKey } from './checks/certificate-request.js'
import { judgeContract, judgeFin } from './checks/contract.js'
import { judgeDuplicates, judgePersonalRegister } from './checks/registers.js'
import {
  judgeHosting,
  judgePersons,
  judgeRegulation,
  judgeSecurity,
  judgeSoftware,
} from './checks/statements.js'
import { judgeTransport } from './checks/transport.js'
import type { ConformityTools } from './conformity-tools.js'
import { open, type Judgement } from './judgement.js'
import { look } from './look.js'
import type {
  CheckLine,
  CheckProtocol,
  RequirementSet,
  TechnicalRequirement,
} from './requirement.js'
import type { Seen } from './seen.js'

type Judge = (seen: Seen, now: Date) => Judgement

const judges: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ['TT-01', judgeContract],
  ['TT-02', judgeTransport],
  ['TT-03', judgeKey],
  ['TT-04', judgeAnswer],
  ['TT-05', judgeFault],
  ['TT-06', judgeFin],
  ['TT-07', judgePersonalRegister],
  ['TT-08', judgeDuplicates],
  ['TT-09', judgeRegulation],
  ['TT-10', judgeTime],
  ['TT-11', judgeSoftware],
  ['TT-12', judgeSecurity],
  ['TT-13', judgePersons],
  ['TT-14', judgeEcho],
  ['TT-15', judgeHosting],
])

/**
 * Checks an object against a requirement set («yoxlama»): a line for each requirement of the set, in its order, those
 * that do not apply among them. Reaches nothing but the declared endpoint and what the tools are asked. What fails is a
 * line, and never an error.
 * @throws Error where a tool fails that is not the applicant's (the registry cannot be asked), or `tools.signal` is aborted
 */
export async function checkConformity(
  application: ConnectionApplication,
  set: RequirementSet,
  tools: ConformityTools,
): Promise<CheckProtocol> {
  const startedAt = tools.now()
  const seen = await look(application, tools)
  const endedAt = tools.now()
  const lines = set.requirements.map((each) => lineOf(each, seen, endedAt))
  return { requirementSet: set.version, startedAt, endedAt, lines }
}

/** Whether a requirement of this code is checked by a program; an officer judges the others. */
export function isCheckedByProgram(code: string): boolean {
  return judges.has(code)
}

/** Whether nothing stands in the way of a positive opinion but what an officer has to decide. */
export function isFreeOfFailures({ lines }: CheckProtocol): boolean {
  return lines.every(({ result }) => result !== 'fail')
}

function lineOf(requirement: TechnicalRequirement, seen: Seen, now: Date): CheckLine {
  const { code, appliesTo } = requirement
  const judgement = appliesTo.includes(seen.application.kind)
    ? (judges.get(code)?.(seen, now) ?? unknown)
    : notOfThisKind
  const { result, finding, remedy, tookMs } = judgement
  return { code, result, finding, remedy, tookMs, officer: undefined }
}

const unknown = open(
  { az: 'Bu tələbi proqram yoxlaya bilmir', en: 'No program can check this requirement' },
  { az: 'Məsul əməkdaş yoxlayıb qərar verir', en: 'An officer checks it and decides' },
)
