import type { SampleAgency } from './agency-server.js'
import { ClientFault, startSoapAgency, type SoapFields, type SoapRecord } from './soap-agency.js'
import { firstYear, insured, lastYear, persons, type Insurer, type Month } from './soap-data.js'

export const interiorNamespace = 'urn:example:din:gcq:v1'
export const socialFundNamespace = 'urn:example:dsmf:fus:v1'

/** Daxili İşlər Nazirliyi (Ministry of Internal Affairs): a person by PIN, SC-06. */
export function startInterior(): Promise<SampleAgency> {
  return startSoapAgency(interiorNamespace, { finAxtaris })
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

function sigortaHaqqi({ fin = '', il = '', aylarUzre, sigortaedenVoen }: SoapFields): SoapRecord {
  const year = Number(il)
  if (!(year >= firstYear && year <= lastYear)) {
    throw new ClientFault(`Məlumat yalnız ${firstYear}–${lastYear}-cü illər üzrə verilir.`)
  }
  const insurers = (insured.get(fin)?.sigortaedenler ?? []).filter(
    (insurer) =>
      insurer.il === year && (sigortaedenVoen === undefined || insurer.voen === sigortaedenVoen),
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
function sum(months: readonly Month[], amountOf: (month: Month) => string): string {
  const total = months.reduce((all, month) => all + Number(amountOf(month).replace('.', '')), 0)
  return `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`
}
