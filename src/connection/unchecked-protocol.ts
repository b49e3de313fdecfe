import type { ConnectionApplication } from '../conformity/application.js'
import type { CheckLine, CheckProtocol, RequirementSet } from '../conformity/requirement.js'

const finding = {
  az: 'Avtomatik yoxlama aparıla bilmədi: səbəb portaldadır, müraciətdə deyil',
  en: 'It could not be checked by itself: the reason lies with the bus, not with the application',
}
const remedy = {
  az: 'Operatorun əməkdaşı qərar verir',
  en: 'An officer of the operator decides',
}

/** The protocol where no node could carry the check out: an officer decides on every line, and the case goes on. */
export function uncheckedProtocol(
  { kind }: ConnectionApplication,
  { version, requirements }: RequirementSet,
  startedAt: Date,
  endedAt: Date,
): CheckProtocol {
  const lines = requirements.map(({ code, appliesTo }): CheckLine => {
    const common = { code, tookMs: undefined, officer: undefined, finding }
    return appliesTo.includes(kind)
      ? { ...common, result: 'open', remedy }
      : { ...common, result: 'not-applicable', remedy: undefined }
  })
  return { requirementSet: version, startedAt, endedAt, lines }
}
