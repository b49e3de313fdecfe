import { dayText } from '../../country-time.js'
import type {
  ImprovementContent,
  JustifiedDemandContent,
  NegativeOpinionContent,
  OpinionContent,
  RefusalContent,
  SecurityOpinionContent,
} from '../document-content.js'
import type { Block, Field } from '../pdf/block.js'
import { remarkBlocks } from './application.js'
import { unmetBlocks } from './check.js'
import { caseFields, column, field, objectWords, referenceText } from './words.js'

/** «müsbət rəy»: clauses 6.1.3 and 6.1.4 of the statute. */
export function opinionBlocks(content: OpinionContent): Block[] {
  const { azGenitive, en } = objectWords[content.object.kind]
  const { passedByOfficer, remark } = content
  return [
    { type: 'fields', fields: opinionFields(content) },
    {
      type: 'text',
      text: {
        az: `“Elektron hökumət” portalı haqqında Əsasnamənin 6.1.3-cü və 6.1.4-cü bəndlərinə əsasən, yoxlama protokolunun nəticələri nəzərə alınmaqla, yuxarıda göstərilən ${azGenitive} texniki tələblərə uyğunluğu barədə müsbət rəy verilir. Bu rəy müqavilənin bağlanması və qoşulma üçün əsasdır.`,
        en: `Under clauses 6.1.3 and 6.1.4 of the Statute of the “Electronic Government” portal, and on the results of the check protocol, a positive opinion is given: the ${en} named above conforms to the technical requirements. This opinion is the basis for the agreement and for the connection.`,
      },
    },
    ...(passedByOfficer.length === 0
      ? []
      : [
          {
            type: 'heading' as const,
            text: {
              az: 'Operatorun əməkdaşının qərarı ilə yerinə yetirilmiş hesab edilən tələblər',
              en: 'Requirements passed by an officer of the operator',
            },
          },
          {
            type: 'table' as const,
            columns: [column('Kod', 'Code', 0.15), column('Əsas', 'Reason', 0.85)],
            rows: passedByOfficer.map(({ code, reason }) => [[code], [reason]]),
          },
        ]),
    ...remarkBlocks(remark),
    copyBlock(
      'Rəyin nüsxəsi Dövlət Agentliyinə göndərilir.',
      'A copy of the opinion goes to the State Agency.',
    ),
  ]
}

/** «mənfi rəy»: clauses 4.1.3 and 6.1.4 of the statute. */
export function negativeOpinionBlocks(content: NegativeOpinionContent): Block[] {
  const { azGenitive, en } = objectWords[content.object.kind]
  return [
    { type: 'fields', fields: opinionFields(content) },
    {
      type: 'text',
      text: {
        az: `“Elektron hökumət” portalı haqqında Əsasnamənin 4.1.3-cü və 6.1.4-cü bəndlərinə əsasən, yoxlama protokolunun nəticələri nəzərə alınmaqla, yuxarıda göstərilən ${azGenitive} texniki tələblərə uyğun olmaması barədə mənfi rəy verilir. Qoşulma təkmilləşdirmədən və yenidən aparılan yoxlamadan sonra mümkündür.`,
        en: `Under clauses 4.1.3 and 6.1.4 of the Statute of the “Electronic Government” portal, and on the results of the check protocol, a negative opinion is given: the ${en} named above does not conform to the technical requirements. It can be connected after an improvement and a new check.`,
      },
    },
    ...unmetBlocks(content.unmet),
    ...remarkBlocks(content.remark),
    copyBlock(
      'Rəyin nüsxəsi məlumat üçün Dövlət Agentliyinə göndərilir.',
      'A copy of the opinion goes to the State Agency for information.',
    ),
  ]
}

function opinionFields(content: OpinionContent | NegativeOpinionContent): Field[] {
  return [
    ...caseFields(content),
    field('Müraciət', 'Application', referenceText(content.application)),
    field('Yoxlama protokolu', 'Check protocol', referenceText(content.check)),
    requirementSetField(content.requirementSet),
  ]
}

function requirementSetField(version: number): Field {
  return field(
    'Texniki tələblərin versiyası',
    'Version of the technical requirements',
    String(version),
  )
}

function copyBlock(az: string, en: string): Block {
  return { type: 'text', text: { az, en } }
}

/** «əsaslandırılmış tələb»: clauses 4.1.3, 5.1.6 and 6.1.4 of the statute. */
export function justifiedDemandBlocks(content: JustifiedDemandContent): Block[] {
  const { opinion, requirementSet, unmet, justification, until } = content
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Mənfi rəy', 'Negative opinion', referenceText(opinion)),
        requirementSetField(requirementSet),
        field('İcra müddəti', 'To be done by', until && dayText(until)),
      ],
    },
    {
      type: 'text',
      text: {
        az: '“Elektron hökumət” portalı haqqında Əsasnamənin 4.1.3-cü və 6.1.4-cü bəndlərinə əsasən, aşağıda göstərilən uyğunsuzluqların aradan qaldırılması tələb olunur. Əsasnamənin 5.1.6-cı bəndinə uyğun olaraq, təkmilləşdirmə aparıldıqdan sonra obyekt yenidən yoxlanılır.',
        en: 'Under clauses 4.1.3 and 6.1.4 of the Statute of the “Electronic Government” portal it is demanded that what is listed below be brought into conformity. Under clause 5.1.6 of the Statute the object is checked again after the improvement.',
      },
    },
    ...unmetBlocks(unmet),
    {
      type: 'heading',
      text: { az: 'Tələbin əsaslandırılması', en: 'Justification of the demand' },
    },
    { type: 'words', text: justification },
  ]
}

