import { Lexer } from 'yaml'
import { declarationBracketsMax, declarationIndentMax } from '../../limits/registry.js'

/**
 * Whether a document nests deeper than any declaration does. Asked before parsing: the parser is
 * recursive, and a file of brackets would end the process rather than raise an error.
 */
export function nestsTooDeeply(text: string): boolean {
  return hasDeepIndent(text) || hasDeepBrackets(text)
}

function hasDeepIndent(text: string): boolean {
  return new RegExp(`^[ \\t?-]{${declarationIndentMax}}`, 'mu').test(text)
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
    if (depth > declarationBracketsMax) return true
  }
  return false
}

// The lexer puts this before the text of a plain or block scalar.
const scalarMark = '\u001f'
