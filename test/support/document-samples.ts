import type {
  ApplicationContent,
  CaseContent,
  CheckProtocolContent,
  ContentOf,
  DocumentContent,
  DocumentReference,
  Person,
  UnmetRequirement,
} from '../../src/document/document-content.js'
import type { DocumentHead } from '../../src/document/document-data.js'
import { documentNumber, type DocumentKind } from '../../src/document/document-kind.js'
import type { MemberId } from '../../src/exchange/identifier.js'
import { sampleApplication as application, sampleObject } from './connection-application.js'

export const madeAt = new Date('2026-11-26T11:04:05.678Z')

/** Every letter that Azerbaijani has beside those of English. */
export const azerbaijaniText =
  'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi, ığdır və döş: ə ğ ı İ ö ş ü ç'

export const officer: Person = {
  name: 'Aygün Quliyeva',
  post: 'Qoşulma şöbəsinin baş məsləhətçisi',
  capacity: 'operator',
}
export const applicantSide: Person = {
  name: 'Elçin Rüstəmov',
  post: 'İnformasiya texnologiyaları şöbəsinin müdiri',
  capacity: 'participant',
}

const reference = (number: string): DocumentReference => ({
  number,
  at: new Date('2026-11-20T08:00:00Z'),
})

export const ofCase: CaseContent = {
  operator: {
    member: 'AZ/GOV/EHIM' as MemberId,
    name: { az: 'Elektron Hökumətin İnkişafı Mərkəzi', en: 'E-Government Development Centre' },
  },
  participant: {
    member: 'AZ/GOV/DIN' as MemberId,
    name: { az: 'Daxili İşlər Nazirliyi', en: 'Ministry of Internal Affairs' },
  },
  domain: 'PORTAL',
  object: sampleObject,
}

const requirements = [
  {
    code: 'TT-01',
    text: {
      az: 'Maşınla oxunan xidmət təsviri (WSDL, OpenAPI və ya mesaj sxemi) təqdim edilir',
      en: 'A machine-readable contract (WSDL, OpenAPI or message schema) is supplied',
    },
    clause: '5.1.5',
  },
  {
    code: 'TT-05',
    text: {
      az: 'Səhv sorğuya cavab mətn səhifəsi deyil, düzgün qurulmuş xəta mesajıdır',
      en: 'The answer to a wrong request is a proper fault, not a page of text',
    },
    clause: '5.1.2',
  },
  {
    code: 'TT-10',
    text: {
      az: 'Sınaqda cavab müddəti inzibati reqlamentdəki müddəti aşmır',
      en: 'The response time in the test is within the limit of the regulation',
    },
    clause: '2.1.6a',
  },
  {
    code: 'TT-11',
    text: {
      az: 'Sertifikatlaşdırılmış proqram təminatı barədə bəyanat verilir',
      en: 'There is a statement on certified software',
    },
    clause: '2.1.4',
  },
]

const unmet: readonly UnmetRequirement[] = [
  {
    ...requirements[1]!,
    finding: {
      az: 'Cavab HTML səhifəsidir (text/html, 500), xəta mesajı deyil.',
      en: 'The answer is an HTML page (text/html, 500), no fault.',
    },
    remedy: {
      az: 'Səhv sorğuya application/problem+json ilə cavab verin.',
      en: 'Answer a wrong request with application/problem+json.',
    },
  },
  {
    ...requirements[2]!,
    finding: {
      az: 'Cavab 4 120 ms sonra gəldi, reqlament 3 000 ms müəyyən edir.',
      en: 'The answer came after 4,120 ms; the regulation allows 3,000 ms.',
    },
    remedy: {
      az: 'Cavab müddətini azaldın və ya reqlamenti dəqiqləşdirin.',
      en: 'Answer sooner, or amend the regulation.',
    },
  },
]

const protocol: CheckProtocolContent['protocol'] = {
  requirementSet: 1,
  startedAt: new Date('2026-11-26T11:00:00Z'),
  endedAt: new Date('2026-11-26T11:00:42Z'),
  lines: [
    {
      code: 'TT-01',
      result: 'pass',
      finding: { az: 'OpenAPI 3.1, 4 əməliyyat', en: 'OpenAPI 3.1, 4 operations' },
      remedy: undefined,
      tookMs: 12.4,
      officer: undefined,
    },
    ...unmet.map(({ code, finding, remedy }) => ({
      ...{ code, finding, remedy, result: 'fail' as const },
      ...{ tookMs: 4120, officer: undefined },
    })),
    {
      code: 'TT-11',
      result: 'pass',
      finding: { az: 'Bəyanata baxılıb', en: 'The statement was read' },
      remedy: undefined,
      tookMs: undefined,
      officer: { name: 'Aygün Quliyeva', reason: 'Sertifikatın surəti əlavə olunub' },
    },
  ],
}

export const applicationContent: ApplicationContent = {
  ...ofCase,
  kind: 'application',
  application,
}

