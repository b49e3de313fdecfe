import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { der, integer, oid, sequence, text } from '../../../test/support/der-writer.js'
import { makeAuthority } from '../../../test/support/pki.js'
import { parseCertificate } from './certificate.js'
import { parseRevocationList } from './crl.js'
import { DerError, DerReader } from './der.js'
import {
  booleanOf,
  integerHexOf,
  namedBitsOf,
  naturalOf,
  oidOf,
  octetsOfBitString,
  timeOf,
} from './der-values.js'

const valueOf = (bytes: Buffer) => new DerReader(bytes).next()

describe('DER values (X.690 §10, §11)', () => {
  it.each([
    ['an indefinite length', [0x30, 0x80, 0, 0]],
    ['a length that is not minimal', [0x04, 0x81, 0x01, 0xff]],
    ['a length with a leading zero octet', [0x04, 0x82, 0x00, 0x80, ...Array<number>(128).fill(0)]],
    ['a length of five octets', [0x04, 0x85, 1, 0, 0, 0, 0]],
    ['a high tag number', [0x1f, 0x21, 0x00]],
    ['a value longer than the bytes', [0x04, 0x05, 0x00]],
    ['a missing length', [0x04]],
    ['nothing at all', []],
  ])('refuses %s', (_what, bytes) => {
    expect(() => new DerReader(Buffer.from(bytes)).next()).toThrow(DerError)
  })

  it('keeps a value within its parent', () => {
    // The inner value claims the octet after the outer one.
    const reader = new DerReader(Buffer.from([0x30, 0x02, 0x04, 0x01, 0xff]))
    expect(() => reader.enter(0x30).next()).toThrow('longer than what holds it')
  })

  it('limits nesting', () => {
    let bytes = integer(1)
    for (let depth = 0; depth < 40; depth += 1) bytes = sequence(bytes)
    const descend = (): void => {
      let reader = new DerReader(bytes)
      for (let depth = 0; depth < 40; depth += 1) reader = reader.enter(0x30)
    }
    expect(descend).toThrow('nested too deep')
  })

  it.each([
    '2.5.29.15',
    '1.2.840.113549.1.1.11',
    '2.999.3',
    '0.9.2342',
    '2.16.840.1.101.3.2.1.48.1',
  ])('reads the object identifier %s', (dotted) => {
    // The writer's first octet holds for arcs below 2.48 only; 2.999 is given by hand.
    const bytes = dotted === '2.999.3' ? der(6, Buffer.of(0x88, 0x37, 3)) : oid(dotted)
    expect(oidOf(valueOf(bytes))).toBe(dotted)
  })

  it('reads object identifiers with arcs of 128 bits, made of a UUID (X.667)', () => {
    const arc = '83fff6b4eaa4f982928192b2e8e1ac97c98146'
    const decimal = '340232587007165287716866928059710849222'
    const read = (hex: string): string => oidOf(valueOf(der(6, Buffer.from(hex, 'hex'))))
    expect(read(`69${arc}01`)).toBe(`2.25.${decimal}.1`)
    expect(read(arc)).toBe(`2.${BigInt(decimal) - 80n}`)
    // The last arc that a number holds exactly, and the first that it does not.
    expect(read('698fffffffffffff7f')).toBe('2.25.9007199254740991')
    expect(read('6990808080808080' + '00')).toBe('2.25.9007199254740992')
  })

  it('refuses object identifiers that are empty, padded or broken off', () => {
    for (const content of [[], [0x80, 0x01], [0x2a, 0x86]]) {
      expect(() => oidOf(valueOf(der(6, Buffer.from(content))))).toThrow(DerError)
    }
  })

  it('reads integers with their sign octet and refuses padded ones', () => {
    expect(integerHexOf(valueOf(integer(0x00, 0xff)))).toBe('00ff')
    expect(integerHexOf(valueOf(integer(0xff)))).toBe('ff')
    expect(naturalOf(valueOf(integer(0x00, 0xff)))).toBe(255n)
    for (const octets of [[], [0x00, 0x7f], [0xff, 0x80]]) {
      expect(() => integerHexOf(valueOf(integer(...octets)))).toThrow(DerError)
    }
    expect(() => naturalOf(valueOf(integer(0xff)))).toThrow('out of range')
  })

  it('knows two booleans only', () => {
    expect(booleanOf(valueOf(der(1, Buffer.of(0xff))))).toBe(true)
    expect(booleanOf(valueOf(der(1, Buffer.of(0))))).toBe(false)
    expect(() => booleanOf(valueOf(der(1, Buffer.of(1))))).toThrow(DerError)
  })

  it('reads named bits and whole octets of bit strings', () => {
    expect(namedBitsOf(valueOf(der(3, Buffer.of(1, 0b0000_0110))))).toBe((1 << 5) | (1 << 6))
    expect(octetsOfBitString(valueOf(der(3, Buffer.of(0, 0xaa))))).toEqual(Buffer.of(0xaa))
    expect(() => octetsOfBitString(valueOf(der(3, Buffer.of(4, 0xa0))))).toThrow(DerError)
    expect(() => namedBitsOf(valueOf(der(3, Buffer.of(8, 0))))).toThrow(DerError)
  })

  it.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
  ])('reads the time %i %s (RFC 5280 §4.1.2.5)', (tag, written, iso) => {
    expect(timeOf(valueOf(text(tag, written))).toISOString()).toBe(iso)
  })

  it.each([
    [0x17, '4912312359Z'],
    [0x17, '491231235959+0400'],
    [0x17, '490231000000Z'],
    [0x18, '20500101000000.5Z'],
    [0x18, '20501301000000Z'],
    [0x18, '20500101240000Z'],
    [0x13, '491231235959Z'],
  ])('refuses the time %i %s', (tag, written) => {
    expect(() => timeOf(valueOf(text(tag, written)))).toThrow(DerError)
  })
})

