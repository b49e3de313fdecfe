import { beforeAll, describe, expect, it } from '@jest/globals'
import { sequence, text, oid, integer } from '../../../test/support/der-writer.js'
import { validated, verdict } from '../../../test/support/paths.js'
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  authorityOf,
  makeAuthority,
  makeShortRsaKeyPair,
  type TestAuthority,
} from '../../../test/support/pki.js'
import { issueIntermediate } from '../issuing/issue-certificate.js'
import { makeKeyPair } from '../issuing/key-pair.js'
import type { PathStep } from './path-context.js'

const day = 86_400_000
const fromNow = (days: number): Date => new Date(Date.now() + days * day)
const extendedKeyUsage = '2.5.29.37'

describe('path validation (RFC 5280 §6.1)', () => {
  let root: TestAuthority
  let middle: TestAuthority

  beforeAll(async () => {
    root = await makeAuthority('Kök')
    middle = await root.subordinate('Aralıq')
  })

  const trust = () => ({ anchors: [root], intermediates: [middle] })

  it('accepts a good chain and says until when', async () => {
    const leaf = await middle.issue({ subject: 'Sistem', notAfter: fromNow(10) })
    const { path, publicKey, validUntil } = validated(leaf, trust())
    expect(path.map((each) => each.subject.text.split('CN=')[1])).toEqual([
      'Sistem',
      'Aralıq',
      'Kök',
    ])
    expect(publicKey.equals(leaf.publicKey)).toBe(true)
    expect(Math.abs(validUntil.getTime() - fromNow(10).getTime())).toBeLessThan(60_000)
  })

  it.each(['rsa-2048', 'p256', 'p384', 'ed25519'] as const)('accepts %s keys', async (keyType) => {
    const anchor = await makeAuthority('Kök', { keyType })
    expect(verdict(await anchor.issue({ keyType }), { anchors: [anchor] })).toBe('accepted')
  })

  it('(a)(1) refuses a certificate whose signature or content was changed', async () => {
    const leaf = await root.issue()
    for (const at of [200, leaf.der.length - 5]) {
      const der = Buffer.from(leaf.der)
      der[at] = (der[at] ?? 0) ^ 1
      expect(verdict({ der }, trust())).not.toBe('accepted')
    }
  })

  it('(a)(1) refuses an authority that has the right name and another key', async () => {
    const impostor = await makeAuthority('Kök')
    expect(verdict(await impostor.issue(), trust())).toMatch(/^bad-signature: .*key of C=AZ/)
  })

  it('(a)(2) refuses what has expired, down to the second', async () => {
    const notAfter = new Date(Math.floor(fromNow(-1).getTime() / 1000) * 1000)
    const leaf = await root.issue({ notBefore: fromNow(-3), notAfter })
    expect(verdict(leaf, trust(), { at: notAfter })).toBe('accepted')
    expect(verdict(leaf, trust(), { at: new Date(notAfter.getTime() + 1) })).toMatch(/^expired/)
  })

  it('(a)(2) refuses what is not valid yet', async () => {
    const leaf = await root.issue({ notBefore: fromNow(1), notAfter: fromNow(2) })
    expect(verdict(leaf, trust())).toMatch(/^not-yet-valid/)
  })

  it('(a)(2) refuses a chain whose intermediate or anchor has expired', async () => {
    const old = { notBefore: fromNow(-3), notAfter: fromNow(-1) }
    const oldMiddle = await root.subordinate('Köhnə', old)
    const oldRoot = await makeAuthority('Köhnə kök', old)
    const chain = { anchors: [root], intermediates: [oldMiddle] }
    expect(verdict(await oldMiddle.issue(), chain)).toMatch(/^expired: .*CN=Köhnə:/)
    expect(verdict(await oldRoot.issue(), { anchors: [oldRoot] })).toMatch(/^expired/)
  })

  it('(a)(4) refuses an unknown issuer and names it', async () => {
    const stranger = await makeAuthority('Yad')
    expect(verdict(await stranger.issue(), trust())).toMatch(/^unknown-issuer: .*CN=Yad\.$/)
  })

  it('does not take an intermediate for an anchor', async () => {
    const leaf = await middle.issue()
    expect(verdict(leaf, { anchors: [], intermediates: [middle, root] })).not.toBe('accepted')
  })

  it('(k) refuses an issuer without the CA flag', async () => {
    const endEntity = await root.issue({ subject: 'Sistem' })
    const forged = await authorityOf(endEntity, endEntity).issue()
    const chain = { anchors: [root], intermediates: [endEntity] }
    expect(verdict(forged, chain)).toMatch(/^not-a-ca: .*CN=Sistem/)
  })

  it('(k) refuses an issuer without basic constraints', async () => {
    const bare = await root.subordinate('Bayraqsız', { without: ['2.5.29.19'] })
    const chain = { anchors: [root], intermediates: [bare] }
    expect(verdict(await bare.issue(), chain)).toMatch(/^not-a-ca/)
  })

  it('(l) refuses more authorities than the path length allows', async () => {
    const last = await root.subordinate('Son', { pathLength: 0 })
    const further = await last.subordinate('Artıq')
    const chain = { anchors: [root], intermediates: [last, further] }
    expect(verdict(await last.issue(), chain)).toBe('accepted')
    expect(verdict(await further.issue(), chain)).toMatch(/^path-length: .*CN=Artıq/)
  })

  it('(l) keeps a path length that the anchor sets (RFC 5937 §3)', async () => {
    const extensions = [new BasicConstraintsExtension(true, 0, true)]
    const short = await makeAuthority('Qısa', { extensions })
    const below = await short.subordinate('Aşağı')
    const chain = { anchors: [short], intermediates: [below] }
    expect(verdict(await short.issue(), chain)).toBe('accepted')
    expect(verdict(await below.issue(), chain)).toMatch(/^path-length/)
  })

  it('(n) refuses an issuer whose key usage lacks keyCertSign', async () => {
    const extensions = [new KeyUsagesExtension(KeyUsageFlags.cRLSign, true)]
    const mute = await root.subordinate('Siyahıçı', { extensions })
    const chain = { anchors: [root], intermediates: [mute] }
    expect(verdict(await mute.issue(), chain)).toMatch(/^key-usage: .*keyCertSign/)
  })

  it('(o) refuses an unknown critical extension, on the end entity and above', async () => {
    const extensions = [new Extension('1.3.6.1.4.1.55555.1', true, Buffer.of(5, 0))]
    expect(verdict(await root.issue({ extensions }), trust())).toMatch(
      /^unknown-critical-extension: .*1\.3\.6\.1\.4\.1\.55555\.1/,
    )
    const odd = await root.subordinate('Qəribə', { extensions })
    const chain = { anchors: [root], intermediates: [odd] }
    expect(verdict(await odd.issue(), chain)).toMatch(/^unknown-critical-extension: .*CN=Qəribə/)
    const harmless = [new Extension('1.3.6.1.4.1.55555.1', false, Buffer.of(5, 0))]
    expect(verdict(await root.issue({ extensions: harmless }), trust())).toBe('accepted')
  })

  it('refuses an end entity outside the name constraints, and one inside passes (§4.2.1.10)', async () => {
    const dns = sequence(text(0x82, 'gov.az'))
    const permitted = Buffer.concat([Buffer.of(0xa0, dns.length), dns])
    const extensions = [new Extension('2.5.29.30', true, sequence(permitted))]
    const narrow = await root.subordinate('Dar', { extensions })
    const chain = { anchors: [root], intermediates: [narrow] }
    const named = (name: string) =>
      narrow.issue({ extensions: [new Extension('2.5.29.17', false, sequence(text(0x82, name)))] })
    expect(verdict(await named('vn.gov.az'), chain)).toBe('accepted')
    expect(verdict(await named('vn-gov.az'), chain)).toMatch(/^name-constraint: .*DNS name/)
  })

  it('refuses a path without a valid policy where one is required (§6.1.3 (f))', async () => {
    const policy = (dotted: string) =>
      new Extension('2.5.29.32', false, sequence(sequence(oid(dotted))))
    const required = new Extension(
      '2.5.29.36',
      true,
      sequence(Buffer.concat([Buffer.of(0x80, 1, 0)])),
    )
    const strict = await root.subordinate('Ciddi', {
      extensions: [policy('1.3.6.1.4.1.55555.2'), required],
    })
    const chain = { anchors: [root], intermediates: [strict] }
    const good = await strict.issue({ extensions: [policy('1.3.6.1.4.1.55555.2')] })
    const bad = await strict.issue({ extensions: [policy('1.3.6.1.4.1.55555.3')] })
    expect([...validated(good, chain).policies]).toEqual(['1.3.6.1.4.1.55555.2'])
    expect(verdict(bad, chain)).toMatch(/^policy/)
  })
})

