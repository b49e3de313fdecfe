import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse } from 'yaml'

/** Messages that one side of an operation may and may not send. */
export interface CorpusMessages {
  readonly good: readonly string[]
  /** The first violation as `path rule`, and the message. */
  readonly bad?: readonly (readonly [string, string])[]
}

export interface CorpusOperation {
  readonly style?: string
  readonly soapVersion?: string
  readonly soapAction?: string
  readonly faults?: readonly string[]
  /** Where no form in JSON can be derived: part of every text that the refusal has. */
  readonly unmapped?: readonly string[]
  /** What a program hands to its SOAP client. */
  readonly call?: Readonly<Record<string, unknown>>
  /** The same for zeep, where it wants something else; null where it can only read the description. */
  readonly zeepCall?: Readonly<Record<string, unknown>> | null
  readonly request: CorpusMessages
  readonly reply?: CorpusMessages
}

/** What `corpus.yaml` says of the WSDL beside it. */
export interface CorpusEntry {
  readonly name: string
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly main: string
  /** Beginnings of the problems, each `file:line: text`, of what is refused. */
  readonly refused?: readonly string[]
  readonly operations?: Readonly<Record<string, CorpusOperation>>
}

const root = join(process.cwd(), 'test/contracts/corpus')

/** WSDLs as tools of many makers write them. */
export const corpus: readonly CorpusEntry[] = readdirSync(root)
  .sort()
  .map((name) => {
    const folder = join(root, name)
    const said = parse(readFileSync(join(folder, 'corpus.yaml'), 'utf8')) as CorpusEntry
    const files = filesIn(folder)
    return { ...said, name, files }
  })

/** The entries that are read. */
export const accepted = corpus.filter(({ refused }) => refused === undefined)

/** All files of a folder but the YAML, by path with forward slashes. */
function filesIn(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (const each of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, each)
    if (!statSync(path).isFile() || each.endsWith('.yaml')) continue
    files.set(relative(folder, path).split(sep).join('/'), readFileSync(path))
  }
  return files
}
