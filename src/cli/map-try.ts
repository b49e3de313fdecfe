import { parseArgs } from 'node:util'
import { JsonError } from '../json/json-error.js'
import type { JsonValue } from '../json/json-value.js'
import { readJson } from '../json/read-json.js'
import { writeJson } from '../json/write-json.js'
import { compileCodec } from '../mediation/codec.js'
import { MappingError } from '../mediation/mapping-problem.js'
import type { ElementProperty } from '../mediation/shape.js'
import type { SoapShapes } from '../mediation/soap-shapes.js'
import type { Traced } from '../mediation/traced.js'
import { printable } from '../printable.js'
import { ContractBreach } from '../violation/violation.js'
import { WsdlError } from '../wsdl/wsdl-error.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { SchemaError } from '../xsd/schema-error.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { shapesIn } from './map-contract.js'

const usage = `Usage: sluice map try --contract FOLDER --direction request|reply FILE

Carries a message over as the bus would, by the contract of a SOAP service in FOLDER (contract.yaml, its WSDL and schemas,
mapping.yaml): a request in JSON becomes the Body's element, a reply in XML (an envelope, or what stands in its Body, a declared
failure's detail too) becomes JSON. Shows input, output, and for each value where it came from, where it went, and which words of
mapping.yaml said so. "-" is standard input.

Exit code: 0 carried over, 1 the contract has no mapping without loss or the message breaks it (every place is named), 2 wrong usage
or a file that cannot be read.`

/**
 * `sluice map try`: shows what a mapping makes of a message.
 * @returns exit code: 0 carried over, 1 refused, 2 wrong usage or a file that cannot be read
 */
export async function mapTry(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      io.out(usage)
      return 0
    }
    const { contract, direction, file } = options
    const shapes = shapesIn(contract)
    const input = await readInput(file, io)
    show(direction === 'request' ? carried(shapes, input) : carriedBack(shapes, input), input, io)
    return 0
  } catch (error) {
    const lines = linesOf(error)
    if (lines === undefined) throw error
    for (const line of lines) io.err(printable(line))
    return error instanceof UsageError ? 2 : 1
  }
}

interface Carried {
  readonly output: string
  readonly from: 'JSON' | 'XML'
  readonly trace: readonly Traced[]
}

function carried({ request }: SoapShapes, input: Buffer): Carried {
  const trace: Traced[] = []
  const xml = compileCodec(request).toXml(readJson(input), trace)
  return { output: Buffer.from(xml).toString('utf8'), from: 'JSON', trace }
}

function carriedBack(shapes: SoapShapes, input: Buffer): Carried {
  const document = readXml(input)
  const element = payloadOf(document)
  const trace: Traced[] = []
  const json = compileCodec(shapeFor(shapes, document, element)).toJson(document, element, trace)
  return { output: writeJson(json).toString('utf8'), from: 'XML', trace }
}

/** What stands in the Body, or in the detail of a Fault there; without an envelope, the document. */
function payloadOf(document: XmlDocument): XmlElement {
  const { root } = document
  if (document.localName(root) !== 'Envelope') return root
  const namespace = document.namespace(root)
  const body = document.child(root, namespace, 'Body')
  const first = body === undefined ? undefined : document.firstChild(body)
  if (first === undefined) throw new UsageError('The envelope has nothing in its Body.')
  if (!document.is(first, namespace, 'Fault')) return first
  const detail = document.child(first, '', 'detail') ?? document.child(first, namespace, 'Detail')
  const child = detail === undefined ? undefined : document.firstChild(detail)
  if (child === undefined) throw new UsageError('The Fault has no detail.')
  return child
}

/** The shape of the reply, or of the failure whose element it is. */
function shapeFor(
  { reply, faults }: SoapShapes,
  document: XmlDocument,
  element: XmlElement,
): ElementProperty {
  const isOf = ({ element: { namespace, localName } }: ElementProperty): boolean =>
    document.is(element, namespace, localName)
  const fault = faults.find(({ shape }) => isOf(shape))?.shape
  const shape = fault ?? reply
  if (shape === undefined) throw new UsageError('The operation has no reply.')
  return shape
}

function show({ output, from, trace }: Carried, input: Buffer, io: FileCommandIo): void {
  const to = from === 'JSON' ? 'XML' : 'JSON'
  io.out(`${from}:`)
  for (const line of input.toString('utf8').trimEnd().split('\n')) io.out(`  ${printable(line)}`)
  io.out(`${to}:`)
  io.out(`  ${printable(output)}`)
  const rows = trace.map(({ xmlPath, jsonPath, value, rules }) => {
    const sides = [jsonPath === '' ? '/' : (jsonPath ?? '–'), xmlPath === '' ? '/' : xmlPath]
    return [...(from === 'JSON' ? sides : sides.reverse()), shortOf(value), rules.join(', ')]
  })
  io.out('Values:')
  for (const row of aligned([[`from (${from})`, `to (${to})`, 'value', 'rules'], ...rows])) {
    io.out(`  ${printable(row)}`)
  }
}

const valueCharsMax = 40

function shortOf(value: JsonValue | undefined): string {
  const text = value === undefined ? '–' : writeJson(value).toString('utf8')
  return text.length <= valueCharsMax ? text : `${text.slice(0, valueCharsMax)}…`
}

/** Columns as wide as their widest cell; the last needs none. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** What is wrong, in both languages where there are both. @returns undefined for an error of our own */
function linesOf(error: unknown): readonly string[] | undefined {
  if (error instanceof ContractBreach) {
    return error.violations.map(({ path, text }) => `${path}: ${text.en} / ${text.az}`)
  }
  if (error instanceof MappingError) {
    return error.problems.map(({ path, en, az }) => `${path}: ${en} / ${az}`)
  }
  const isOurs =
    error instanceof UsageError ||
    error instanceof JsonError ||
    error instanceof XmlError ||
    error instanceof WsdlError ||
    error instanceof SchemaError
  return isOurs ? [error.message] : undefined
}

interface Options {
  readonly contract: string
  readonly direction: 'request' | 'reply'
  readonly file: string
}

/** @throws UsageError */
function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [file, ...others] = positionals
  const { contract, direction } = values
  if (file === undefined || others.length > 0) {
    throw new UsageError(`One message at a time.\n\n${usage}`)
  }
  if (contract === undefined) throw new UsageError(`--contract is missing.\n\n${usage}`)
  if (direction !== 'request' && direction !== 'reply') {
    throw new UsageError(`--direction is request or reply.\n\n${usage}`)
  }
  return { contract, direction, file }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        contract: { type: 'string' },
        direction: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}
