import {
  contentOf,
  contextTag,
  DerError,
  enterValue,
  rawOf,
  type DerReader,
  type DerValue,
} from './der.js'
import { listItemsMax } from '../../limits/certificates.js'
import { readName, type Name } from './name.js'

/** A GeneralName (RFC 5280 §4.2.1.6). Forms that nothing here interprets keep their bytes. */
export type GeneralName =
  | { readonly form: 'directory'; readonly name: Name }
  | { readonly form: 'email' | 'dns' | 'uri'; readonly value: string }
  | { readonly form: 'ip'; readonly bytes: Buffer }
  | { readonly form: 'other'; readonly tag: number; readonly bytes: Buffer }

const textForms: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = {
  [contextTag(1, 'primitive')]: 'email',
  [contextTag(2, 'primitive')]: 'dns',
  [contextTag(6, 'primitive')]: 'uri',
}

/** @throws DerError */
export function generalNameOf(value: DerValue): GeneralName {
  const textForm = textForms[value.tag]
  if (textForm) return { form: textForm, value: ia5Of(value) }
  if (value.tag === contextTag(7, 'primitive')) return { form: 'ip', bytes: contentOf(value) }
  if (value.tag === contextTag(4, 'constructed')) {
    const inner = enterValue(value)
    const name = readName(inner)
    inner.finish()
    return { form: 'directory', name }
  }
  if ((value.tag & 0xc0) !== 0x80) throw new DerError('a general name has an unexpected type')
  return { form: 'other', tag: value.tag & 0x1f, bytes: rawOf(value) }
}

/** Reads GeneralNames to the end of the reader. @throws DerError */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = []
  while (!reader.done) {
    if (names.length >= listItemsMax) throw new DerError('a list has too many names')
    names.push(generalNameOf(reader.next()))
  }
  return names
}

/** Comparable form: two general names are the same where their keys are. */
export function generalNameKey(name: GeneralName): string {
  switch (name.form) {
    case 'directory':
      return `directory:${name.name.key}`
    case 'ip':
      return `ip:${name.bytes.toString('hex')}`
    case 'other':
      return `other:${name.bytes.toString('hex')}`
    case 'email':
    case 'dns':
    case 'uri':
      return `${name.form}:${name.value}`
  }
}

/** The directory names among general names. */
export function directoryNames(names: readonly GeneralName[]): Name[] {
  return names.flatMap((name) => (name.form === 'directory' ? [name.name] : []))
}

function ia5Of(value: DerValue): string {
  const text = contentOf(value).toString('latin1')
  if (!/^[\u0020-\u007e]*$/.test(text)) throw new DerError('a general name is not printable ASCII')
  return text
}
