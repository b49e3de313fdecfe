import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml'
import { declarationBytesMax } from '../../limits/registry.js'
import type { Place, ProblemList } from './problem.js'
import { nestsTooDeeply } from './yaml-depth.js'

/** What a file's places share. */
export interface YamlSource {
  readonly file: string
  readonly lines: LineCounter
  readonly problems: ProblemList
  /** Reads a file named in the declaration, relative to it. */
  readonly readFile: (path: string) => Uint8Array
  /** The absolute form of a path in the declaration, which is relative to it. */
  readonly resolvePath: (path: string) => string
}

/** A value in a declaration: the node, and where it stands. */
export interface YamlPlace {
  readonly source: YamlSource
  readonly field: string
  readonly node: unknown
  /** Offset of the value or, where it is absent, of the nearest thing that is there. */
  readonly offset: number
}

/** Where a value stands, for people. */
export function placeOf({ source, field, offset }: YamlPlace): Place {
  const { line, col } = source.lines.linePos(offset)
  return { file: source.file, line, column: Math.max(col, 1), field }
}

/** Notes what is wrong with a value; what to do is the second sentence. */
export function report(at: YamlPlace, problem: string, remedy: string): void {
  at.source.problems.add(placeOf(at), problem, remedy)
}

/** Reports which of the fields that make an identifier are not there; wrong ones were reported. */
export function reportAbsent(at: YamlPlace, keys: readonly string[]): void {
  const absent = keys.filter((key) => fieldPlace(at, key).node === undefined)
  if (absent.length === 0) return
  report(at, `must have ${absent.join(' and ')}`, 'Without it nothing can be identified.')
}

/** The place of a field of a record, whether or not the field is there. */
export function fieldPlace(at: YamlPlace, key: string): YamlPlace {
  const field = at.field === '' ? key : `${at.field}.${key}`
  if (isMap(at.node)) {
    for (const pair of at.node.items) {
      if (isScalar(pair.key) && pair.key.value === key) {
        return {
          ...at,
          field,
          node: pair.value,
          offset: offsetOf(pair.value, offsetOf(pair.key, at.offset)),
        }
      }
    }
  }
  return { ...at, field, node: undefined }
}

/** Places of a list's items. */
export function itemPlaces(at: YamlPlace): YamlPlace[] {
  if (!isSeq(at.node)) return []
  return at.node.items.map((node, index) => ({
    ...at,
    field: `${at.field}[${index}]`,
    node,
    offset: offsetOf(node, at.offset),
  }))
}

export function offsetOf(node: unknown, otherwise: number): number {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range
  return range?.[0] ?? otherwise
}

/**
 * Parses one YAML 1.2 document in the failsafe schema: every scalar is a text, and what it means is
 * decided by the field it stands in, so that `NO` is no boolean and `007` no number. Anchors,
 * aliases, tags and directives are refused.
 * @returns undefined where the bytes are no such document; the reasons are in `source.problems`
 */
export function parseYaml(
  bytes: Uint8Array,
  source: Omit<YamlSource, 'lines'>,
): YamlPlace | undefined {
  const lines = new LineCounter()
  const root: YamlPlace = { source: { ...source, lines }, field: '', node: undefined, offset: 0 }
  if (bytes.length > declarationBytesMax) {
    report(root, `the file is larger than ${declarationBytesMax} bytes`, 'Divide it into several.')
    return undefined
  }
  const text = decode(bytes, root)
  if (text === undefined) return undefined
  if (nestsTooDeeply(text)) {
    report(root, 'the document is nested too deeply', 'Write it as the documentation shows.')
    return undefined
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'failsafe',
    // Duplicates are looked for by `readRecord`, in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    // `silent` would hide that there is a second document.
    logLevel: 'error',
  })
  if (reportFlaws(document, root)) return undefined
  return { ...root, node: document.contents, offset: offsetOf(document.contents, 0) }
}

function decode(bytes: Uint8Array, root: YamlPlace): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    report(root, 'the file is not UTF-8', 'Save it in UTF-8.')
    return undefined
  }
}

function reportFlaws(document: Document.Parsed, root: YamlPlace): boolean {
  let flawed = false
  const flaw = (offset: number, problem: string, remedy: string): void => {
    flawed = true
    report({ ...root, offset }, problem, remedy)
  }
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    if (code === 'MULTIPLE_DOCS') {
      flaw(pos[0], 'there is a second document', 'Keep one in a file; remove the line "---".')
    } else flaw(pos[0], message.replace(/\.$/, ''), 'Correct the YAML.')
  }
  const { yaml } = document.directives
  if (yaml.explicit) flaw(0, 'directives are not accepted', 'Remove the line that begins with "%".')
  visit(document, {
    Alias: (_key, node) => flaw(offsetOf(node, 0), 'aliases are not accepted', 'Write it out.'),
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor) {
        flaw(offsetOf(node, 0), 'anchors are not accepted', 'Remove the word after "&".')
      }
      if (node.tag !== undefined) {
        flaw(offsetOf(node, 0), 'tags are not accepted', 'Remove the word after "!".')
      }
    },
  })
  return flawed
}
