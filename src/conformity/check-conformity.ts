import type { ConnectionApplication } from './application.js'
import type { ConformityTools } from './conformity-tools.js'
import type { CheckProtocol, RequirementSet } from './requirement.js'

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
  await Promise.reject(new Error(`not there yet: ${application.kind} ${set.version}`))
  const at = tools.now()
  return { requirementSet: set.version, startedAt: at, endedAt: at, lines: [] }
}
