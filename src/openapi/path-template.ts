/** One segment of a path: a text that stands there, or the name of a parameter. */
export type Segment = { readonly text: string } | { readonly parameter: string }

const expression = /^\{([^{}]+)\}$/

/**
 * The segments of a path template, or undefined where an expression is not the whole of a segment: where it ended
 * would be a guess.
 */
export function segmentsOf(path: string): Segment[] | undefined {
  if (!path.startsWith('/')) return undefined
  const segments: Segment[] = []
  for (const text of path.slice(1).split('/')) {
    const parameter = expression.exec(text)?.[1]
    if (parameter !== undefined) segments.push({ parameter })
    else if (/[{}?#]/.test(text)) return undefined
    else segments.push({ text })
  }
  return segments
}

/** The same for templates that match the same paths (OpenAPI 3.0.3 §4.7.8.1). */
export function shapeOf(segments: readonly Segment[]): string {
  return segments.map((segment) => ('text' in segment ? segment.text : '{}')).join('/')
}
