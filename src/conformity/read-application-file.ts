import { isScalar, LineCounter, parseDocument, Scalar, visit, type Document } from 'yaml'
import type { BilingualText } from '../exchange/fault.js'
import { nestsTooDeeply } from '../registry/declaration/yaml-depth.js'
import { flaw } from './application-flaw.js'
import { applicationBytesMax } from './limits.js'
import { readApplication, type ApplicationReading } from './read-application.js'

/** Reads an application from a file: YAML 1.2, of which JSON is a part; without anchors, aliases and tags. Never throws. */
export function readApplicationFile(bytes: Uint8Array): ApplicationReading {
  if (bytes.length > applicationBytesMax) {
    const bound = `${applicationBytesMax}`
    return flawed({
      az: `fayl ${bound} baytdan böyükdür`,
      en: `the file has more than ${bound} bytes`,
    })
  }
  const text = decoded(bytes)
  if (text === undefined) return flawed({ az: 'fayl UTF-8 deyil', en: 'the file is not UTF-8' })
  // The parser is recursive, and a file of brackets would end the process.
  if (nestsTooDeeply(text)) {
    return flawed({ az: 'fayl həddən dərindir', en: 'the file is nested too deeply' })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, logLevel: 'error', schema: 'core' },
  })
  const trouble = troubleOf(document, lines)
  return trouble ? flawed(trouble) : readApplication(document.toJS({ maxAliasCount: 0 }))
}

function flawed(text: BilingualText): ApplicationReading {
  return { application: undefined, flaws: [flaw('', text)] }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function troubleOf(document: Document, lines: LineCounter): BilingualText | undefined {
  const [error] = [...document.errors, ...document.warnings]
  if (error) {
    const { line } = lines.linePos(error.pos[0])
    return {
      az: `sətir ${line}: YAML səhvdir`,
      en: `line ${line}: it is no YAML: ${error.message}`,
    }
  }
  let trouble: BilingualText | undefined
  visit(document, {
    Alias: () => void (trouble = noReferences),
    Node: (_key, node) => {
      if (node.tag !== undefined || ('anchor' in node && node.anchor)) {
        trouble = noReferences
      }
      if (isScalar(node)) keepText(node)
    },
  })
  return trouble
}

const noReferences: BilingualText = {
  az: 'anchor, alias və tag qəbul edilmir',
  en: 'anchors, aliases and tags are not accepted',
}

/** `+994125550000` and `0123` are no numbers to whoever writes them, though YAML 1.2 reads them so. */
function keepText(node: Scalar): void {
  const { source, type } = node
  if (type !== Scalar.PLAIN || typeof node.value !== 'number' || source === undefined) return
  if (/^(\+|0\d)/.test(source)) node.value = source
}
