import { describe, expect, it } from '@jest/globals'
import {
  der,
  distinguishedName,
  integer,
  oid,
  sequence,
  text,
} from '../../../test/support/der-writer.js'
import { parseRevocationList } from './crl.js'
import { DerError } from './der.js'

const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
const issuer = distinguishedName([['2.5.4.3', 'Kök']])
const time = text(0x17, '260101000000Z')

function listOf(entries: readonly Buffer[], extensions?: Buffer, version = integer(1)): Buffer {
  const revoked = entries.length > 0 ? [sequence(Buffer.concat(entries))] : []
  const tail = extensions ? [der(0xa0, sequence(extensions))] : []
  const tbs = sequence(version, algorithm, issuer, time, time, ...revoked, ...tail)
  return sequence(tbs, algorithm, der(3, Buffer.of(0, 1, 2, 3)))
}

const extension = (id: string, value: Buffer) => sequence(oid(id), der(4, value))

describe('certificate revocation lists (RFC 5280 §5)', () => {
  it('finds entries by the serial number as it is encoded', () => {
    const list = parseRevocationList(
      listOf([sequence(integer(0x00, 0xff), time), sequence(integer(0x7f), time)]),
    )
    expect(list.entryCount).toBe(2)
    expect(list.entry(list.issuer, '00ff')?.revokedAt()).toEqual(new Date('2026-01-01'))
    // 255 is revoked, minus one is not.
    expect(list.entry(list.issuer, 'ff')).toBeUndefined()
  })

  it('reads the reason of an entry (§5.3.1)', () => {
    const reason = sequence(extension('2.5.29.21', der(0x0a, Buffer.of(1))))
    const list = parseRevocationList(listOf([sequence(integer(5), time, reason)]))
    expect(list.entry(list.issuer, '05')?.reason).toBe(1)
  })

  it('stays revoked though its date cannot be read', () => {
    const list = parseRevocationList(listOf([sequence(integer(5), text(0x17, 'never'))]))
    expect(list.entry(list.issuer, '05')).toBeDefined()
    expect(list.entry(list.issuer, '05')?.revokedAt()).toBeUndefined()
  })

  it('refuses a certificate issuer in a list that is not indirect (§5.3.3)', () => {
    const names = sequence(der(0xa4, distinguishedName([['2.5.4.3', 'Başqa']])))
    const entry = sequence(integer(5), time, sequence(extension('2.5.29.29', names)))
    expect(parseRevocationList(listOf([entry])).unknownCriticalExtension).toBe('2.5.29.29')
  })

  it('keeps the certificate issuer of an indirect list for the entries that follow (§5.3.3)', () => {
    const scope = extension('2.5.29.28', sequence(der(0x84, Buffer.of(0xff))))
    const other = distinguishedName([['2.5.4.3', 'Başqa']])
    const named = sequence(extension('2.5.29.29', sequence(der(0xa4, other))))
    const entries = [
      sequence(integer(1), time),
      sequence(integer(2), time, named),
      sequence(integer(3), time),
    ]
    const list = parseRevocationList(listOf(entries, scope))
    const { issuer: own } = list
    expect(['01', '02', '03'].map((serial) => list.entry(own, serial) !== undefined)).toEqual([
      true,
      false,
      false,
    ])
    const foreign = { ...own, key: JSON.stringify(['["2.5.4.3","başqa"]']) }
    expect(list.entry(foreign, '03')).toBeDefined()
  })

  it.each([
    ['an unknown version', () => listOf([], undefined, integer(2))],
    ['bytes after the list', () => Buffer.concat([listOf([]), Buffer.of(0)])],
    ['an entry that is no sequence', () => listOf([integer(1)])],
  ])('refuses %s', (_what, make) => {
    expect(() => parseRevocationList(make())).toThrow(DerError)
  })

  it('reads 100,000 entries in one pass', () => {
    const reason = sequence(extension('2.5.29.21', der(0x0a, Buffer.of(4))))
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      sequence(integer(0x40, index >> 16, (index >> 8) & 0xff, index & 0xff), time, reason),
    )
    const list = parseRevocationList(listOf(entries))
    expect(list.entryCount).toBe(100_000)
    expect(list.entry(list.issuer, '4001869f')?.reason).toBe(4)
  })
})
