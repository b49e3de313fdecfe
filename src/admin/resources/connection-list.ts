import type { BilingualText } from '../../exchange/fault.js'
import { folded } from '../../registry/folded.js'
import { badLines, readCsv, type CsvColumn } from '../csv/read-csv.js'
import { resourceAreaLimits } from './limits.js'

export const duties = ['mandatory', 'recommended'] as const
export type Duty = (typeof duties)[number]

/** With a system of its own, or by a place in a central one. */
export const ways = ['own', 'joined'] as const
export type Way = (typeof ways)[number]

/** A list of systems that must connect, as a body with the right to do so has decided. */
export interface ConnectionList {
  readonly id: string
  readonly title: BilingualText
  readonly legalBasis: string
  readonly domain: string
  readonly madeAt: Date
  readonly madeBy: string
}

export interface ConnectionDuty {
  /** A member, or the name of who is none yet. */
  readonly owner: string
  readonly system: string
  /** The subsystem that it is to be; without it any of the owner's in the list's domain will do. */
  readonly object: string | undefined
  /** `2020-12-31` */
  readonly due: string
  readonly duty: Duty
  readonly way: Way
}

/** A duty, and whether what it is about has ever been connected. */
export interface KeptDuty extends ConnectionDuty {
  readonly isConnected: boolean
}

const columns = [
  { key: 'owner', names: ['Qurum', 'Mülkiyyətçi'], isRequired: true },
  { key: 'system', names: ['Sistem', 'İnformasiya sistemi'], isRequired: true },
  { key: 'object', names: ['Kod'], isRequired: false },
  { key: 'due', names: ['Son tarix', 'Müddət'], isRequired: true },
  { key: 'duty', names: ['Qrup'], isRequired: false },
  { key: 'way', names: ['Üsul'], isRequired: false },
] as const satisfies readonly CsvColumn<string>[]

const dutyNames: Readonly<Record<string, Duty>> = {
  '': 'mandatory',
  ...{ mandatory: 'mandatory', recommended: 'recommended' },
  ...{ məcburi: 'mandatory', tövsiyə: 'recommended' },
}
const wayNames: Readonly<Record<string, Way>> = {
  '': 'own',
  ...{ own: 'own', joined: 'joined', inteqrasiya: 'own', qoşulma: 'joined' },
}

/** @throws Problem UNPROCESSABLE, which names every bad line */
export function readDuties(bytes: Uint8Array): ConnectionDuty[] {
  const flaws: [number, BilingualText][] = []
  const lines = readCsv(bytes, columns)
  const found = lines.flatMap(({ line, cells }) => {
    const { owner, system, object } = cells
    const due = dayIn(cells.due)
    const duty = dutyNames[folded(cells.duty)]
    const way = wayNames[folded(cells.way)]
    if (owner === '' || system === '' || tooLong(owner) || tooLong(system)) {
      flaws.push([line, { az: 'qurum və sistem yazılmalıdır', en: 'must name owner and system' }])
    }
    if (due === undefined) {
      const [az, en] = ['tarix 31.12.2026 kimi yazılır', 'a date is written like 31.12.2026']
      flaws.push([line, { az, en }])
    }
    if (duty === undefined) {
      const [az, en] = ['qrup «məcburi» və ya «tövsiyə» olur', 'a group is məcburi or tövsiyə']
      flaws.push([line, { az, en }])
    }
    if (way === undefined) {
      const [az, en] = [
        'üsul «inteqrasiya» və ya «qoşulma» olur',
        'a way is inteqrasiya or qoşulma',
      ]
      flaws.push([line, { az, en }])
    }
    if (due === undefined || duty === undefined || way === undefined) return []
    return [{ owner, system, object: object === '' ? undefined : object, due, duty, way }]
  })
  if (found.length > resourceAreaLimits.listLinesMax || lines.length === 0) {
    const max = resourceAreaLimits.listLinesMax
    flaws.push([1, { az: `1-${max} sətir olmalıdır`, en: `must have 1 to ${max} lines` }])
  }
  if (flaws.length > 0) throw badLines(flaws)
  return found
}

const nameCharsMax = 500

function tooLong(text: string): boolean {
  return text.length > nameCharsMax
}

/** As people write a day, or as machines do. */
function dayIn(text: string): string | undefined {
  const written = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text)
  const day = written ? `${written[3]}-${written[2]}-${written[1]}` : text
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < '1900') return undefined
  const date = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day ? undefined : day
}