describe('certificates and lists of strangers', () => {
  let certificate: Buffer
  let list: Buffer

  beforeAll(async () => {
    const root = await makeAuthority('Kök')
    certificate = root.der
    list = await root.revocationList(['01', '02ff', '7f'])
  })

  const refusesByName = (parse: (bytes: Buffer) => unknown, bytes: Uint8Array): void => {
    try {
      parse(Buffer.from(bytes))
    } catch (error) {
      expect(error).toBeInstanceOf(DerError)
    }
  }

  it('any bytes give a value or a DerError', () => {
    const read = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      refusesByName(parseCertificate, bytes)
      refusesByName(parseRevocationList, bytes)
    })
    fc.assert(read, { numRuns: 500 })
  })

  it('a changed, cut or lengthened sample gives a value or a DerError', () => {
    const change = fc.record({
      at: fc.nat(2_000),
      drop: fc.nat(4),
      add: fc.uint8Array({ maxLength: 4 }),
    })
    const read = fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      for (const [sample, parse] of [
        [certificate, parseCertificate],
        [list, parseRevocationList],
      ] as const) {
        let bytes = sample
        for (const { at, drop, add } of changes) {
          const from = at % bytes.length
          bytes = Buffer.concat([bytes.subarray(0, from), add, bytes.subarray(from + drop)])
        }
        refusesByName(parse, bytes)
      }
    })
    fc.assert(read, { numRuns: 1_500 })
  })

  it('a changed octet in place gives a value or a DerError', () => {
    for (const [sample, parse] of [
      [certificate, parseCertificate],
      [list, parseRevocationList],
    ] as const) {
      for (let at = 0; at < sample.length; at += 1) {
        for (const bits of [0x01, 0x20, 0x80, 0xff]) {
          const bytes = Buffer.from(sample)
          bytes[at] = (bytes[at] ?? 0) ^ bits
          refusesByName(parse, bytes)
        }
      }
    }
    expect(parseCertificate(certificate).subject.text).toContain('CN=Kök')
  })

  it('refuses bytes after the certificate', () => {
    expect(() => parseCertificate(Buffer.concat([certificate, Buffer.of(0)]))).toThrow(DerError)
  })

  it('refuses a certificate above its limit unread', () => {
    expect(() => parseCertificate(Buffer.alloc(100_000, 0x30))).toThrow('too large')
  })
})
