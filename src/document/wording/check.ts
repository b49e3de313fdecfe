import type { CheckLine } from '../../conformity/requirement.js'
import { spanText } from '../../country-time.js'
import type { CheckProtocolContent, UnmetRequirement } from '../document-content.js'
import type { Block, Part } from '../pdf/block.js'
import { caseFields, column, field, millisText, referenceText, resultWords } from './words.js'

/** «yoxlama protokolu»: clause 6.1.2 of the statute. */
export function checkProtocolBlocks(content: CheckProtocolContent): Block[] {
  const { application, protocol } = content
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
          spanText(protocol.startedAt, protocol.endedAt),
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
    linesBlock(content),
  ]
}

function linesBlock({ protocol, requirements }: CheckProtocolContent): Block {
  const texts = new Map(requirements.map((each) => [each.code, each]))
  return {
    type: 'table',
    columns: [
      column('Kod', 'Code', 0.1),
      column('Tələb', 'Requirement', 0.31),
      column('Nəticə', 'Result', 0.16),
      column('Müəyyən edilmiş hal və görülməli tədbir', 'Finding and remedy', 0.43),
    ],
    rows: protocol.lines.map((line) => {
      const requirement = texts.get(line.code)
      const asked = requirement
        ? [requirement.text, { code: `bənd / clause ${requirement.clause}` }]
        : []
      return [[line.code], asked, [resultWords[line.result]], findingParts(line)]
    }),
  }
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
  return [{ az: parts.join('; '), en: en.join('; ') }]
}

function findingParts({ finding, remedy, tookMs, officer }: CheckLine): Part[] {
  return [
    finding,
    ...(remedy ? [{ az: `Görülməli tədbir: ${remedy.az}`, en: `Remedy: ${remedy.en}` }] : []),
    ...(tookMs === undefined ? [] : [measured(tookMs)]),
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

function measured(ms: number): Part {
  const { az, en } = millisText(ms)
  return { az: `Ölçülmüş müddət: ${az}`, en: `Measured: ${en}` }
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
        column('Müəyyən edilmiş hal', 'Finding', 0.3),
        column('Görülməli tədbir', 'Remedy', 0.3),
      ],
      rows: unmet.map(({ code, clause, text, finding, remedy }) => [
        [code, { code: clause }],
        ...[[text], [finding], [remedy]],
      ]),
    },
  ]
}
