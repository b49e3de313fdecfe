import { parseArgs } from 'node:util'
import { canonicalOctets } from '../xml/c14n/canonicalise.js'
import { c14nMethod, type C14nMethod } from '../xml/c14n/method.js'
import type { XmlElement, XmlDocument } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { readInput } from './command-files.js'
import { CaptureError, captureKind } from './explain/capture.js'
import { envelopeIn } from './explain/soap/envelope-in.js'
import { UsageError, type FileCommandIo } from './command-io.js'

const usage = `Usage: sluice c14n FILE [options]

Writes an XML document as canonical octets, those that a signature's digest is made of, to standard
output and nothing else. Exclusive C14N 1.0 without comments, unless an option says otherwise. FILE may
also be a captured HTTP message with a SOAP envelope, as \`sluice explain\` takes it; "-" is standard input.

  --id ID                        only the element with this Id (wsu:Id, xml:id, Id, ID or id)
  --inclusive-prefixes "A B"     PrefixList of InclusiveNamespaces; #default is the default namespace
  --inclusive                    inclusive C14N 1.0
  --c14n11                       inclusive C14N 1.1
  --comments                     with comments

Exit code: 0 written, 1 the document is refused or has no such Id, 2 wrong usage or a file that cannot
be read.`

/** Where the command writes its octets. */
export interface OctetCommandIo extends FileCommandIo {
  write(octets: Uint8Array): void
}

interface Options {
  readonly file: string
  readonly id: string | undefined
  readonly method: C14nMethod
}

/**
 * `sluice c14n`: shows what a signature covers, byte for byte.
 * @returns exit code: 0 written, 1 refused, 2 wrong usage or a file that cannot be read
 */
export async function c14n(args: readonly string[], io: OctetCommandIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      io.out(usage)
      return 0
    }
    const document = readXml(xmlIn(await readInput(options.file, io)))
    const element = options.id === undefined ? undefined : elementOf(document, options.id)
    io.write(canonicalOctets(document, options.method, { element }))
    return 0
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof XmlError || error instanceof NoSuchId)) {
      throw error
    }
    io.err(error.message)
    return error instanceof UsageError ? 2 : 1
  }
}

/** The envelope in a captured HTTP message; what is none is the document itself. */
function xmlIn(file: Buffer): Uint8Array {
  if (captureKind(file) === 'envelope') return file
  try {
    const asCaptured = { scheme: 'http', authorities: undefined, replyOf: undefined } as const
    return envelopeIn(file, asCaptured) ?? file
  } catch (error) {
    if (error instanceof CaptureError) return file
    throw error
  }
}

class NoSuchId extends Error {
  override readonly name = 'NoSuchId'
}

function elementOf(document: XmlDocument, id: string): XmlElement {
  const element = document.elementById(id)
  if (element === undefined) throw new NoSuchId(`No element has the Id "${id}".`)
  return element
}

/** @throws UsageError */
function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) {
    throw new UsageError(`One document at a time.\n\n${usage}`)
  }
  const { inclusive, c14n11 } = values
  if (inclusive && c14n11) throw new UsageError('Either --inclusive or --c14n11.')
  const prefixes = values['inclusive-prefixes']?.split(/\s+/).filter((prefix) => prefix !== '')
  if (prefixes && (inclusive || c14n11)) {
    throw new UsageError('--inclusive-prefixes belongs to exclusive C14N.')
  }
  const algorithm = inclusive ? inclusive10 : c14n11 ? inclusive11 : exclusive
  const method = c14nMethod(values.comments ? withComments(algorithm) : algorithm, prefixes)
  return { file, id: values.id, method }
}

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const inclusive10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const inclusive11 = 'http://www.w3.org/2006/12/xml-c14n11'

function withComments(algorithm: string): string {
  return `${algorithm}${algorithm.endsWith('#') ? '' : '#'}WithComments`
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        id: { type: 'string' },
        'inclusive-prefixes': { type: 'string' },
        inclusive: { type: 'boolean', default: false },
        c14n11: { type: 'boolean', default: false },
        comments: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}
