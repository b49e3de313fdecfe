/** Invented persons and records; the same on every run. No data of real people. */

export interface Taxpayer {
  readonly voen: string
  readonly ad: string
  readonly novu: 'FIZIKI' | 'HUQUQI'
}

export interface Diploma {
  readonly seriya: string
  readonly nomre: string
  readonly muessise: string
  readonly ixtisas: string
  readonly derece: string
  readonly verilmeTarixi: string
  readonly etibarlidir: boolean
}

/** FİN → taxpayer numbers in that person's name; one person has two, one has none. */
export const taxpayers: ReadonlyMap<string, readonly Taxpayer[]> = new Map([
  ['0TEST01', [{ voen: '9900000022', ad: 'Nümunəyev Ə. Ş.', novu: 'FIZIKI' }]],
  [
    '0TEST02',
    [
      { voen: '9900000033', ad: 'Sınaqova Ç. İ.', novu: 'FIZIKI' },
      { voen: '9900000044', ad: 'Sınaqova Ç. İ. (ticarət)', novu: 'FIZIKI' },
    ],
  ],
  ['0TEST03', []],
])

/** FİN → diplomas. */
export const diplomas: ReadonlyMap<string, readonly Diploma[]> = new Map([
  [
    '0TEST01',
    [
      {
        seriya: 'AB',
        nomre: '000123',
        muessise: 'Nümunə Universiteti',
        ixtisas: 'Hüquqşünaslıq',
        derece: 'Bakalavr',
        verilmeTarixi: '2002-07-01',
        etibarlidir: true,
      },
    ],
  ],
  [
    '0TEST02',
    [
      {
        seriya: 'AC',
        nomre: '000456',
        muessise: 'Sınaq Akademiyası',
        ixtisas: 'Çağırış və səfərbərlik',
        derece: 'Magistr',
        verilmeTarixi: '2009-06-20',
        etibarlidir: true,
      },
    ],
  ],
])
