/** Invented persons and records of the SOAP agencies; the same on every run. No data of real people. */

export interface Person {
  readonly soyad: string
  readonly ad: string
  readonly ataAdi: string
  readonly dogumTarixi: string
  readonly cins: 'kişi' | 'qadın'
  readonly vetendasliq: string
  readonly senedVeziyyeti: 'Qüvvədədir' | 'Müddəti bitib'
}

/** Amounts are decimal text, in manat. */
export interface Insured {
  readonly sosialSigortaNomresi: string
  /** Pension capital at the end of each year. */
  readonly kapital: readonly { readonly il: number; readonly kapital: string }[]
  readonly sigortaedenler: readonly Insurer[]
}

/** An employer who pays contributions for somebody, in one year. */
export interface Insurer {
  readonly il: number
  readonly ad: string
  readonly voen: string
  readonly dsmfUcotNomresi: string
  readonly aylar: readonly Month[]
}

export interface Month {
  readonly ay: number
  readonly gelir: string
  readonly odenilmisHaqq: string
}

/** Contributions are recorded from this year on. */
export const firstYear = 2006
export const lastYear = 2013

/** FİN → person. */
export const persons: ReadonlyMap<string, Person> = new Map([
  [
    '0TEST01',
    {
      ...{ soyad: 'Nümunəyev', ad: 'Əli', ataAdi: 'Şükür oğlu', dogumTarixi: '1980-01-31' },
      ...{ cins: 'kişi', vetendasliq: 'Azərbaycan', senedVeziyyeti: 'Qüvvədədir' },
    },
  ],
  [
    '0TEST02',
    {
      ...{ soyad: 'Sınaqova', ad: 'Çiçək', ataAdi: 'İbrahim qızı', dogumTarixi: '1987-11-09' },
      ...{ cins: 'qadın', vetendasliq: 'Azərbaycan', senedVeziyyeti: 'Müddəti bitib' },
    },
  ],
])

/** FİN → what the fund knows of an insured person; who is not here is not insured. */
export const insured: ReadonlyMap<string, Insured> = new Map([
  [
    '0TEST01',
    {
      sosialSigortaNomresi: '9900000000017',
      kapital: [
        { il: 2010, kapital: '412.50' },
        { il: 2011, kapital: '903.10' },
        { il: 2012, kapital: '1466.25' },
      ],
      sigortaedenler: [
        {
          ...{ il: 2012, ad: 'Nümunə MMC', voen: '9900000011', dsmfUcotNomresi: 'DSMF-000001' },
          aylar: Array.from({ length: 12 }, (_, index) => ({
            ...{ ay: index + 1, gelir: '500.00', odenilmisHaqq: '15.00' },
          })),
        },
        {
          ...{ il: 2012, ad: '“Sınaq” ASC', voen: '9900000055', dsmfUcotNomresi: 'DSMF-000002' },
          // Paid for no longer than the employer had money.
          aylar: [
            { ay: 10, gelir: '400.00', odenilmisHaqq: '12.00' },
            { ay: 11, gelir: '400.00', odenilmisHaqq: '12.00' },
            { ay: 12, gelir: '400.00', odenilmisHaqq: '0.00' },
          ],
        },
      ],
    },
  ],
])

/** Which documents a person has. */
export interface Documents {
  readonly vesiqeNomresi: string
  readonly sosialSigortaSehadetnamesi: boolean
  readonly suruculukVesiqesi: boolean
  readonly umumvetendasliqPasportu: boolean
}

/** FİN → documents. */
export const documentsOf: ReadonlyMap<string, Documents> = new Map([
  [
    '0TEST01',
    {
      ...{ vesiqeNomresi: '00000001', sosialSigortaSehadetnamesi: true },
      ...{ suruculukVesiqesi: false, umumvetendasliqPasportu: true },
    },
  ],
  [
    '0TEST02',
    {
      ...{ vesiqeNomresi: '00000002', sosialSigortaSehadetnamesi: false },
      ...{ suruculukVesiqesi: true, umumvetendasliqPasportu: false },
    },
  ],
])

/** One month's trade in one group of goods; values are decimal text, in US dollars and kilograms. */
export interface CustomsOperation {
  readonly emeliyyat: 'IDXAL' | 'IXRAC'
  readonly ay: string
  readonly malQrupu: string
  readonly olke: string
  readonly statistikDeyerUSD: string
  readonly netCekiKq: string
}

/** VÖEN → operations. */
export const operationsOf: ReadonlyMap<string, readonly CustomsOperation[]> = new Map([
  [
    '9900000022',
    [
      {
        ...{ emeliyyat: 'IDXAL', ay: '2012-03', malQrupu: '8471', olke: 'TR' },
        ...{ statistikDeyerUSD: '12500.00', netCekiKq: '410.0' },
      },
      {
        ...{ emeliyyat: 'IXRAC', ay: '2012-09', malQrupu: '0802', olke: 'DE' },
        ...{ statistikDeyerUSD: '3300.50', netCekiKq: '1250.750' },
      },
    ],
  ],
])
