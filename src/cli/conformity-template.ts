/** What a new application is made of. */
export interface TemplateTerms {
  readonly kind: 'system' | 'resource' | 'service'
  readonly objectId: string
  readonly domain: string
  readonly protocol: 'rest' | 'soap' | 'mq'
  readonly address: string | undefined
  /** PEM of a system's certificate request. */
  readonly request: string | undefined
}

/** An application with everything that is asked of its kind, each part explained; line by line, in YAML. */
export function applicationTemplate(terms: TemplateTerms): string[] {
  const { kind, objectId, domain } = terms
  const member = objectId.split('/').slice(0, 3).join('/')
  return [
    '# Qoşulma barədə müraciət. Boş sahələri doldurun; `sluice conformity run` hər birini göstərir.',
    '# Application for connection. Fill in what is empty; `sluice conformity run` names every such place.',
    `kind: ${kind}`,
    `member: ${member}`,
    `domain: ${scalar(domain)}`,
    `objectId: ${objectId}`,
    '# Adı / Its name',
    'name:',
    '  az:',
    '  en:',
    ...partsOf[kind](terms),
    '# Fərdi məlumat yoxdursa, silin / Take it out where there are no personal data',
    'personalData:',
    '  # Nə üçün, hansı məlumatlar, hansı qanuna əsasən / What for, which data, by which law',
    '  purpose:',
    '  categories: []',
    '  legalBasis:',
    '# Cavabdeh şəxs / The responsible person',
    ...contact('responsible'),
    '# Texniki əlaqə şəxsi / The technical contact',
    ...contact('technical'),
  ]
}

/** A text as one value of YAML, whatever stands in it. */
function scalar(text: string): string {
  return /^[A-Z]{4,}$|^https?:\/\/[\w.:/-]*\w$/.test(text) ? text : JSON.stringify(text)
}

const partsOf: Readonly<
  Record<TemplateTerms['kind'], (terms: TemplateTerms) => readonly string[]>
> = {
  system: ({ request }) => [
    '# Növbələri oxuyacaqsa, mq: true / mq: true where it will read queues',
    'declaration: {}',
    '# openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=SYSTEM -keyout key.pem -out request.pem',
    ...(request === undefined
      ? ['certificateRequest:']
      : ['certificateRequest: |', ...request.split(/\r?\n/).map((line) => `  ${line}`)]),
    '# Sertifikatlaşdırılmış proqram təminatı barədə / On certified software (TT-11)',
    'softwareStatement:',
    ...security,
  ],
  resource: () => [
    '# Reyestrdə olacağı kimi (docs/resources.md): növü, hüquqi əsası, qeydlərin nəyə görə tapıldığı, məlumat obyektləri',
    '# As the registry will have it: its kind, its legal basis, by what records are found, its data objects',
    ...['declaration:', '  kind: register', '  legalBasis:', '  identifiers: [fin]'],
    ...['  dataObjects:', '    - code:', '      name: { az: , en: }'],
    '      # Əsas mənbədir / It is the source of truth',
    '      source: true',
    ...dataObjects,
    ...security,
  ],
  service: ({ protocol, address }) => [
    'declaration:',
    `  protocol: ${protocol}`,
    protocol === 'mq'
      ? '  # Şlüzün brokerindəki növbə / A queue at the bus’s broker'
      : '  # Xidmətin ünvanı / Where the service is',
    `  address: ${address === undefined ? (protocol === 'mq' ? 'amqp:in' : '') : scalar(address)}`,
    '  # body: qurumun adından, user: istifadəçinin adından / for the agency, or for a user',
    '  modes: [body]',
    '# Müqavilə qovluğu / The folder of its contract (docs/contracts.md)',
    'contract: contract',
    ...(protocol === 'mq' ? [] : probes[protocol]),
    '# Təsdiq edilmiş inzibati reqlament və cavab müddəti, ms / The approved regulation, and its time for an answer (TT-09, TT-10)',
    ...['regulation:', '  title:', '  reference:', '  answerMsMax: 3000'],
    ...dataObjects,
    '# İstifadəçidən soruşduğu məlumat obyektləri / Data objects that it asks its users for (TT-08)',
    'asksFor: []',
  ],
}

const probesHead = [
  '# Sınaq sorğuları, real şəxslərin məlumatı olmadan / Test requests, never with a person’s data (TT-04, TT-05, TT-14)',
  'probes:',
]
const [good, bad, echo] = [
  '  # Təsvirə uyğun / That keeps the contract',
  '  # Xəta ilə cavablandırılmalıdır / That has to be answered by a fault',
  '  # Mətn cavabda dəyişmədən qayıdır / Whose text comes back unchanged: ə ğ ı ş ç ö ü',
]
const probes = {
  rest: [
    ...probesHead,
    '  # method: susmaya görə GET, body ilə POST; body: mətn kimi JSON / method: by default GET, with a body POST; body: JSON as a text',
    `  # { method: POST, target: /yoxla, body: '{"nomre":"AZ-1"}' }`,
    ...[good, '  good: { target: }', bad, '  bad: { target: }'],
    ...[echo, '  echo:', '    request: { target: }', '    text:'],
  ],
  soap: [
    ...probesHead,
    '  # SOAP Body-nin məzmunu / What stands in the Body',
    ...[good, '  good:', '    body:', bad, '  bad:', '    body:'],
    ...[echo, '  echo:', '    request:', '      body:', '    text:'],
  ],
} as const

const dataObjects = [
  '# Verdiyi məlumat obyektləri / Data objects that it gives (TT-08)',
  'dataObjects: []',
]

const security = [
  '# İnformasiya təhlükəsizliyi tədbirləri / Measures of information security (TT-12)',
  'securityStatement:',
  '# data-centre: Hökumət Məlumat Mərkəzi; own: öz yeri / in the government’s data centre, or at a place of its own (TT-15)',
  'hosting:',
  '  place: data-centre',
  '  address:',
]

function contact(of: 'responsible' | 'technical'): string[] {
  return [`${of}:`, '  name:', '  post:', '  email:', '  phone:']
}