/** «təkmilləşdirmə»: clauses 5.1.6 and 6.1.4 of the statute. */
export function improvementBlocks(content: ImprovementContent): Block[] {
  const { demand, doneBy, done, evidence } = content
  const who = {
    owner: { az: 'Obyektin mülkiyyətçisi', en: 'The owner of the object' },
    agency: { az: 'Dövlət Agentliyi', en: 'The State Agency' },
  }[doneBy]
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Əsaslandırılmış tələb', 'Justified demand', referenceText(demand)),
        field('Təkmilləşdirməni aparan', 'Improved by', who),
      ],
    },
    {
      type: 'text',
      text: {
        az: '“Elektron hökumət” portalı haqqında Əsasnamənin 5.1.6-cı və 6.1.4-cü bəndlərinə əsasən, əsaslandırılmış tələbdə göstərilən uyğunsuzluqların aradan qaldırılması üçün aşağıdakı işlər görülüb. Obyektin yenidən yoxlanılması xahiş olunur.',
        en: 'Under clauses 5.1.6 and 6.1.4 of the Statute of the “Electronic Government” portal the following was done to bring into conformity what the justified demand lists. We ask that the object be checked again.',
      },
    },
    { type: 'heading', text: { az: 'Görülmüş işlər', en: 'What was done' } },
    { type: 'words', text: done },
    ...evidenceBlocks(evidence),
  ]
}

function evidenceBlocks(evidence: ImprovementContent['evidence']): Block[] {
  if (evidence.length === 0) return []
  return [
    { type: 'heading', text: { az: 'Təsdiqedici fayllar', en: 'Files that show it' } },
    {
      type: 'table',
      columns: [
        column('Fayl', 'File', 0.35),
        column('Heş qiyməti (SHA-256)', 'Digest (SHA-256)', 0.65),
      ],
      rows: evidence.map(({ name, sha256 }) => [[name], [{ code: sha256 }]]),
    },
  ]
}

/** «imtina»: clause 4.1.4 of the statute. */
export function refusalBlocks(content: RefusalContent): Block[] {
  const { azGenitive, en } = objectWords[content.object.kind]
  const { application, demand, requirementSet, unmet, grounds } = content
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Müraciət', 'Application', referenceText(application)),
        ...(demand
          ? [field('Əsaslandırılmış tələb', 'Justified demand', referenceText(demand))]
          : []),
        requirementSetField(requirementSet),
      ],
    },
    {
      type: 'text',
      text: {
        az: `“Elektron hökumət” portalı haqqında Əsasnamənin 4.1.4-cü bəndinə əsasən, yuxarıda göstərilən ${azGenitive} “Elektron hökumət” şlüzünə qoşulmasından aşağıdakı əsaslarla imtina edilir. Bu qərar yeni müraciətin təqdim olunmasını istisna etmir.`,
        en: `Under clause 4.1.4 of the Statute of the “Electronic Government” portal the connection of the ${en} named above to the “Electronic Government” gateway is refused on the grounds below. This decision does not keep the participant from a new application.`,
      },
    },
    { type: 'heading', text: { az: 'İmtinanın əsasları', en: 'Grounds of the refusal' } },
    { type: 'words', text: grounds },
    ...(unmet.length === 0 ? [] : unmetBlocks(unmet)),
  ]
}

/** Of the security body, in domains that ask for it. */
export function securityOpinionBlocks(content: SecurityOpinionContent): Block[] {
  const { check, isPositive, text } = content
  const result = isPositive
    ? ({ az: 'Müsbət', en: 'Positive', tone: 'good' } as const)
    : ({ az: 'Mənfi', en: 'Negative', tone: 'bad' } as const)
  const allows = isPositive
    ? {
        az: 'Obyektin informasiya təhlükəsizliyi tədbirlərinə baxılıb. Qoşulmaya informasiya təhlükəsizliyi baxımından etiraz yoxdur.',
        en: 'The measures of information security of the object were examined. There is no objection to its connection from the side of information security.',
      }
    : {
        az: 'Obyektin informasiya təhlükəsizliyi tədbirlərinə baxılıb. Aşağıda göstərilən səbəblərə görə obyektin qoşulması məqsədəuyğun hesab edilmir.',
        en: 'The measures of information security of the object were examined. For the reasons below it is held not fit to be connected.',
      }
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Yoxlama protokolu', 'Check protocol', referenceText(check)),
        field('Rəy', 'Opinion', result),
      ],
    },
    { type: 'text', text: allows },
    { type: 'heading', text: { az: 'Rəyin əsaslandırılması', en: 'Reasons of the opinion' } },
    { type: 'words', text },
  ]
}
