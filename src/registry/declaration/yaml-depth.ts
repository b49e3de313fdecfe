import { Lexer } from 'yaml'

/** Brackets within brackets. A declaration needs four. */
const flowDepthMax = 16
/** Indentation, dashes and question marks at the start of a line, each of which may nest once. */
const blockColumnsMax = 100

/**
 * Whether a document nests deeper than any declaration does. Asked before parsing: the parser is
 * recursive, and a file of brackets would end the process rather than raise an error.
 */
export function nestsTooDeeply(text: string): boolean {
  return hasDeepIndent(text) || hasDeepBrackets(text)
}

function hasDeepIndent(text: string): boolean {
  return new RegExp(`^[ \\t?-]{${blockColumnsMax}}`, 'mu').test(text)
}

function hasDeepBrackets(text: string): boolean {
  let depth = 0
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    const isText = isScalar
    isScalar = token === scalarMark
    if (isText) continue
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > flowDepthMax) return true
  }
  return false
}

// The lexer puts this before the text of a plain or block scalar.
const scalarMark = '\u001f'
