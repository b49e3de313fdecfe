import type { BilingualText } from '../../exchange/fault.js'
import { folded } from '../../registry/folded.js'
import {
  hostingPlaces,
  resourceKindNames,
  resourceKinds,
  type InformationResource,
  type PersonalDataSystem,
} from '../../registry/resource.js'
import { badLines, readCsv, type CsvColumn, type CsvLine } from '../csv/read-csv.js'
import { writeCsv } from '../csv/write-csv.js'
import { readObjects, writeObjects } from './object-cell.js'

const must = (key: string, ...names: string[]) => ({ key, names, isRequired: true }) as const
const may = (key: string, ...names: string[]) => ({ key, names, isRequired: false }) as const

/** Columns of the two State Registers, as people read them; the key will do as well. */
const resourceColumns: readonly CsvColumn<string>[] = [
  must('id', 'Kod'),
  may('owner', 'Mülkiyyətçi'),
  may('kind', 'Növ'),
  may('nameAz', 'Ad'),
  may('nameEn', 'Ad (ingiliscə)'),
  may('legalBasis', 'Hüquqi əsas'),
  may('identifiers', 'İdentifikatorlar'),
  may('dataObjects', 'Məlumat obyektləri'),
  may('place', 'Yerləşmə yeri'),
  may('address', 'Ünvan'),
  may('contact', 'Məsul şəxs'),
  may('email', 'Elektron poçt'),
  may('phone', 'Telefon'),
  may('registerNumber', 'Reyestr nömrəsi'),
]
const personalDataColumns: readonly CsvColumn<string>[] = [
  must('id', 'Kod'),
  may('purpose', 'Məqsəd'),
  may('categories', 'Məlumat kateqoriyaları'),
  may('legalBasis', 'Hüquqi əsas'),
  may('noPinReason', 'FİN-in olmamasının səbəbi'),
  may('registerNumber', 'Reyestr nömrəsi'),
]

const placeNames: Readonly<Record<(typeof hostingPlaces)[number], string>> = {
  'data-centre': 'məlumat mərkəzi',
  own: 'öz yeri',
}

/** An entry that a line declares, and the line. */
export interface DeclaredLine {
  readonly line: number
  readonly entry: Readonly<Record<string, unknown>>
}

export function writeResources(resources: readonly InformationResource[]): Buffer {
  const lines = resources.map((each) => [
    ...[each.id, each.owner, resourceKindNames[each.kind].az, each.name.az, each.name.en],
    ...[each.legalBasis, each.identifiers.join('; '), writeObjects(each.dataObjects)],
    ...[placeNames[each.hosting.place], each.hosting.address],
    ...[each.contact.name, each.contact.email, each.contact.phone, each.registerNumber ?? ''],
  ])
  return writeCsv(headOf(resourceColumns), lines)
}

export function writePersonalData(systems: readonly PersonalDataSystem[]): Buffer {
  const lines = systems.map((each) => [
    ...[each.id, each.purpose, each.categories.join('; '), each.legalBasis],
    ...[each.noPinReason ?? '', each.registerNumber ?? ''],
  ])
  return writeCsv(headOf(personalDataColumns), lines)
}

/** @throws Problem UNPROCESSABLE, which names every bad line */
export function readResources(bytes: Uint8Array): DeclaredLine[] {
  return readEntries(readCsv(bytes, resourceColumns), (cells, flaw) => ({
    ...texts(cells, ['owner', 'legalBasis', 'registerNumber']),
    ...worded(cells, 'kind', kindOf, flaw),
    ...nameIn(cells),
    ...(cells.identifiers !== '' && { identifiers: listIn(cells.identifiers) }),
    ...worded(cells, 'dataObjects', readObjects, flaw),
    ...hostingIn(cells, flaw),
    ...contactIn(cells),
    state: true,
  }))
}

/** @throws Problem UNPROCESSABLE, which names every bad line */
export function readPersonalData(bytes: Uint8Array): DeclaredLine[] {
  return readEntries(readCsv(bytes, personalDataColumns), (cells) => ({
    ...texts(cells, ['purpose', 'legalBasis', 'noPinReason', 'registerNumber']),
    ...(cells.categories !== '' && { categories: listIn(cells.categories) }),
  }))
}

type Cells = CsvLine<string>['cells']
type Flaw = (column: string) => void

function headOf(columns: readonly CsvColumn<string>[]): string[] {
  return columns.map(({ key, names }) => names[0] ?? key)
}

/** An empty cell says nothing: what the registry has stays. */
function readEntries(
  lines: readonly CsvLine<string>[],
  entryOf: (cells: Cells, flaw: Flaw) => object,
): DeclaredLine[] {
  const flaws: [number, BilingualText][] = []
  const entries = lines.map(({ line, cells }) => {
    const flaw: Flaw = (column) => flaws.push([line, notWritten(column)])
    if (cells.id === '') flaw('id')
    return { line, entry: { id: cells.id, ...entryOf(cells, flaw) } }
  })
  if (flaws.length > 0) throw badLines(flaws)
  return entries
}

function notWritten(key: string): BilingualText {
  const column = resourceColumns.find((each) => each.key === key)?.names[0] ?? key
  return { az: `«${column}» sütunu düzgün deyil`, en: `the column “${column}” is not right` }
}

function texts(cells: Cells, keys: readonly string[]): object {
  const said = keys.map((key) => [key, cells[key] ?? ''] as const)
  return Object.fromEntries(said.filter(([, value]) => value !== ''))
}

function worded(
  cells: Cells,
  key: string,
  read: (cell: string) => unknown,
  flaw: Flaw,
): object | undefined {
  const cell = cells[key] ?? ''
  if (cell === '') return undefined
  const value = read(cell)
  if (value === undefined) flaw(key)
  return { [key]: value }
}

function kindOf(cell: string): string | undefined {
  const wanted = folded(cell)
  return resourceKinds.find((each) => each === cell || resourceKindNames[each].az === wanted)
}

function nameIn({ nameAz: az = '', nameEn: en = '' }: Cells): object | undefined {
  return az === '' && en === '' ? undefined : { name: { az, en } }
}

function hostingIn({ place: said = '', address = '' }: Cells, flaw: Flaw): object | undefined {
  if (said === '' && address === '') return undefined
  const wanted = folded(said)
  const place = hostingPlaces.find((each) => each === said || placeNames[each] === wanted)
  if (place === undefined) flaw('place')
  return { hosting: { place, address } }
}

function contactIn({ contact: name = '', email = '', phone = '' }: Cells): object | undefined {
  return name === '' && email === '' && phone === ''
    ? undefined
    : { contact: { name, email, phone } }
}

function listIn(cell = ''): string[] {
  return cell
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}
