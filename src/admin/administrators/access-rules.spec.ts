import { describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { TOTP } from 'otpauth'
import type { MemberId } from '../../exchange/identifier.js'
import { addressText, countedAddress } from '../sessions/network-address.js'
import { newToken, tokenHash } from '../sessions/session-token.js'
import { firstGap, leavesNoOperator, mayAdminister, mayGrant, type Granter } from './granting.js'
import { personsCsv } from './persons-csv.js'
import { seal, unseal } from './sealed.js'
import { newRecoveryCodes, newTotpSecret, recoveryCodeHash, totpStepOf } from './totp.js'

const police = 'AZ/GOV/DIN' as MemberId
const chief: Granter = {
  ...{ administratorId: 'chief', isOperator: false, members: [police], domains: [] },
}

describe('who may grant what', () => {
  it('is what a member’s administrator has itself, to its own people', () => {
    const own = { id: 'a', member: police }
    const role = { role: 'MEMBER_ADMIN', scope: police } as const
    expect(mayGrant(chief, role, own)).toBe(true)
    expect(mayGrant(chief, role, { id: 'a', member: undefined })).toBe(false)
    expect(mayGrant(chief, { role: 'OPERATOR', scope: undefined }, own)).toBe(false)
    expect(mayGrant(chief, { role: 'FOUNDER_ADMIN', scope: police }, own)).toBe(false)
  })

  it('bounds whose account may be changed: whoever sets a password could act in that role', () => {
    const own = { id: 'a', member: police }
    expect(mayAdminister(chief, own, [{ role: 'MEMBER_ADMIN', scope: police }])).toBe(true)
    expect(mayAdminister(chief, own, [{ role: 'SECURITY', scope: undefined }])).toBe(false)
    expect(mayAdminister(chief, own, [{ role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' }])).toBe(false)
  })
})

describe('a bus without an operator', () => {
  const day = (number: number): Date => new Date(Date.UTC(2026, 0, number))
  const term = (from: number, until?: number) => ({
    from: day(from),
    until: until === undefined ? undefined : day(until),
  })

  it.each([
    [[], 5],
    [[term(1)], undefined],
    [[term(1, 10)], 10],
    [[term(1, 10), term(10)], undefined],
    [[term(1, 10), term(11)], 10],
    [[term(6)], 5],
    [[term(1, 7), term(2, 9), term(3, 8)], 9],
    [[term(8), term(1, 9)], undefined],
    [[term(1, 3)], 5],
  ])('%#: begins where the terms leave a gap', (terms, gap) => {
    expect(firstGap(terms, day(5))).toEqual(gap === undefined ? undefined : day(gap))
  })

  it('is refused where a change makes it, or brings it nearer', () => {
    expect(leavesNoOperator([term(1)], [term(1, 10)], day(5))).toBe(true)
    expect(leavesNoOperator([term(1, 20)], [term(1, 10)], day(5))).toBe(true)
    expect(leavesNoOperator([term(1, 10)], [term(1, 10)], day(5))).toBe(false)
    expect(leavesNoOperator([term(1, 10)], [term(1, 10), term(10)], day(5))).toBe(false)
  })
})

describe('one-time codes', () => {
  const secret = newTotpSecret('leyla', 'Sluice')
  const now = new Date('2026-06-15T08:00:10Z')

  it('are those of any authenticator that reads the address', () => {
    const { searchParams, pathname, protocol } = new URL(secret.url)
    expect({ protocol, pathname }).toEqual({ protocol: 'otpauth:', pathname: '/Sluice:leyla' })
    const device = new TOTP({ secret: searchParams.get('secret') ?? '' })
    const step = Math.floor(now.getTime() / 30_000)
    for (const away of [-2, -1, 0, 1, 2]) {
      const code = device.generate({ timestamp: now.getTime() + away * 30_000 })
      const expected = Math.abs(away) <= 1 ? step + away : undefined
      expect(totpStepOf(secret.bytes, code, now)).toBe(expected)
    }
  })

  it.each(['', '12345', '1234567', '12345a', ' 123456', '١٢٣٤٥٦'])('are not %j', (code) => {
    expect(totpStepOf(secret.bytes, code, now)).toBeUndefined()
  })

  it('have recovery codes of 80 bits, which one may write as one likes', () => {
    const [code = ''] = newRecoveryCodes()
    expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)
    const written = code.toLowerCase().replaceAll('-', ' ')
    expect(recoveryCodeHash('a', written)).toEqual(recoveryCodeHash('a', code))
    expect(recoveryCodeHash('b', code)).not.toEqual(recoveryCodeHash('a', code))
    expect(recoveryCodeHash('a', code.slice(1))).toBeUndefined()
  })
})

describe('what is sealed', () => {
  const key = randomBytes(32)

  it('opens by its key, for its purpose, unchanged, and not otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(), fc.nat(7), (content, at, bit) => {
        const sealed = seal(key, 'totp a', content)
        expect(unseal(key, 'totp a', sealed).equals(content)).toBe(true)
        expect(() => unseal(key, 'totp b', sealed)).toThrow()
        expect(() => unseal(randomBytes(32), 'totp a', sealed)).toThrow()
        const changed = Buffer.from(sealed)
        changed.writeUInt8(changed.readUInt8(at % changed.length) ^ (1 << bit), at % changed.length)
        expect(() => unseal(key, 'totp a', changed)).toThrow()
        expect(() => unseal(key, 'totp a', sealed.subarray(0, at % sealed.length))).toThrow()
      }),
      { numRuns: 50 },
    )
  })
})

describe('a token', () => {
  it('is random, and known by its hash alone', () => {
    expect(newToken()).not.toBe(newToken())
    expect(tokenHash(newToken())).toHaveLength(32)
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tokenHash(text) === undefined).toBe(!/^[\w-]{43}$/.test(text))
      }),
    )
  })
})

describe('a network address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3', '10.1.2.3'],
    ['2001:DB8::1', '2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '::1', '0:0:0:0::/64'],
    ['', 'unknown', 'unknown'],
  ])('%j has one form, and counts with its network', (remote, text, counted) => {
    expect(addressText(remote)).toBe(text)
    expect(countedAddress(text)).toBe(counted)
  })
})

describe('the table of responsible persons', () => {
  it('has one field for one value, and no formula for a spreadsheet', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const nothing = { post: null, email: null, phone: null, login: null, from: null }
        const row = {
          member: police,
          kind: 'responsible',
          name,
          ...nothing,
          confirmedAt: null,
        } as const
        const csv = personsCsv([row])
        const [head = ''] = csv.split('\r\n')
        expect(csv.endsWith(',,,,,,\r\n')).toBe(true)
        const field = csv.slice(head.length + `\r\n${police},responsible,`.length, -8)
        const text = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
        expect([name, `'${name}`]).toContain(text)
        expect(/^[=+\-@\t\r]/.test(text) && !/^\+?[\d ()-]+$/.test(text)).toBe(false)
      }),
    )
  })
})
