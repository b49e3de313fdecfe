import type { SampleAgency } from './agency-server.js'
import type { Cast } from './cast.js'
import type { Call } from './consumer.js'
import { services, subsystems } from './sample-registry.js'

/** One exchange of the demo and what has to come of it. */
export interface Scene<Asked = Call> {
  readonly title: string
  readonly call: Asked
  /** Who must have got what the consumer signed, byte for byte. */
  readonly deliveredTo?: SampleAgency
  readonly expected: { readonly status: number; readonly fault?: string }
  /** Looks into the answer; returns what is wrong with it. */
  readonly check?: (body: unknown) => string | undefined
}

const correlation = 'demo-sessiya-1'

/** A person sees own data only: the user of the portal is the one the question is about. */
function aboutOneself(fin: string): Pick<Call, 'headers' | 'body' | 'user'> {
  const headers = {
    'Sluice-Mode': 'user',
    'X-Road-UserId': `AZ${fin}`,
    'Sluice-Correlation-Id': correlation,
  }
  return { headers, body: { fin }, user: { fin } }
}

const withoutLegalBasis = { 'Sluice-Mode': 'body', 'X-Road-Issue': 'DQMK-2026-000118' }

const onBehalfOfBody = {
  ...withoutLegalBasis,
  'Sluice-Legal-Basis': encodeURIComponent('Dövlət qulluğu haqqında Qanunun 28-ci maddəsi'),
}

/** The first scene's call: a person asks for the own taxpayer number. */
export function firstCallOf({ portal }: Cast): Call {
  return {
    client: subsystems.portal,
    service: services.taxpayerNumber,
    credentials: portal,
    ...aboutOneself('0TEST01'),
  }
}

export function scenesOf(cast: Cast): Scene[] {
  const taxpayer = firstCallOf(cast)
  const diploma: Call = {
    client: subsystems.civilService,
    service: services.diploma,
    credentials: cast.civilService,
    headers: onBehalfOfBody,
    body: { fin: '0TEST01', seriya: 'AB', nomre: '000123' },
  }
  return [...answered(cast, taxpayer, diploma), ...refused(cast, taxpayer, diploma)]
}

function answered(cast: Cast, taxpayer: Call, diploma: Call): Scene[] {
  return [
    {
      title: 'SC-04 step 1: taxpayer number of a person (RSA)',
      call: taxpayer,
      expected: { status: 200 },
      check: contains('9900000022'),
    },
    {
      title: 'SC-04 step 1: a person with two numbers',
      call: { ...taxpayer, ...aboutOneself('0TEST02') },
      expected: { status: 200 },
      check: contains('9900000044'),
    },
    {
      title: 'SC-04 step 1: a person without a number is an answer, not a fault',
      call: { ...taxpayer, ...aboutOneself('0TEST03') },
      expected: { status: 200 },
      check: contains('"voenler":[]'),
    },
    {
      title: 'SC-05 a: own diplomas, on behalf of the user (RSA)',
      call: { ...taxpayer, service: services.diploma },
      expected: { status: 200 },
      check: contains('Hüquqşünaslıq'),
    },
    {
      title: 'SC-05 b: a candidate’s diploma, on behalf of the agency (P-256)',
      call: diploma,
      expected: { status: 200 },
      check: contains('Nümunə Universiteti'),
    },
    {
      title: 'SC-05 b by another agency (Ed25519)',
      call: {
        ...diploma,
        client: subsystems.socialFund,
        credentials: cast.socialFund,
        body: { fin: '0TEST02' },
      },
      expected: { status: 200 },
      check: contains('Çağırış'),
    },
  ]
}

function refused(cast: Cast, taxpayer: Call, diploma: Call): Scene[] {
  return [
    {
      title: 'unsigned',
      call: { ...taxpayer, spoil: 'unsigned' },
      expected: { status: 401, fault: 'SIGNATURE_MISSING' },
    },
    {
      title: 'altered on the way',
      call: { ...taxpayer, spoil: 'altered' },
      expected: { status: 401, fault: 'SIGNATURE_INVALID' },
    },
    {
      title: 'a person asks about another',
      call: { ...taxpayer, body: { fin: '0TEST02' } },
      expected: { status: 403, fault: 'NOT_DATA_SUBJECT' },
    },
    {
      title: 'no access right',
      call: { ...diploma, service: services.taxpayerNumber, body: { fin: '0TEST01' } },
      expected: { status: 403, fault: 'ACCESS_DENIED' },
    },
    {
      title: 'revoked certificate',
      call: { ...taxpayer, credentials: cast.revokedPortal },
      expected: { status: 401, fault: 'CERT_REVOKED' },
    },
    {
      title: 'another system’s certificate',
      call: { ...taxpayer, credentials: cast.civilService },
      expected: { status: 403, fault: 'CERT_SENDER_MISMATCH' },
    },
    {
      title: 'no legal basis',
      call: { ...diploma, headers: withoutLegalBasis },
      expected: { status: 422, fault: 'LEGAL_BASIS_REQUIRED' },
    },
  ]
}

export function contains(text: string): (body: unknown) => string | undefined {
  return (body) => (JSON.stringify(body).includes(text) ? undefined : `the answer lacks ${text}`)
}
