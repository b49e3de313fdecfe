import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { boolean, der, integer, oid, sequence, text } from '../../test/support/der-writer.js'
import { DerError } from '../trust/x509/der.js'
import { parseTimestampInfo, type TimestampInfo } from './timestamp-info.js'

const sha256 = '2.16.840.1.101.3.4.2.1'

interface Parts {
  readonly version: Buffer
  readonly digest: string
  readonly serial: Buffer
  readonly time: string
  readonly rest: readonly Buffer[]
}

function info(wish: Partial<Parts> = {}): Buffer {
  const { version = integer(1), digest = sha256, serial = integer(7) } = wish
  const { time = '20260301120000Z', rest = [] } = wish
  const imprint = sequence(sequence(oid(digest)), der(4, Buffer.alloc(32)))
  return sequence(version, oid('1.2.3.4'), imprint, serial, text(0x18, time), ...rest)
}

const parsed = (wish?: Partial<Parts>): TimestampInfo => parseTimestampInfo(info(wish))

describe('what a timestamping authority states (RFC 3161 §2.4.2)', () => {
  it.each([
    ['20260301120000Z', '2026-03-01T12:00:00.000Z'],
    ['20260301120000.5Z', '2026-03-01T12:00:00.500Z'],
    ['20260301120000.1239Z', '2026-03-01T12:00:00.123Z'],
    ['20240229235959.001Z', '2024-02-29T23:59:59.001Z'],
  ])('reads the time %s', (time, expected) => {
    expect(parsed({ time }).time.toISOString()).toBe(expected)
  })

  it.each([
    ...['202603011200Z', '20260301120000', '20260301120000+0400', '20260301120000.Z'],
    ...['20260301120000.50Z', '20260301120000,5Z', '260301120000Z', '20260230120000Z'],
    ...['20260301240000Z', '20260301120060Z', '00000000000000Z'],
  ])('refuses the time %s', (time) => {
    expect(() => parsed({ time })).toThrow(DerError)
  })

  it('adds up how far the time may be off', () => {
    const accuracy = (...parts: readonly Buffer[]) =>
      parsed({ rest: [sequence(...parts)] }).accuracyMs
    expect(parsed().accuracyMs).toBeUndefined()
    expect(accuracy()).toBe(0)
    expect(accuracy(integer(2), der(0x80, Buffer.of(5)), der(0x81, Buffer.of(1)))).toBe(2_006)
    expect(() => accuracy(der(0x80, Buffer.of(0x03, 0xe8)))).toThrow('out of range')
    expect(() => accuracy(integer(0xff))).toThrow('out of range')
  })

  it('reads what else may be there, in its order', () => {
    const name = der(0xa0, der(0x86, Buffer.from('urn:x')))
    const rest = [sequence(integer(1)), boolean(true), integer(0x00, 0xff), name]
    expect(parsed({ rest })).toMatchObject({
      policy: '1.2.3.4',
      imprint: { digest: 'sha256' },
      serial: '07',
      nonce: '00ff',
      authority: { form: 'uri', value: 'urn:x' },
    })
    expect(() => parsed({ rest: rest.toReversed() })).toThrow(DerError)
  })

  it('refuses an extension that matters and is not known', () => {
    const extension = (critical: boolean): Buffer =>
      der(0xa1, sequence(oid('1.2.3'), boolean(critical), der(4, Buffer.of(5, 0))))
    expect(parsed({ rest: [extension(false)] }).serial).toBe('07')
    expect(() => parsed({ rest: [extension(true)] })).toThrow('1.2.3 is unknown')
  })

  it.each([
    ['of another version', { version: integer(2) }],
    ['with a number of more than 160 bits', { serial: integer(...Array<number>(22).fill(0x40)) }],
    ['with a nonce of more than 512 bits', { rest: [integer(...Array<number>(65).fill(0x40))] }],
    ['with something after its end', { rest: [der(4, Buffer.of(1))] }],
  ])('refuses one %s', (_what, wish) => {
    expect(() => parsed(wish)).toThrow(DerError)
  })

  it('reads any bytes, or throws a DerError', () => {
    const whole = info({
      rest: [sequence(integer(1)), integer(5), der(0xa0, der(0x82, Buffer.from('a')))],
    })
    const read = (bytes: Buffer): void => {
      try {
        parseTimestampInfo(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(DerError)
      }
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, octet) => {
        const bytes = Buffer.from(whole)
        bytes[at] = octet
        read(bytes)
        read(bytes.subarray(0, at))
      }),
      { numRuns: 1_000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => read(Buffer.from(bytes))))
  })
})
