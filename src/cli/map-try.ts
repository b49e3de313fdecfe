import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ContractError, placeText, type ContractProblem } from '../contract/contract-error.js'
import { readContractFolder, type ContractFiles } from '../contract/contract-files.js'
import { loadContract, type ServiceContract } from '../contract/load-contract.js'
import { Fault } from '../exchange/fault.js'
import { JsonError } from '../json/json-error.js'
import type { JsonValue } from '../json/json-value.js'
import { writeJson } from '../json/write-json.js'
import { printable } from '../printable.js'
import { ContractBreach } from '../violation/violation.js'
import { XmlError } from '../xml/xml-error.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import type { Carried } from './map-carried.js'
import { replyFromRest, requestToRest } from './map-rest.js'
import { replyFromSoap, requestToSoap } from './map-soap.js'

const usage = `Usage: sluice map try --contract FOLDER --direction request|reply FILE

Carries a message over as the bus would, by the contract in FOLDER.

  SOAP service   a request in JSON becomes the Body's element; a reply in XML (an envelope, or what stands in its Body, a declared
  (WSDL)         failure's detail too) becomes JSON
  REST service   a request in XML becomes an HTTP request; a reply in JSON becomes what stands in the Body. A reply that is not the
  (OpenAPI)      good one of the only operation is an object of method, path, status, body
  JSON messages  the same: a request in XML becomes a POST, or a message of a queue with its body; a reply in JSON becomes what stands
                 in the Body

Files beside a message are left out. Shows input, output, and for each value where it came from, where it went, and which words of
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
    const carry = carrierOf(await loadContract(filesIn(contract)), direction)
    const input = await readInput(file, io)
    show(carry(input), input, io)
    return 0
  } catch (error) {
    const lines = linesOf(error)
    if (lines === undefined) throw error
    for (const line of lines) io.err(printable(line))
    return error instanceof UsageError ? 2 : 1
  }
}

/** @throws UsageError where the folder cannot be read */
function filesIn(folder: string): ContractFiles {
  try {
    return readContractFolder(resolve(folder)).files
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    throw new UsageError(error.problems.map((each) => `${folder}/${told(each)}`).join('\n'))
  }
}

/** @throws UsageError where the service has one face only */
function carrierOf(
  { description, settings }: ServiceContract,
  direction: Options['direction'],
): (input: Buffer) => Carried {
  const isRequest = direction === 'request'
  if (description.protocol === 'soap' && description.mapping) {
    const { shapes } = description.mapping
    return (input) => (isRequest ? requestToSoap(shapes, input) : replyFromSoap(shapes, input))
  }
  if (description.protocol !== 'soap' && description.inSoap) {
    const rest = { openApi: description.openApi, mapping: description.inSoap.mapping }
    return (input) => (isRequest ? requestToRest(rest, input) : replyFromRest(rest, input))
  }
  throw new UsageError(`${settings.service} is for consumers of its own protocol alone.`)
}

function show({ output, from, to, values }: Carried, input: Buffer, io: FileCommandIo): void {
  const lines = (title: string, text: readonly string[]): void => {
    io.out(`${title}:`)
    for (const line of text) io.out(line === '' ? '' : `  ${printable(line)}`)
  }
  lines(from, input.toString('utf8').trimEnd().split('\n'))
  lines(to, output)
  const rows = values.map((each) => [
    ...[each.from, each.to, shortOf(each.value), each.rules.join(', ')],
  ])
  lines('Values', aligned([[`from (${from})`, `to (${to})`, 'value', 'rules'], ...rows]))
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
  if (error instanceof ContractError) return error.problems.map(told)
  if (error instanceof Fault) return [`${error.code}: ${error.detail ?? ''}`]
  const isOurs =
    error instanceof UsageError || error instanceof JsonError || error instanceof XmlError
  return isOurs ? [error.message] : undefined
}

/** `service.wsdl:12: …`, in both languages. */
function told(problem: ContractProblem): string {
  const place = placeText(problem)
  const { az, en } = problem.text
  return place === '' ? `${en} / ${az}` : `${place}: ${en} / ${az}`
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
