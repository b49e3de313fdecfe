import type { BilingualText } from '../exchange/fault.js'
import { parseMemberId } from '../exchange/identifier.js'
import { schemaText } from '../schema-text.js'
import type { ConnectionApplication, ProbeRequest, ServiceProbes } from './application.js'
import { flaw, pointerOf, type ApplicationFlaw } from './application-flaw.js'
import { applicationSchema, type ApplicationInput } from './application-schema.js'
import { readEndpoint } from './endpoint.js'
import { applicationLimits } from './limits.js'

export type ApplicationReading =
  | { readonly application: ConnectionApplication; readonly flaws: readonly [] }
  | { readonly application: undefined; readonly flaws: readonly ApplicationFlaw[] }

/**
 * Reads an application, strictly: what is not known is refused. What is missing for the desk only (`missingData`) is no
 * flaw, since a draft may be without it. Never throws, whatever the value is.
 * @param value - as JSON has it
 */
export function readApplication(value: unknown): ApplicationReading {
  if (!isBounded(value)) return flawed([flaw('', tooDeep)])
  const read = applicationSchema.safeParse(value, { reportInput: true })
  if (!read.success) {
    const { issues } = read.error
    return flawed(issues.map((issue) => flaw(pointerOf(issue.path), schemaText(issue))))
  }
  const application = applicationOf(read.data)
  if (application.kind !== 'service') return { application, flaws: [] }
  const endpoint = readEndpoint(application.declaration)
  return endpoint.flaws.length > 0 ? flawed(endpoint.flaws) : { application, flaws: [] }
}

const tooDeep: BilingualText = {
  az: 'müraciət həddən dərin və ya böyükdür',
  en: 'the application is nested too deeply, or has too many values',
}

function flawed(flaws: readonly ApplicationFlaw[]): ApplicationReading {
  return { application: undefined, flaws: flaws.slice(0, applicationLimits.flawsMax) }
}

/** Looked at without recursion, before anything that recurses. */
function isBounded(value: unknown): boolean {
  let level: unknown[] = [value]
  let values = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length
    if (depth > applicationLimits.depthMax || values > applicationLimits.valuesMax) return false
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    )
  }
  return true
}

function applicationOf(given: ApplicationInput): ConnectionApplication {
  return {
    kind: given.kind,
    member: parseMemberId(given.member),
    domain: given.domain,
    objectId: given.objectId,
    name: given.name,
    declaration: given.declaration,
    certificateRequest: given.certificateRequest,
    contract: given.contract,
    probes: given.probes && probesOf(given.probes),
    regulation: given.regulation,
    personalData: given.personalData,
    dataObjects: given.dataObjects,
    asksFor: given.asksFor,
    duplicateReason: given.duplicateReason,
    softwareStatement: given.softwareStatement,
    securityStatement: given.securityStatement,
    responsible: given.responsible,
    technical: given.technical,
    hosting: given.hosting,
    ownCheck: given.ownCheck,
  }
}

function probesOf({ good, bad, echo }: NonNullable<ApplicationInput['probes']>): ServiceProbes {
  return {
    good: requestOf(good),
    bad: requestOf(bad),
    echo: echo && { request: requestOf(echo.request), text: echo.text },
  }
}

function requestOf({ body, target, method }: Partial<ProbeRequest>): ProbeRequest {
  return { body, target, method }
}