describe('the search for a path', () => {
  it('goes over a cross certificate to the anchor that is trusted', async () => {
    const old = await makeAuthority('Köhnə')
    const fresh = await makeAuthority('Yeni')
    const cross = await issueIntermediate(
      {
        subject: [
          ['C', 'AZ'],
          ['O', 'Sınaq'],
          ['CN', 'Yeni'],
        ],
        notBefore: fromNow(-1),
        notAfter: fromNow(1),
      },
      fresh.publicKey,
      { certificate: old, privateKey: old.privateKey },
    )
    const leaf = await fresh.issue()
    expect(verdict(leaf, { anchors: [old], intermediates: [cross] })).toBe('accepted')
    expect(verdict(leaf, { anchors: [old, fresh], intermediates: [cross] })).toBe('accepted')
  })

  it('ends although cross certificates lead round in a circle', async () => {
    const [one, two] = [await makeAuthority('Bir'), await makeAuthority('İki')]
    const crossed = async (of: TestAuthority, name: string, by: TestAuthority) =>
      issueIntermediate(
        {
          subject: [
            ['C', 'AZ'],
            ['O', 'Sınaq'],
            ['CN', name],
          ],
          notBefore: fromNow(-1),
          notAfter: fromNow(1),
        },
        of.publicKey,
        { certificate: by, privateKey: by.privateKey },
      )
    const intermediates = [await crossed(one, 'Bir', two), await crossed(two, 'İki', one)]
    const stranger = await makeAuthority('Yad')
    const leaf = await one.issue()
    expect(verdict(leaf, { anchors: [stranger], intermediates })).not.toBe('accepted')
    expect(verdict(leaf, { anchors: [two], intermediates })).toBe('accepted')
  })

  it('gives up on a mesh of authorities within its budget', async () => {
    const keys = await makeKeyPair('p256')
    const meshed: { der: Buffer }[] = []
    // Every authority has the same name and key identifiers, so each seems to issue the other.
    const authorities = await Promise.all(Array.from({ length: 7 }, () => makeAuthority('Tor')))
    for (const below of authorities) {
      for (const above of authorities) {
        const terms = { notBefore: fromNow(-1), notAfter: fromNow(1) }
        const subject = [
          ['C', 'AZ'],
          ['O', 'Sınaq'],
          ['CN', 'Tor'],
        ] as const
        const issuer = { certificate: above, privateKey: above.privateKey }
        meshed.push(await issueIntermediate({ subject, ...terms }, below.publicKey, issuer))
      }
    }
    const leaf = await authorities[0]!.issue({ keyPair: keys })
    const anchor = await makeAuthority('Başqa')
    expect(verdict(leaf, { anchors: [anchor], intermediates: meshed })).toMatch(/^too-complex/)
  })

  it('refuses a path longer than its limit', async () => {
    const root = await makeAuthority('Kök')
    const chain: TestAuthority[] = []
    let last = root
    for (let depth = 1; depth <= 9; depth += 1)
      chain.push((last = await last.subordinate(`A${depth}`)))
    const [eighth, ninth] = chain.slice(-2)
    const trust = { anchors: [root], intermediates: chain }
    expect(verdict(await eighth!.issue(), trust)).toBe('accepted')
    expect(verdict(await ninth!.issue(), trust)).not.toBe('accepted')
  })

  it('tells every check it made', async () => {
    const root = await makeAuthority('Kök')
    const steps: PathStep[] = []
    validated(await root.issue(), { anchors: [root] }, { onStep: (step) => steps.push(step) })
    expect(steps.map(({ section }) => section)).toEqual(
      expect.arrayContaining(['6.1.3 (a)(1)', '6.1.3 (a)(2)', '6.1.3 (b)', '6.1.4 (k)', '4.2.1.3']),
    )
    expect(steps.every(({ text: sentence }) => sentence.endsWith('.'))).toBe(true)
  })
})

