const start =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const inside = '\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}'
const ncName = `[${start}][${start}${inside}]*`

const forms: Readonly<Record<string, RegExp>> = {
  language: /^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$/,
  NMTOKEN: new RegExp(`^[:${start}${inside}]+$`, 'u'),
  Name: new RegExp(`^[:${start}][:${start}${inside}]*$`, 'u'),
  NCName: new RegExp(`^${ncName}$`, 'u'),
  ID: new RegExp(`^${ncName}$`, 'u'),
  IDREF: new RegExp(`^${ncName}$`, 'u'),
  QName: new RegExp(`^(?:${ncName}:)?${ncName}$`, 'u'),
}

/** Whether a text is a name of this built-in type; true for types that are no names. */
export function isNameOf(builtIn: string, text: string): boolean {
  return forms[builtIn]?.test(text) ?? true
}

/** A broken escape, two fragments, or a colon in the first part after something that is no scheme. */
const noUri = /%(?![0-9A-Fa-f]{2})|#[^#]*#|^(?![A-Za-z][A-Za-z0-9+.-]*:)[^:/?#]*:/

/** `xs:anyURI` lets nearly everything be (part 2 §3.2.17): what no escaping makes a URI is refused. */
export function isUriText(text: string): boolean {
  return !noUri.test(text)
}
