import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  boolean,
  der,
  distinguishedName,
  integer,
  sequence,
} from '../../../test/support/der-writer.js'
import { validated, verdict } from '../../../test/support/paths.js'
import {
  authorityOf,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  makeAuthority,
  type TestAuthority,
  type TestIdentity,
} from '../../../test/support/pki.js'
import { issueEndEntity } from '../issuing/issue-certificate.js'

const day = 86_400_000
const fromNow = (days: number): Date => new Date(Date.now() + days * day)
const issuingDistributionPoint = (...fields: Buffer[]) =>
  new Extension('2.5.29.28', true, sequence(...fields))
const deltaIndicator = (base: number) => new Extension('2.5.29.27', true, integer(base))

describe('revocation lists (RFC 5280 §6.3)', () => {
  let root: TestAuthority
  let middle: TestAuthority
  let leaf: TestIdentity
  let empty: Buffer

  beforeAll(async () => {
    root = await makeAuthority('Kök')
    middle = await root.subordinate('Aralıq')
    leaf = await middle.issue({ subject: 'Sistem' })
    empty = await root.revocationList()
  })

  const ask = (...lists: Buffer[]): string =>
    verdict(leaf, { anchors: [root], intermediates: [middle], lists, revocation: 'crl' })

  it('accepts with a current list of every authority, and only until the first runs out', async () => {
    const nextUpdate = fromNow(2)
    const lists = [empty, await middle.revocationList([], { nextUpdate })]
    const { validUntil } = validated(leaf, { anchors: [root], intermediates: [middle], lists })
    expect(Math.abs(validUntil.getTime() - nextUpdate.getTime())).toBeLessThan(1_000)
  })

  it('refuses a revoked end entity', async () => {
    const list = await middle.revocationList([leaf.serialNumber])
    expect(ask(empty, list)).toMatch(/^revoked: .*CN=Sistem/)
  })

  it('refuses a revoked intermediate', async () => {
    const list = await root.revocationList([middle.serialNumber])
    expect(ask(list, await middle.revocationList())).toMatch(/^revoked: .*CN=Aralıq/)
  })

  it('fails closed without a list of one of the authorities', async () => {
    expect(ask()).toMatch(/^revocation-unknown: .*no revocation list/)
    expect(ask(empty)).toMatch(/^revocation-unknown: .*CN=Sistem/)
    expect(ask(await middle.revocationList())).toMatch(/^revocation-unknown: .*CN=Aralıq/)
  })

  it('checks nothing where the authority is set to none', async () => {
    const lists = [await middle.revocationList([leaf.serialNumber])]
    const trust = { anchors: [root], intermediates: [middle], lists }
    expect(verdict(leaf, { ...trust, revocation: 'none' })).toBe('accepted')
  })

  it('refuses a list that ran out', async () => {
    const stale = await middle.revocationList([], {
      thisUpdate: fromNow(-3),
      nextUpdate: fromNow(-1),
    })
    expect(ask(empty, stale)).toMatch(/^revocation-unknown: .*ran out/)
  })

  it('refuses a list of the future', async () => {
    const early = await middle.revocationList([], {
      thisUpdate: fromNow(1),
      nextUpdate: fromNow(2),
    })
    expect(ask(empty, early)).toMatch(/^revocation-unknown: .*not valid before/)
  })

  it('refuses a list that another key signed in the name of the authority', async () => {
    const impostor = await makeAuthority('Aralıq')
    expect(ask(empty, await impostor.revocationList())).toMatch(/^revocation-unknown: .*not signed/)
  })

  it('passes over a forged list where a good one is there', async () => {
    const impostor = await makeAuthority('Aralıq')
    const forged = await impostor.revocationList([leaf.serialNumber], { thisUpdate: fromNow(-0.1) })
    expect(ask(empty, forged, await middle.revocationList())).toBe('accepted')
  })

  it('goes by the newest of several current lists', async () => {
    const older = await middle.revocationList([], { thisUpdate: fromNow(-2) })
    const newer = await middle.revocationList([leaf.serialNumber], {
      thisUpdate: fromNow(-1),
      number: 2,
    })
    expect(ask(empty, older, newer)).toMatch(/^revoked/)
    expect(ask(empty, newer, older)).toMatch(/^revoked/)
  })

  it('refuses a list signed with SHA-1', async () => {
    const rsa = await makeAuthority('Kök', { keyType: 'rsa-2048' })
    const lists = [await rsa.revocationList([], { hash: 'SHA-1' as 'SHA-256' })]
    expect(verdict(await rsa.issue(), { anchors: [rsa], lists })).toMatch(
      /^revocation-unknown: .*RSA with SHA-1/,
    )
  })

  it('(f) refuses a list of an authority whose key usage lacks cRLSign', async () => {
    const extensions = [new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)]
    const mute = await root.subordinate('Siyahısız', { extensions })
    const lists = [empty, await mute.revocationList()]
    const trust = { anchors: [root], intermediates: [mute], lists }
    expect(verdict(await mute.issue(), trust)).toMatch(/^revocation-unknown: .*cRLSign/)
  })

  it('does not use a list with an unknown critical extension (§5.2)', async () => {
    const extensions = [new Extension('1.3.6.1.4.1.55555.1', true, Buffer.of(5, 0))]
    const list = await middle.revocationList([], { extensions })
    expect(ask(empty, list)).toMatch(/^revocation-unknown: .*unknown/)
  })

  it('(b)(2) keeps to the kinds of certificates that a list is for', async () => {
    const [flag, yes] = [boolean(true).subarray(2), Buffer.of(0xff)]
    expect(flag).toEqual(yes)
    const only = (field: number) => ({
      extensions: [issuingDistributionPoint(der(0x80 | field, yes))],
    })
    const userOnly = await middle.revocationList([], only(1))
    const caOnly = await middle.revocationList([], only(2))
    const attributeOnly = await middle.revocationList([], only(5))
    expect(ask(empty, userOnly)).toBe('accepted')
    expect(ask(empty, caOnly)).toMatch(/^revocation-unknown: .*authorities only/)
    expect(ask(empty, attributeOnly)).toMatch(/^revocation-unknown: .*attribute certificates/)
    const rootUserOnly = await root.revocationList([], only(1))
    expect(ask(rootUserOnly, userOnly)).toMatch(/^revocation-unknown: .*CN=Aralıq/)
  })

  it('(d), (e) wants lists for every reason', async () => {
    const some = (...octets: number[]) => ({
      extensions: [issuingDistributionPoint(der(0x83, Buffer.from(octets)))],
    })
    const compromise = await middle.revocationList([], some(5, 0b0110_0000))
    const others = await middle.revocationList(
      [leaf.serialNumber],
      some(7, 0b0001_1111, 0b1000_0000),
    )
    expect(ask(empty, compromise)).toMatch(/^revocation-unknown/)
    expect(ask(empty, compromise, others)).toMatch(/^revoked/)
  })

  it('(c) lets a delta list add and take back revocations', async () => {
    const held = await middle.revocationList([leaf.serialNumber], { number: 5 })
    const clean = await middle.revocationList([], { number: 5 })
    const revokedAt = fromNow(-1)
    const { serialNumber } = leaf
    const delta = (
      revocations: { serialNumber: string; revokedAt: Date; reason?: 'removeFromCRL' }[],
    ) => middle.revocationList([], { number: 6, extensions: [deltaIndicator(5)], revocations })
    expect(ask(empty, clean, await delta([{ serialNumber, revokedAt }]))).toMatch(/^revoked/)
    const removal = await delta([{ serialNumber, revokedAt, reason: 'removeFromCRL' }])
    expect(ask(empty, held, removal)).toBe('accepted')
  })

  it('(c) does not take a delta list for a complete one', async () => {
    const delta = await middle.revocationList([], { number: 6, extensions: [deltaIndicator(5)] })
    expect(ask(empty, delta)).toMatch(/^revocation-unknown/)
  })
})

