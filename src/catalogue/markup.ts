/** A piece of HTML or XML in which all that came from others is text. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = Markup | string | number | undefined | readonly Piece[]

/** A template whose values are escaped for text and quoted attributes alike; nothing but {@link Markup} stays as it is. */
export function markup(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(parts.map((part, index) => part + shown(values[index])).join(''))
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
}

function shown(value: Piece): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(shown).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')
}
