import type { BilingualText } from '../../exchange/fault.js'
import type { ContractSettings } from '../contract-settings.js'
import { settingsFile } from '../contract-settings.js'
import type { Field } from './field.js'
import { finding, type Finding } from './finding.js'

/** What a bus would rather not carry: texts and lists without bounds, and fields without a type. */
export function lintFields(fields: readonly Field[], file: string): Finding[] {
  return fields.flatMap((field) => lackOf(field).map(([rule, text]) => told(rule, file, text)))
}

function lackOf({
  part,
  path,
  isAnything,
  isText,
  lengthMax,
  max,
}: Field): [string, BilingualText][] {
  const where = `${part} ${path}`
  const lacks: [string, BilingualText][] = []
  if (isAnything) {
    const az = `${where}: növü yoxdur, istənilən məzmun keçər`
    lacks.push(['no-type', { az, en: `${where}: it has no type, and may be anything` }])
  } else if (isText && lengthMax === undefined) {
    const az = `${where}: mətnin uzunluğuna hədd qoyulmayıb`
    lacks.push(['unbounded-text', { az, en: `${where}: the length of the text has no bound` }])
  }
  if (max === Infinity) {
    const az = `${where}: təkrarların sayına hədd qoyulmayıb`
    lacks.push(['unbounded-list', { az, en: `${where}: the number of repetitions has no bound` }])
  }
  return lacks
}

/** Names that fields with personal data have. */
const personalNames =
  /^(fin|pin|soyad|ad|ata_?ad[iı]?|dogum_?tarixi|doğum_?tarixi|unvan|ünvan|telefon)$/i

/** TT-06: personal data is keyed by the person's FIN, and the contract says where both are. */
export function lintPersonalData(
  fields: readonly Field[],
  { personalData }: ContractSettings,
): Finding[] {
  if (!personalData) {
    const named = fields.find(({ path }) => personalNames.test(lastOf(path)))
    if (!named) return []
    const az = `${named.path} fərdi məlumata oxşayır, lakin personalData yoxdur`
    const en = `${named.path} looks like personal data, and there is no personalData`
    return [told('TT-06', settingsFile, { az, en })]
  }
  const { fin, fields: named } = personalData
  const findings: Finding[] = []
  if (fin === undefined) {
    const az = 'personalData: fin açarı göstərilməyib; fərdi məlumat FİN üzrə aparılır'
    const en = 'personalData: no fin is named; personal data is keyed by FIN'
    findings.push(told('TT-06', settingsFile, { az, en }))
  }
  for (const path of [...(fin === undefined ? [] : [fin]), ...named]) {
    if (fields.some((field) => isAt(field.path, path))) continue
    const az = `personalData: təsvirdə belə sahə yoxdur: ${path}`
    findings.push(
      told('TT-06', settingsFile, { az, en: `personalData: the description has no field ${path}` }),
    )
  }
  return findings
}

/** Paths may leave out the operation and, in XML, the root element. */
function isAt(path: string, given: string): boolean {
  const bare = path.slice(path.indexOf('/'))
  return bare === given || bare.slice(bare.indexOf('/', 1)) === given
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace('@', '')
}

function told(rule: string, file: string, text: BilingualText): Finding {
  return finding('warning', rule, file, text)
}