describe('algorithm policy of the bus', () => {
  it('refuses RSA keys below 2048 bits, of the end entity and of an authority', async () => {
    const root = await makeAuthority('Kök')
    const keyPair = makeShortRsaKeyPair()
    const weak = await root.subordinate('Zəif', { keyPair })
    expect(verdict(await root.issue({ keyPair }), { anchors: [root] })).toMatch(
      /^algorithm-forbidden: .*1024 bits/,
    )
    const chain = { anchors: [root], intermediates: [weak] }
    expect(verdict(await weak.issue(), chain)).toMatch(/^algorithm-forbidden: .*CN=Zəif/)
  })

  it('refuses a SHA-1 signature by name', async () => {
    const root = await makeAuthority('Kök', { keyType: 'rsa-2048' })
    const leaf = await root.issue({ hash: 'SHA-1' as 'SHA-256' })
    expect(verdict(leaf, { anchors: [root] })).toMatch(/^algorithm-forbidden: .*RSA with SHA-1/)
  })

  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('accepts RSA with %s', async (hash) => {
    const root = await makeAuthority('Kök', { keyType: 'rsa-2048' })
    expect(verdict(await root.issue({ hash }), { anchors: [root] })).toBe('accepted')
  })
})

describe('what a message may be signed with', () => {
  let root: TestAuthority

  beforeAll(async () => {
    root = await makeAuthority('Kök')
  })

  it('refuses an authority as a signer', async () => {
    const authority = await root.subordinate('Aralıq')
    expect(verdict(authority, { anchors: [root] })).toMatch(/^key-usage: .*an authority/)
    expect(verdict(authority, { anchors: [root] }, { purpose: 'any' })).toBe('accepted')
  })

  it('refuses a key usage without digitalSignature, and none at all passes (§4.2.1.3)', async () => {
    const extensions = [new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)]
    expect(verdict(await root.issue({ extensions }), { anchors: [root] })).toMatch(
      /^key-usage: .*digitalSignature/,
    )
    const without = ['2.5.29.15']
    expect(verdict(await root.issue({ without }), { anchors: [root] })).toBe('accepted')
  })

  it('accepts nonRepudiation alone, as e-signature certificates have it (§4.2.1.3)', async () => {
    const extensions = [new KeyUsagesExtension(KeyUsageFlags.nonRepudiation, true)]
    expect(verdict(await root.issue({ extensions }), { anchors: [root] })).toBe('accepted')
  })

  it('refuses a key that is for something else only (§4.2.1.12)', async () => {
    const purpose = (dotted: string) => [
      new Extension(extendedKeyUsage, false, sequence(oid(dotted))),
    ]
    const timeStamping = await root.issue({ extensions: purpose('1.3.6.1.5.5.7.3.8') })
    expect(verdict(timeStamping, { anchors: [root] })).toMatch(/^key-usage: .*time stamps/)
    const clientAuth = await root.issue({ extensions: purpose('1.3.6.1.5.5.7.3.2') })
    expect(verdict(clientAuth, { anchors: [root] })).toBe('accepted')
    const without = [extendedKeyUsage]
    expect(verdict(await root.issue({ without }), { anchors: [root] })).toBe('accepted')
  })
})

describe('malformed extensions', () => {
  it('refuses a certificate that says an extension twice (§4.2)', async () => {
    const root = await makeAuthority('Kök')
    const value = new Extension('1.3.6.1.4.1.55555.9', false, integer(1))
    const leaf = await root.issue({ extensions: [value, value] })
    expect(() => validated(leaf, { anchors: [root] })).toThrow('is there twice')
  })
})
