import { posix } from 'node:path'
import { descriptionLimits } from '../limits/contracts.js'
import {
  child,
  isRecord,
  membersOf,
  readTree,
  UnreadableFile,
  type ContractFiles,
  type Node,
} from './contract-tree.js'
import type { Place, Problems } from './openapi-error.js'

/** `file:`, `http:`, `//host`, an absolute path: whatever is not a relative path. */
const notRelative = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\])/

const besideReference = new Set(['$ref', 'summary', 'description'])

/**
 * The files of one contract and the way along references in it. A reference leads to a place in the contract's own
 * files or nowhere: nothing is ever fetched, and no other file opened.
 */
export class References {
  readonly #files: ContractFiles
  readonly #problems: Problems
  readonly #trees = new Map<string, Node | undefined>()

  constructor(files: ContractFiles, problems: Problems) {
    this.#files = files
    this.#problems = problems
  }

  /** The whole of a file; undefined where it cannot be read, which is noted at `from`. */
  tree(file: string, from: Place): Node | undefined {
    if (!this.#trees.has(file)) this.#trees.set(file, this.#read(file, from))
    return this.#trees.get(file)
  }

  /** What `$ref` text `reference` at `from` points at, one step; undefined where nothing is there, which is noted. */
  target(reference: string, from: Place): Node | undefined {
    const [path, fragment] = splitOnce(reference, '#')
    const file = this.#fileOf(path, reference, from)
    const tree = file === undefined ? undefined : this.tree(file, from)
    if (tree === undefined) return undefined
    if (fragment !== '' && !fragment.startsWith('/')) {
      this.#problems.add(from, 'unsupported', `$ref ${reference}`)
      return undefined
    }
    let node = tree
    for (const token of fragment.split('/').slice(1)) node = child(node, nameOf(token))
    if (node.value !== undefined) return node
    this.#problems.add(from, 'dangling', reference)
    return undefined
  }

  /** The node, or what it refers to where it is a Reference Object; undefined where nothing is there, which is noted. */
  resolved(node: Node): Node | undefined {
    let at = node
    for (let hops = 0; isRecord(at.value) && typeof at.value['$ref'] === 'string'; hops++) {
      if (hops === descriptionLimits.referenceHopsMax) {
        this.#problems.add(node, 'endless', at.value['$ref'])
        return undefined
      }
      this.#checkAlone(at)
      const next = this.target(at.value['$ref'], at)
      if (next === undefined) return undefined
      at = next
    }
    return at
  }

  /** What stands beside a reference is passed over by some readers and not by others. */
  #checkAlone(node: Node): void {
    for (const [name, member] of membersOf(node)) {
      if (!besideReference.has(name)) this.#problems.add(member, 'unsupported', `$ref, ${name}`)
    }
  }

  #fileOf(path: string, reference: string, from: Place): string | undefined {
    if (path === '') return from.file
    const file = posix.normalize(posix.join(posix.dirname(from.file), nameOf(path)))
    if (notRelative.test(path) || file.startsWith('..')) {
      this.#problems.add(from, 'outside', reference)
      return undefined
    }
    if (this.#files.has(file)) return file
    this.#problems.add(from, 'missingFile', file)
    return undefined
  }

  #read(file: string, from: Place): Node | undefined {
    const bytes = this.#files.get(file)
    if (bytes === undefined) {
      this.#problems.add(from, 'missingFile', file)
      return undefined
    }
    try {
      return { file, pointer: '', value: readTree(file, bytes) }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      this.#problems.add({ file, pointer: '' }, error.rule, error.term)
      return undefined
    }
  }
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** A part of a reference without its escapes (RFC 6901 §6). */
function nameOf(token: string): string {
  let text = token
  try {
    text = decodeURIComponent(token)
  } catch {
    // No escape then: the name stands as it is.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}
