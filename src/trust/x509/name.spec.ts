import { describe, expect, it } from '@jest/globals'
import { der, distinguishedName, oid, sequence, text } from '../../../test/support/der-writer.js'
import { DerReader } from './der.js'
import { isWithin, readName } from './name.js'

const [utf8, printable, bmp, ia5] = [0x0c, 0x13, 0x1e, 0x16]
const [commonName, organisation] = ['2.5.4.3', '2.5.4.10']

const nameOf = (...parts: Parameters<typeof distinguishedName>[0]) =>
  readName(new DerReader(distinguishedName(parts)))
const keyOf = (value: string, tag = utf8): string => nameOf([commonName, value, tag]).key

describe('comparison of names (RFC 5280 §7.1)', () => {
  it.each([
    ['letter case', 'Test CA', 'TEST ca'],
    ['letter case beyond ASCII', 'ŞƏHƏR', 'şəhər'],
    ['inner and outer white space', '  Test   CA ', 'Test CA'],
    ['composed and decomposed letters', 'Ğ', 'G\u0306'],
    ['a soft hyphen, which is mapped to nothing', 'Te\u00adst', 'Test'],
  ])('looks past %s', (_what, left, right) => {
    expect(keyOf(left)).toBe(keyOf(right))
  })

  it('looks past the string type', () => {
    expect(keyOf('Test', printable)).toBe(keyOf('Test', utf8))
    const wide = sequence(
      der(0x31, sequence(oid(commonName), der(bmp, Buffer.from('0054006500730074', 'hex')))),
    )
    expect(readName(new DerReader(wide)).key).toBe(keyOf('Test'))
  })

  it.each([
    ['another value', [commonName, 'A'], [commonName, 'B']],
    ['another attribute', [commonName, 'A'], [organisation, 'A']],
  ] as const)('tells %s apart', (_what, left, right) => {
    expect(nameOf(left).key).not.toBe(nameOf(right).key)
  })

  it('tells the order of parts apart', () => {
    const [one, other] = [
      [commonName, 'A'],
      [organisation, 'B'],
    ] as const
    expect(nameOf(one, other).key).not.toBe(nameOf(other, one).key)
  })

  it('does not mind the order within one part', () => {
    const attribute = (type: string, value: string) => sequence(oid(type), text(utf8, value))
    const [one, other] = [attribute(commonName, 'A'), attribute(organisation, 'B')]
    const read = (...attributes: Buffer[]) =>
      readName(new DerReader(sequence(der(0x31, ...attributes)))).key
    expect(read(one, other)).toBe(read(other, one))
  })

  it('lets no value imitate the border between parts', () => {
    const [honest, forged] = [
      nameOf([organisation, 'A'], [commonName, 'B']),
      nameOf([organisation, 'A"],["2.5.4.3","B']),
    ]
    expect(honest.key).not.toBe(forged.key)
  })

  it('finds a name within a subtree by whole parts', () => {
    const base = nameOf([organisation, 'Nazirlik'])
    expect(isWithin(nameOf([organisation, 'NAZIRLIK'], [commonName, 'x']), base)).toBe(true)
    expect(isWithin(nameOf([organisation, 'Nazirlik2'], [commonName, 'x']), base)).toBe(false)
    expect(isWithin(nameOf(), base)).toBe(false)
  })

  it('takes e-mail addresses out of the name and forges no line for people', () => {
    const name = nameOf(['1.2.840.113549.1.9.1', 'a@b.az', ia5], [commonName, 'x\nACCEPTED'])
    expect(name.emails).toEqual(['a@b.az'])
    expect(name.text).not.toContain('\n')
  })

  it('refuses text that is not what its type says', () => {
    const broken = sequence(der(0x31, sequence(oid(commonName), der(utf8, Buffer.of(0xc3, 0x28)))))
    expect(() => readName(new DerReader(broken))).toThrow('not UTF-8')
  })
})
