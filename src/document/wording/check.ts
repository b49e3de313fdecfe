import type { CheckLine } from '../../conformity/requirement.js'
import { timeText } from '../country-time.js'
import type { CheckProtocolContent, UnmetRequirement } from '../document-content.js'
import type { Block, Part } from '../pdf/block.js'
import { caseFields, column, field, referenceText, resultWords } from './words.js'

/** «yoxlama protokolu»: clause 6.1.2 of the statute. */
export function checkProtocolBlocks(content: CheckProtocolContent): Block[] {
  const { application, protocol, requirements } = content
  const texts = new Map(requirements.map((each) => [each.code, each]))
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Müraciət', 'Application', referenceText(application)),
        field(
          'Texniki tələblərin versiyası',
          'Version of the technical requirements',
          String(protocol.requirementSet),
        ),
        field(
          'Yoxlamanın vaxtı (Bakı)',
          'Time of the check (Baku)',
          `${timeText(protocol.startedAt)} – ${timeText(protocol.endedAt)}`,
        ),
        field('Nəticə', 'Result', ...countParts(protocol.lines)),
      ],
    },
    {
      type: 'text',
      text: {
        az: '“Elektron hökumət” portalı haqqında Əsasnamənin 6.1.2-ci bəndinə əsasən, yuxarıda göstərilən obyektin texniki tələblərə uyğunluğu yoxlanılıb və aşağıdakılar müəyyən edilib.',
        en: 'Under clause 6.1.2 of the Statute of the “Electronic Government” portal it was checked whether the object named above conforms to the technical requirements, and the following was found.',
      },
    },
    {
      type: 'table',
      columns: [
        column('Kod', 'Code', 0.1),
        column('Tələb', 'Requirement', 0.31),
        column('Nəticə', 'Result', 0.16),
        column('Müəyyən edilən hal və görülməli iş', 'Finding and remedy', 0.43),
      ],
      rows: protocol.lines.map((line) => {
        const requirement = texts.get(line.code)
        const asked = requirement
          ? [
              requirement.text,
              { az: `bənd ${requirement.clause}`, en: `clause ${requirement.clause}` },
            ]
          : []
        return [[line.code], asked, [resultWords[line.result]], findingParts(line)]
      }),
    },
  ]
}

function countParts(lines: readonly CheckLine[]): Part[] {
  const count = (wanted: CheckLine['result']): number =>
    lines.filter(({ result }) => result === wanted).length
  const failed = count('fail')
  const parts = [`${resultWords.pass.az}: ${count('pass')}`, `${resultWords.fail.az}: ${failed}`]
  const en = [`${resultWords.pass.en}: ${count('pass')}`, `${resultWords.fail.en}: ${failed}`]
  for (const result of ['warning', 'open', 'not-applicable'] as const) {
    if (count(result) === 0) continue
    parts.push(`${resultWords[result].az}: ${count(result)}`)
    en.push(`${resultWords[result].en}: ${count(result)}`)
  }
  return [{ az: parts.join('; '), en: en.join('; '), tone: failed > 0 ? 'bad' : undefined }]
}

function findingParts({ finding, remedy, tookMs, officer }: CheckLine): Part[] {
  return [
    finding,
    ...(remedy ? [{ az: `Görülməli iş: ${remedy.az}`, en: `Remedy: ${remedy.en}` }] : []),
    ...(tookMs === undefined
      ? []
      : [
          {
            az: `Ölçülən müddət: ${Math.round(tookMs)} ms`,
            en: `Measured: ${Math.round(tookMs)} ms`,
          },
        ]),
    ...(officer
      ? [
          {
            az: `Qərarı verən: ${officer.name}. Əsas: ${officer.reason}`,
            en: `Decided by ${officer.name}`,
          },
        ]
      : []),
  ]
}

/** Each requirement that is not met, with its clause, what was seen and what is to be done. */
export function unmetBlocks(unmet: readonly UnmetRequirement[]): Block[] {
  return [
    {
      type: 'heading',
      text: { az: 'Yerinə yetirilməmiş texniki tələblər', en: 'Technical requirements not met' },
    },
    {
      type: 'table',
      columns: [
        column('Kod, bənd', 'Code, clause', 0.12),
        column('Tələb', 'Requirement', 0.28),
        column('Müəyyən edilən hal', 'Finding', 0.3),
        column('Görülməli iş', 'Remedy', 0.3),
      ],
      rows: unmet.map(({ code, clause, text, finding, remedy }) => [
        [code, clause],
        ...[[text], [finding], [remedy]],
      ]),
    },
  ]
}
