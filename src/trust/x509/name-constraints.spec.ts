import { describe, expect, it } from '@jest/globals'
import {
  der,
  distinguishedName,
  integer,
  sequence,
  text,
} from '../../../test/support/der-writer.js'
import type { Certificate } from './certificate.js'
import { readNameConstraints } from './certificate-extensions.js'
import { DerReader } from './der.js'
import { extensionIds } from './extensions.js'
import { generalNameOf } from './general-name.js'
import { NameConstraintState } from './name-constraints.js'
import { readName } from './name.js'

const dns = (value: string) => text(0x82, value)
const email = (value: string) => text(0x81, value)
const uri = (value: string) => text(0x86, value)
const ip = (...octets: number[]) => der(0x87, Buffer.from(octets))
const directory = (...parts: Parameters<typeof distinguishedName>[0]) =>
  der(0xa4, distinguishedName(parts))

function stateOf(...extensions: { permitted?: Buffer[]; excluded?: Buffer[] }[]) {
  const state = new NameConstraintState()
  for (const { permitted, excluded } of extensions) {
    const list = (tag: number, bases?: Buffer[]) =>
      bases ? [der(tag, ...bases.map((base) => sequence(base)))] : []
    const value = sequence(...list(0xa0, permitted), ...list(0xa1, excluded))
    state.add(
      readNameConstraints(new Map([[extensionIds.nameConstraints, { critical: true, value }]])),
    )
  }
  return state
}

/** What matters of a certificate here: its names. */
function named(alternative: Buffer[], subject: Parameters<typeof distinguishedName>[0] = []) {
  return {
    subject: readName(new DerReader(distinguishedName(subject))),
    subjectAltNames: alternative.map((name) => generalNameOf(new DerReader(name).next())),
  } as unknown as Certificate
}

const permits = (base: Buffer, name: Buffer): boolean =>
  stateOf({ permitted: [base] }).refuses(named([name])) === undefined
const excludes = (base: Buffer, name: Buffer): boolean =>
  stateOf({ excluded: [base] }).refuses(named([name])) !== undefined

describe('name constraints (RFC 5280 §4.2.1.10)', () => {
  it.each([
    [dns('gov.az'), dns('gov.az'), true],
    [dns('gov.az'), dns('VN.GOV.AZ'), true],
    [dns('gov.az'), dns('vn-gov.az'), false],
    [dns('gov.az'), dns('gov.az.example'), false],
    [email('gov.az'), email('a@gov.az'), true],
    [email('gov.az'), email('a@vn.gov.az'), false],
    [email('.gov.az'), email('a@vn.gov.az'), true],
    [email('.gov.az'), email('a@gov.az'), false],
    [email('a@gov.az'), email('a@GOV.az'), true],
    [email('a@gov.az'), email('A@gov.az'), false],
    [email('gov.az'), email('gov.az'), false],
    [uri('gov.az'), uri('https://gov.az/x'), true],
    [uri('gov.az'), uri('https://vn.gov.az:8443/'), false],
    [uri('.gov.az'), uri('https://user@vn.gov.az:8443/?q'), true],
    [uri('.gov.az'), uri('https://evil.example/@vn.gov.az'), false],
    [uri('.gov.az'), uri('urn:gov.az'), false],
    [uri('.gov.az'), uri('https://10.0.0.1/'), false],
    [ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 1, 2, 3), true],
    [ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 2, 2, 3), false],
    [ip(10, 1, 0, 0, 255, 255, 0, 0), ip(1, 2), false],
    [directory(['2.5.4.6', 'AZ']), directory(['2.5.4.6', 'AZ'], ['2.5.4.3', 'x']), true],
    [directory(['2.5.4.6', 'AZ']), directory(['2.5.4.6', 'TR']), false],
  ])('permitted subtree %#', (base, name, expected) => {
    expect(permits(base, name)).toBe(expected)
  })

  it('excludes a name that it cannot read, rather than let it pass', () => {
    expect(excludes(uri('.gov.az'), uri('urn:anything'))).toBe(true)
    expect(excludes(email('gov.az'), email('nobody'))).toBe(true)
    expect(excludes(ip(10, 1, 0, 0, 255, 255, 0, 0), ip(1, 2))).toBe(true)
    expect(excludes(dns('gov.az'), dns('vn.gov.az'))).toBe(true)
    expect(excludes(dns('gov.az'), dns('example.az'))).toBe(false)
  })

  it('leaves names of other forms alone', () => {
    expect(permits(dns('gov.az'), email('a@example.az'))).toBe(true)
  })

  it('wants a name to lie in a subtree of every extension on the path', () => {
    const state = stateOf({ permitted: [dns('gov.az')] }, { permitted: [dns('vn.gov.az')] })
    expect(state.refuses(named([dns('a.vn.gov.az')]))).toBeUndefined()
    expect(state.refuses(named([dns('dim.gov.az')]))).toContain('outside')
  })

  it('binds the subject and the e-mail addresses in it', () => {
    const state = stateOf({ permitted: [directory(['2.5.4.6', 'AZ']), email('gov.az')] })
    const address = (value: string) => ['1.2.840.113549.1.9.1', value, 0x16] as const
    expect(state.refuses(named([], [['2.5.4.6', 'AZ'], address('a@gov.az')]))).toBeUndefined()
    expect(state.refuses(named([], [['2.5.4.6', 'AZ'], address('a@x.az')]))).toContain('e-mail')
    expect(state.refuses(named([], [['2.5.4.6', 'TR']]))).toContain('name')
    expect(state.refuses(named([]))).toBeUndefined()
  })

  it('refuses names of a form whose constraint it cannot process', () => {
    const other = der(0xa0, integer(1))
    expect(permits(other, der(0xa0, integer(1)))).toBe(false)
    expect(permits(other, dns('gov.az'))).toBe(true)
    const state = new NameConstraintState()
    const withMinimum = sequence(der(0xa0, sequence(dns('gov.az'), der(0x80, Buffer.of(1)))))
    const value = { critical: true, value: withMinimum }
    state.add(readNameConstraints(new Map([[extensionIds.nameConstraints, value]])))
    expect(state.refuses(named([dns('vn.gov.az')]))).toContain('minimum')
  })

  it('limits the comparisons of one path', () => {
    const state = stateOf({ permitted: Array.from({ length: 1_000 }, () => dns('gov.az')) })
    const names = Array.from({ length: 300 }, () => dns('vn.gov.az'))
    expect(state.refuses(named(names))).toContain('too many')
  })
})
