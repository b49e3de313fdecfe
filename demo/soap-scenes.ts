import { soapNamespaces } from '../adapters/soap/names.js'
import type { XmlDocument, XmlElement } from '../src/xml/document.js'
import { readXml } from '../src/xml/read-xml.js'
import type { SampleAgency } from './agency-server.js'
import type { Cast } from './cast.js'
import { services, subsystems } from './sample-registry.js'
import { contains, type Scene } from './scenes.js'
import { interiorNamespace, socialFundNamespace } from './soap-agencies.js'
import type { SoapCall } from './soap-consumer.js'

interface SoapProviders {
  readonly interior: SampleAgency
  readonly socialFund: SampleAgency
}

const correlation = 'demo-sessiya-2'

/** The scenes of the SOAP lane: consumers and providers speak SOAP 1.1. */
export function soapScenesOf(cast: Cast, providers: SoapProviders): Scene<SoapCall>[] {
  const capital: SoapCall = {
    client: subsystems.portal,
    service: services.pensionCapital,
    credentials: cast.portal,
    ...aboutOneself('0TEST01', 'pensiyaKapitali'),
  }
  const person: SoapCall = {
    client: subsystems.securities,
    service: services.personByPin,
    credentials: cast.securities,
    isRsaOnly: true,
    mode: 'body',
    issue: 'QKDK-2013-000042',
    legalBasis: 'Nümunə: “Qiymətli kağızlar bazarı haqqında” Qanun',
    body: requestOf('finAxtaris', interiorNamespace, { fin: '0TEST01' }),
  }
  return [
    ...socialFundScenes(capital, providers.socialFund),
    ...interiorScenes(person, providers.interior),
    ...refused(cast, capital, person),
  ]
}

function requestOf(
  operation: string,
  namespace: string,
  fields: Readonly<Record<string, string>>,
): string {
  const inside = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<${operation} xmlns="${namespace}">${inside.join('')}</${operation}>`
}

/** A person sees own data only: the user of the portal is the one the question is about. */
function aboutOneself(
  fin: string,
  operation: string,
  fields: Readonly<Record<string, string>> = {},
): Pick<SoapCall, 'mode' | 'userId' | 'correlationId' | 'body' | 'user'> {
  const body = requestOf(operation, socialFundNamespace, { fin, ...fields })
  return { mode: 'user', userId: `AZ${fin}`, user: { fin }, correlationId: correlation, body }
}

function socialFundScenes(capital: SoapCall, deliveredTo: SampleAgency): Scene<SoapCall>[] {
  const contributionsIn = (il: string): SoapCall => ({
    ...capital,
    service: services.contributions,
    ...aboutOneself('0TEST01', 'sigortaHaqqi', { il, aylarUzre: 'true' }),
  })
  return [
    {
      title: 'SC-02: pension capital of the user (RSA, answered with P-256)',
      ...{ call: capital, deliveredTo, expected: { status: 200 } },
      check: contains('<cemi>1466.25</cemi>'),
    },
    {
      title: 'SC-02: a person who is not insured is an answer, not a fault',
      call: { ...capital, ...aboutOneself('0TEST03', 'pensiyaKapitali') },
      ...{ deliveredTo, expected: { status: 200 } },
      check: contains('<sigortaOlunub>false</sigortaOlunub>'),
    },
    {
      title: 'SC-03: contributions by year, month and insurer',
      ...{ call: contributionsIn('2012'), deliveredTo, expected: { status: 200 } },
      check: checkContributions,
    },
    {
      title: 'SC-03: a year before 2006 is the provider’s own Fault, and passes as it is',
      ...{ call: contributionsIn('2005'), deliveredTo, expected: { status: 500 } },
      check: contains('Məlumat yalnız 2006–2013-cü illər üzrə verilir.'),
    },
  ]
}

function interiorScenes(person: SoapCall, deliveredTo: SampleAgency): Scene<SoapCall>[] {
  return [
    {
      title: 'SC-06: a person by PIN, on behalf of the agency; the answer is signed with RSA, too',
      ...{ call: person, deliveredTo, expected: { status: 200 } },
      check: contains('<adSoyad>Nümunəyev Əli Şükür oğlu</adSoyad>'),
    },
    {
      title: 'SC-06: an unknown PIN is an answer, not a fault',
      call: { ...person, body: requestOf('finAxtaris', interiorNamespace, { fin: '0TEST99' }) },
      ...{ deliveredTo, expected: { status: 200 } },
      check: contains('<tapildi>false</tapildi>'),
    },
  ]
}

function refused(cast: Cast, capital: SoapCall, person: SoapCall): Scene<SoapCall>[] {
  return [
    {
      title: 'unsigned',
      call: { ...capital, spoil: 'unsigned' },
      expected: { status: 500, fault: 'SIGNATURE_MISSING' },
    },
    {
      title: 'altered on the way',
      call: { ...capital, spoil: 'altered' },
      expected: { status: 500, fault: 'SIGNATURE_INVALID' },
    },
    {
      title: 'no access right',
      call: {
        ...person,
        ...{ client: subsystems.civilService, credentials: cast.civilService, isRsaOnly: false },
      },
      expected: { status: 500, fault: 'ACCESS_DENIED' },
    },
    {
      title: 'no legal basis',
      call: withoutLegalBasis(person),
      expected: { status: 500, fault: 'LEGAL_BASIS_REQUIRED' },
    },
  ]
}

function withoutLegalBasis(call: SoapCall): SoapCall {
  const changed: { -readonly [Field in keyof SoapCall]: SoapCall[Field] } = { ...call }
  delete changed.legalBasis
  return changed
}

/** Two insurers in the year, each month's amounts together those of the year, and a month without payment. */
function checkContributions(answer: unknown): string | undefined {
  const document = readXml(Buffer.from(String(answer)))
  const insurers = recordsIn(document, ['sigortaHaqqiResponse', 'sigortaedenler', 'sigortaeden'])
  if (insurers.length !== 2) return `${insurers.length} insurers instead of 2`
  let unpaid = 0
  for (const insurer of insurers) {
    const months = recordsIn(document, ['aylar', 'ay'], insurer)
    unpaid += months.filter((month) => amountOf(document, month, 'odenilmisHaqq') === 0).length
    for (const name of ['gelir', 'odenilmisHaqq']) {
      const sum = months.reduce((total, month) => total + amountOf(document, month, name), 0)
      if (sum !== amountOf(document, insurer, name))
        return `${name} of the months is not the year’s`
    }
  }
  return unpaid === 1 ? undefined : `${unpaid} months without payment instead of 1`
}

/** All elements on this path of names below one. */
function recordsIn(
  document: XmlDocument,
  path: readonly string[],
  from = document.child(document.root, soapNamespaces['1.1'], 'Body'),
): XmlElement[] {
  let found = from === undefined ? [] : [from]
  for (const name of path) {
    found = found.flatMap((element) =>
      [...document.children(element)].filter((child) => document.localName(child) === name),
    )
  }
  return found
}

/** In qəpik. */
function amountOf(document: XmlDocument, record: XmlElement, name: string): number {
  const [element] = recordsIn(document, [name], record)
  return element === undefined ? NaN : Number(document.text(element).replace('.', ''))
}
