import type { Cast } from './cast.js'
import type { Call } from './consumer.js'
import { services, subsystems } from './sample-registry.js'
import { contains, type Scene } from './scenes.js'
import type { SoapCall } from './soap-consumer.js'

const correlation = 'demo-sessiya-3'

/** The portal speaks REST; the ministries' systems of old speak SOAP 1.1, and neither knows of it. */
export function mediatedScenesOf({ portal }: Cast): Scene[] {
  const identity: Call = {
    client: subsystems.portal,
    service: services.identityCheck,
    credentials: portal,
    headers: {
      'Sluice-Mode': 'body',
      'X-Road-Issue': 'PORTAL-2026-000017',
      'Sluice-Legal-Basis': encodeURIComponent('Portalda qeydiyyat qaydaları'),
    },
    body: { vesiqeNomresi: '00000001', fin: '0TEST01' },
  }
  const aboutOneself = (service: string, body: object): Call => ({
    client: subsystems.portal,
    service,
    credentials: portal,
    headers: {
      'Sluice-Mode': 'user',
      'X-Road-UserId': 'AZ0TEST01',
      'Sluice-Correlation-Id': correlation,
    },
    body,
    // What step 1 of SC-04 has found is the user's own: the portal says so from then on.
    user: { fin: '0TEST01', voen: ['9900000022'] },
  })
  return [
    ...identityScenes(identity),
    ...socialFundScenes(aboutOneself),
    ...customsScenes(aboutOneself),
    ...refused(identity, aboutOneself),
  ]
}

function identityScenes(identity: Call): Scene[] {
  return [
    {
      title: 'SC-01: identity check; the portal sends JSON, the ministry gets its SOAP of 2009',
      call: identity,
      expected: { status: 200 },
      check: isExactly({
        ...{ tapildi: true, soyad: 'Nümunəyev', ad: 'Əli', ataAdi: 'Şükür oğlu' },
        ...{ dogumTarixi: '1980-01-31', senedQuvvededir: true, sosialSigortaSehadetnamesi: true },
        ...{ suruculukVesiqesi: false, umumvetendasliqPasportu: true },
      }),
    },
    {
      title: 'SC-01: card and PIN do not match: an answer that tells nothing',
      call: { ...identity, body: { vesiqeNomresi: '00000002', fin: '0TEST01' } },
      expected: { status: 200 },
      check: isExactly({ tapildi: false }),
    },
  ]
}

type AboutOneself = (service: string, body: object) => Call

function socialFundScenes(aboutOneself: AboutOneself): Scene[] {
  const fin = '0TEST01'
  const contributions = (il: number): Call =>
    aboutOneself(services.contributions, { fin, il, aylarUzre: true, sigortaedenVoen: null })
  return [
    {
      title: 'SC-02: pension capital in JSON: years are numbers, amounts are decimal text',
      call: aboutOneself(services.pensionCapital, { fin }),
      expected: { status: 200 },
      check: isExactly({
        ...{ sigortaOlunub: true, sosialSigortaNomresi: '9900000000017', valyuta: 'AZN' },
        iller: [
          { il: 2010, kapital: '412.50' },
          { il: 2011, kapital: '903.10' },
          { il: 2012, kapital: '1466.25' },
        ],
        ...{ cemi: '1466.25', tarix: '2013-02-28' },
      }),
    },
    {
      title: 'SC-03: contributions in JSON: lists stay lists, a month without payment is 0.00',
      call: contributions(2012),
      expected: { status: 200 },
      check: contains('{"ay":12,"gelir":"400.00","odenilmisHaqq":"0.00"}'),
    },
    {
      title: 'SC-03: a year before 2006 is the fund’s own fault, and a business fault in JSON, too',
      call: contributions(2005),
      expected: { status: 422 },
      check: contains('"ilkIl":2006,"sonIl":2013'),
    },
  ]
}

function customsScenes(aboutOneself: AboutOneself): Scene[] {
  const asked = {
    ...{ voen: '9900000022', dovr: { bas: '2012-01-01', son: '2012-12-31' } },
    emeliyyat: 'IDXAL',
  }
  return [
    {
      title: 'SC-04 step 2: imports by the number that step 1 has found',
      call: aboutOneself(services.customsOperations, asked),
      expected: { status: 200 },
      check: isExactly({
        arayisNo: 'DGK-ST-2013-000001',
        setirler: [
          {
            ...{ ay: '2012-03', malQrupu: '8471', olke: 'TR' },
            ...{ statistikDeyerUSD: '12500.00', netCekiKq: '410.0' },
          },
        ],
        cemiUSD: '12500.00',
      }),
    },
    {
      title: 'SC-04 step 2: a number typed in, of somebody else',
      call: aboutOneself(services.customsOperations, { ...asked, voen: '9900000033' }),
      expected: { status: 403, fault: 'NOT_DATA_SUBJECT' },
    },
  ]
}

function refused(identity: Call, aboutOneself: AboutOneself): Scene[] {
  return [
    {
      title: 'SC-01: a PIN with the letter I, which no PIN has',
      call: { ...identity, body: { vesiqeNomresi: '00000001', fin: '0TESTI1' } },
      expected: { status: 400, fault: 'REQUEST_INVALID' },
    },
    {
      title: 'SC-02: a field that the contract does not know',
      call: aboutOneself(services.pensionCapital, { fin: '0TEST01', unvan: 'Bakı' }),
      expected: { status: 400, fault: 'REQUEST_INVALID' },
    },
  ]
}

const diplomaNamespace = `urn:sluice:service:${services.diploma.replaceAll('/', ':')}`

/** A commission’s system speaks SOAP; the ministry’s speaks REST. */
export function mediatedSoapScenesOf({ civilService }: Cast): Scene<SoapCall>[] {
  const asked = (fields: string): SoapCall => ({
    client: subsystems.civilService,
    service: services.diploma,
    credentials: civilService,
    mode: 'body',
    issue: 'DQMK-2026-000118',
    legalBasis: 'Dövlət qulluğu haqqında Qanunun 28-ci maddəsi',
    body: `<diplomMelumati xmlns="${diplomaNamespace}">${fields}</diplomMelumati>`,
  })
  return [
    {
      title: 'SC-05 b from a SOAP system: the ministry gets JSON, the commission SOAP',
      call: asked('<fin>0TEST01</fin><seriya>AB</seriya><nomre>000123</nomre>'),
      expected: { status: 200 },
      check: contains('ixtisas>Hüquqşünaslıq</'),
    },
    {
      title: 'SC-05 b from a SOAP system: a field in the wrong form',
      call: asked('<fin>0TEST01</fin><seriya>ab</seriya>'),
      expected: { status: 500, fault: 'REQUEST_INVALID' },
    },
  ]
}

function isExactly(expected: object): (body: unknown) => string | undefined {
  const text = JSON.stringify(expected)
  return (body) => (JSON.stringify(body) === text ? undefined : `the answer is not ${text}`)
}