/** One of every kind, as the desk would write it. */
export const contents: { readonly [Kind in DocumentKind]: ContentOf<Kind> } = {
  application: applicationContent,
  'missing-data': {
    ...ofCase,
    kind: 'missing-data',
    application: reference('MÜR-2026/0012'),
    missing: [
      {
        pointer: '/contract',
        text: { az: 'xidmət təsviri yoxdur', en: 'there is no contract' },
      },
      {
        pointer: '/technical/email',
        text: {
          az: 'texniki məsul şəxsin elektron poçtu göstərilməyib',
          en: 'the technical contact has no e-mail address',
        },
      },
    ],
    remark: 'Xidmət təsviri ilə birlikdə nümunə sorğu da göndərilsə, yoxlama tezləşər.',
  },
  'check-protocol': {
    ...ofCase,
    kind: 'check-protocol',
    application: reference('MÜR-2026/0012'),
    protocol,
    requirements,
  },
  opinion: {
    ...ofCase,
    kind: 'opinion',
    application: reference('MÜR-2026/0012'),
    check: reference('PRT-2026/0031'),
    requirementSet: 1,
    passedByOfficer: [{ code: 'TT-11', reason: 'Sertifikatın surəti əlavə olunub' }],
    remark: 'Yük 50 sorğu/saniyədən artıq olduqda operatora əvvəlcədən məlumat verilməlidir.',
  },
  'negative-opinion': {
    ...ofCase,
    kind: 'negative-opinion',
    application: reference('MÜR-2026/0012'),
    check: reference('PRT-2026/0031'),
    requirementSet: 1,
    unmet,
  },
  'justified-demand': {
    ...ofCase,
    kind: 'justified-demand',
    opinion: reference('MRƏY-2026/0007'),
    requirementSet: 1,
    unmet,
    justification:
      'Xəta mesajı olmayan cavab istifadəçiyə səbəbi göstərmir, gecikmə isə digər iştirakçıların xidmətlərinə təsir edir.',
    until: new Date('2026-12-24T20:00:00Z'),
  },
  improvement: {
    ...ofCase,
    kind: 'improvement',
    demand: reference('TƏL-2026/0005'),
    doneBy: 'owner',
    done: 'Xəta mesajları application/problem+json formatına keçirilib, məlumat bazasına indeks əlavə olunub.',
    evidence: [
      {
        name: 'yük-sınağı.pdf',
        sha256: '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
      },
    ],
  },
  refusal: {
    ...ofCase,
    kind: 'refusal',
    application: reference('MÜR-2026/0012'),
    demand: reference('TƏL-2026/0005'),
    requirementSet: 1,
    unmet,
    grounds: 'Tələb olunan dəyişikliklər müəyyən edilmiş müddətdə aparılmayıb.',
  },
  'security-opinion': {
    ...ofCase,
    kind: 'security-opinion',
    check: reference('PRT-2026/0031'),
    isPositive: true,
    text: 'Sistemin ayrılmış şəbəkə seqmentində yerləşdirilməsi və girişlərin jurnalının aparılması kifayət sayılır.',
  },
  agreement: {
    kind: 'agreement',
    operator: ofCase.operator,
    participant: ofCase.participant,
    requirementSet: 1,
    inForceFrom: new Date('2026-12-01T00:00:00+04:00'),
    inForceUntil: new Date('2029-12-01T00:00:00+04:00'),
    rulesOfUse: 2,
  },
  'agreement-annex': {
    ...ofCase,
    kind: 'agreement-annex',
    agreement: reference('MÜQ-2026/0003'),
    opinion: reference('RƏY-2026/0009'),
    requirementSet: 1,
    inForceFrom: new Date('2026-12-01T00:00:00+04:00'),
  },
  'act-of-connection': {
    ...ofCase,
    kind: 'act-of-connection',
    opinion: reference('RƏY-2026/0009'),
    annex: reference('ƏLV-2026/0004'),
    registeredAt: new Date('2026-11-26T10:00:00Z'),
    connectedAt: new Date('2026-11-26T11:04:00Z'),
    certificate: {
      serial: '4A:7F:00:12:9C',
      issuer: 'CN=Sluice issuing CA',
      notBefore: new Date('2026-11-26T10:00:00Z'),
      notAfter: new Date('2027-11-26T10:00:00Z'),
    },
  },
}

/** As the first of its kind in its year. */
export function headOf(content: DocumentContent): DocumentHead {
  return {
    number: documentNumber(content.kind, 2026, 1),
    ...{ at: madeAt, member: application.member, domain: 'PORTAL' },
    signedBy: signatoriesOf(content),
  }
}

function signatoriesOf({ kind }: DocumentContent): readonly Person[] {
  if (kind === 'application') return [applicantSide]
  if (kind === 'agreement' || kind === 'agreement-annex') return [officer, applicantSide]
  if (kind === 'security-opinion') {
    return [{ name: 'Rəşad Əhmədov', post: 'Auditor', capacity: 'security' }]
  }
  return [officer]
}