describe('lists of another issuer (RFC 5280 §6.3.3 (b)(1), (f))', () => {
  const name = (commonName: string) =>
    distinguishedName([
      ['2.5.4.6', 'AZ', 0x13],
      ['2.5.4.10', 'Sınaq'],
      ['2.5.4.3', commonName],
    ])
  const directory = (commonName: string) => der(0xa4, name(commonName))
  // One distribution point that says who else issues the list.
  const issuedBy = (commonName: string) =>
    new Extension('2.5.29.31', false, sequence(sequence(der(0xa2, directory(commonName)))))
  const indirect = issuingDistributionPoint(
    der(0xa0, der(0xa0, directory('Siyahıçı'))),
    der(0x84, Buffer.of(0xff)),
  )

  const setUp = async (extensions: Extension[] = []) => {
    const root = await makeAuthority('Kök')
    const usage = new KeyUsagesExtension(KeyUsageFlags.cRLSign, true)
    const issuer = await root.issue({ subject: 'Siyahıçı', extensions: [usage, ...extensions] })
    const leaf = await root.issue({ subject: 'Sistem', extensions: [issuedBy('Siyahıçı')] })
    return { root, issuer, leaf, signer: authorityOf(issuer, issuer) }
  }

  it('accepts an indirect list of an issuer with a path of its own', async () => {
    const { root, issuer, leaf, signer } = await setUp()
    const lists = [
      await signer.revocationList([], { extensions: [indirect] }),
      await root.revocationList(),
    ]
    expect(verdict(leaf, { anchors: [root], intermediates: [issuer], lists })).toBe('accepted')
  })

  it('does not believe a list whose issuer is revoked', async () => {
    const { root, issuer, leaf, signer } = await setUp()
    const lists = [
      await signer.revocationList([], { extensions: [indirect] }),
      await root.revocationList([issuer.serialNumber], {
        extensions: [issuingDistributionPoint(der(0x83, Buffer.of(5, 0b0110_0000)))],
      }),
    ]
    expect(verdict(leaf, { anchors: [root], intermediates: [issuer], lists })).toMatch(
      /^revocation-unknown: .*Siyahıçı, is refused: It was revoked/,
    )
  })

  it('lets no issuer of lists vouch for itself', async () => {
    const { root, issuer, leaf, signer } = await setUp([issuedBy('Siyahıçı')])
    const lists = [await signer.revocationList([], { extensions: [indirect] })]
    expect(verdict(leaf, { anchors: [root], intermediates: [issuer], lists })).toMatch(
      /^revocation-unknown: .*vouch for itself/,
    )
  })

  it('does not believe a list of an end entity that may not sign lists', async () => {
    const root = await makeAuthority('Kök')
    const rogue = await root.issue({ subject: 'Siyahıçı' })
    const leaf = await root.issue({ subject: 'Sistem', extensions: [issuedBy('Siyahıçı')] })
    const lists = [await authorityOf(rogue, rogue).revocationList([], { extensions: [indirect] })]
    expect(verdict(leaf, { anchors: [root], intermediates: [rogue], lists })).toMatch(
      /^revocation-unknown: .*cRLSign/,
    )
  })

  it('(b)(1) wants a list of another issuer to be marked indirect', async () => {
    const { root, issuer, leaf, signer } = await setUp()
    const lists = [await signer.revocationList()]
    expect(verdict(leaf, { anchors: [root], intermediates: [issuer], lists })).toMatch(
      /^revocation-unknown: .*not an indirect one/,
    )
  })

  it('accepts a list signed by an authority that renewed its key (§4.2.1.1)', async () => {
    const root = await makeAuthority('Kök')
    const old = await root.subordinate('Aralıq')
    const renewed = await root.subordinate('Aralıq')
    const issued = await issueEndEntity(
      { subject: [['CN', 'Sistem']], notBefore: fromNow(-1), notAfter: fromNow(1) },
      old.publicKey,
      { certificate: old, privateKey: old.privateKey },
    )
    const lists = [await root.revocationList(), await renewed.revocationList()]
    expect(verdict(issued, { anchors: [root], intermediates: [old, renewed], lists })).toBe(
      'accepted',
    )
  })
})
