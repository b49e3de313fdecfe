import type { SampleAgency } from './agency-server.js'
import { ClientFault, startSoapAgency, type SoapFields, type SoapRecord } from './soap-agency.js'
import {
  documentsOf,
  firstYear,
  insured,
  lastYear,
  operationsOf,
  persons,
  type Insurer,
} from './soap-data.js'

export const interiorNamespace = 'urn:example:din:gcq:v1'
export const socialFundNamespace = 'urn:example:dsmf:fus:v1'
export const customsNamespace = 'urn:example:dgk:stat:v1'

/** Daxili İşlər Nazirliyi (Ministry of Internal Affairs): identity check, SC-01, and a person by PIN, SC-06. */
export function startInterior(): Promise<SampleAgency> {
  return startSoapAgency(interiorNamespace, { finAxtaris, YoxlaSexsiyyetRequest: yoxlaSexsiyyet })
}

/** Dövlət Gömrük Komitəsi (State Customs Committee): import and export operations, SC-04 step 2. */
export function startCustoms(): Promise<SampleAgency> {
  return startSoapAgency(customsNamespace, { idxalIxrac })
}

/** Dövlət Sosial Müdafiə Fondu (State Social Protection Fund): pension capital and contributions, SC-02 and SC-03. */
export function startSocialFund(): Promise<SampleAgency> {
  return startSoapAgency(socialFundNamespace, { pensiyaKapitali, sigortaHaqqi })
}

// An address is not in it: no access right gives one away.
function finAxtaris({ fin = '', soyad }: SoapFields): SoapRecord {
  const person = persons.get(fin)
  // Another surname is told as nobody is, so that nobody can probe.
  if (!person || (soyad !== undefined && soyad !== person.soyad)) return { fin, tapildi: false }
  const { ad, ataAdi } = person
  return { fin, tapildi: true, adSoyad: `${person.soyad} ${ad} ${ataAdi}`, ...person }
}

function yoxlaSexsiyyet({ SenedNovu, SenedNomresi = '', Fin = '' }: SoapFields): SoapRecord {
  const person = persons.get(Fin)
  const documents = documentsOf.get(Fin)
  // A card of somebody else is told as nobody's, so that nobody can probe.
  const isOwn = SenedNovu === 'SV' && documents?.vesiqeNomresi === SenedNomresi
  if (!person || !documents || !isOwn) return { Tapildi: false }
  return {
    ...{ Tapildi: true, Soyad: person.soyad, Ad: person.ad, AtaAdi: person.ataAdi },
    DogumTarixi: person.dogumTarixi,
    SenedQuvvededir: person.senedVeziyyeti === 'Qüvvədədir',
    SosialSigortaSehadetnamesi: documents.sosialSigortaSehadetnamesi,
    SuruculukVesiqesi: documents.suruculukVesiqesi,
    UmumvetendasliqPasportu: documents.umumvetendasliqPasportu,
  }
}

function idxalIxrac({ voen = '', bas = '', son = '', emeliyyat = '' }: SoapFields): SoapRecord {
  const found = (operationsOf.get(voen) ?? []).filter(
    (each) =>
      each.emeliyyat === emeliyyat && each.ay >= bas.slice(0, 7) && each.ay <= son.slice(0, 7),
  )
  const setirler = found.map(({ ay, malQrupu, olke, statistikDeyerUSD, netCekiKq }) => ({
    ...{ ay, malQrupu, olke, statistikDeyerUSD, netCekiKq },
  }))
  const cemiUSD = sum(found, ({ statistikDeyerUSD }) => statistikDeyerUSD)
  return { arayisNo: 'DGK-ST-2013-000001', setirler, cemiUSD }
}

function pensiyaKapitali({ fin = '' }: SoapFields): SoapRecord {
  const found = insured.get(fin)
  // A person who is not insured is a business answer, not a fault.
  if (!found) return { sigortaOlunub: false }
  const { sosialSigortaNomresi, kapital } = found
  return {
    ...{ sigortaOlunub: true, sosialSigortaNomresi, valyuta: 'AZN' },
    iller: { il: kapital.map((year) => ({ il: year.il, kapital: year.kapital })) },
    ...{ cemi: kapital.at(-1)?.kapital, tarix: '2013-02-28' },
  }
}

// An insurer that is nil is none.
function sigortaHaqqi({ fin = '', il = '', aylarUzre, sigortaedenVoen }: SoapFields): SoapRecord {
  const year = Number(il)
  if (!(year >= firstYear && year <= lastYear)) {
    throw new ClientFault(`Məlumat yalnız ${firstYear}–${lastYear}-cü illər üzrə verilir.`, {
      IlUzreMelumatYoxdur: { ilkIl: firstYear, sonIl: lastYear },
    })
  }
  const insurers = (insured.get(fin)?.sigortaedenler ?? []).filter(
    (insurer) => insurer.il === year && (!sigortaedenVoen || insurer.voen === sigortaedenVoen),
  )
  const isByMonth = aylarUzre === 'true' || aylarUzre === '1'
  return {
    il: year,
    sigortaedenler: { sigortaeden: insurers.map((insurer) => yearOf(insurer, isByMonth)) },
  }
}

function yearOf({ ad, voen, dsmfUcotNomresi, aylar }: Insurer, isByMonth: boolean): SoapRecord {
  return {
    ...{ ad, voen, dsmfUcotNomresi },
    gelir: sum(aylar, ({ gelir }) => gelir),
    odenilmisHaqq: sum(aylar, ({ odenilmisHaqq }) => odenilmisHaqq),
    ...(isByMonth && { aylar: { ay: aylar.map((month) => ({ ...month })) } }),
  }
}

// In qəpik: sums of decimal fractions would not be the sums that people reckon.
function sum<Row>(rows: readonly Row[], amountOf: (row: Row) => string): string {
  const total = rows.reduce((all, row) => all + Number(amountOf(row).replace('.', '')), 0)
  return `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`
}
