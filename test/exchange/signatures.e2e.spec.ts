import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createSigner } from 'http-message-signatures'
import { makeAuthority, makeShortRsaKeyPair, type TestIdentity } from '../support/pki.js'
import { withoutSignature, type Answer, type SignedCall } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { signedByOthers } from '../support/whole-bus-foreign.js'
import { authorityName, sampleMember, sampleRight } from '../support/whole-bus-sample.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

const dayMs = 86_400_000
const minuteMs = 60_000

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

/** Registers one more certificate for the portal's system. */
async function registered(identity: TestIdentity): Promise<TestIdentity> {
  await bus.registry.change(subsystems.portal, { certificates: [{ pem: identity.pem }] })
  return identity
}

describe('R-081: the certificate belongs to the named system', () => {
  it('another member’s valid certificate: CERT_SENDER_MISMATCH', async () => {
    const answer = await bus.portal.call({ credentials: bus.identities.personnel })
    await expectRefused(bus, answer, 'CERT_SENDER_MISMATCH', { status: 403 })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('the certificate of a provider’s system is no consumer’s either', async () => {
    const answer = await bus.portal.call({ credentials: bus.identities.taxes })
    await expectRefused(bus, answer, 'CERT_SENDER_MISMATCH')
  })
})

describe('R-082: what is not signed by a registered, valid certificate is refused', () => {
  it('unsigned, altered, expired, revoked, unknown: five faults, five records, nothing delivered', async () => {
    const expired = await registered(
      await bus.authority.issue({ notAfter: new Date(Date.now() - dayMs / 2) }),
    )
    const stranger = await makeAuthority('Yad kök')
    const foreign = await registered(await stranger.issue())
    const revoked = await registered(await bus.authority.issue())
    await bus.registry.change(subsystems.portal, {
      certificates: [{ thumbprint: revoked.thumbprint, status: 'revoked' }],
    })
    const good = bus.portal.sign()
    const altered = { ...good, payload: Buffer.from('{"fin":"0TEST02"}') }
    const calls: readonly (readonly [string, SignedCall])[] = [
      ['SIGNATURE_MISSING', withoutSignature(good)],
      ['SIGNATURE_INVALID', altered],
      ['CERT_EXPIRED', bus.portal.sign({ credentials: expired })],
      ['CERT_REVOKED', bus.portal.sign({ credentials: revoked })],
      ['CERT_UNKNOWN', bus.portal.sign({ credentials: foreign })],
    ]
    const records = new Set<string>()
    for (const [fault, call] of calls) {
      const answer = await bus.portal.send(call)
      const entry = await expectRefused(bus, answer, fault, {
        status: 401,
        ...(fault === 'SIGNATURE_INVALID' && { field: 'content-digest' }),
      })
      expect(answer.headers['www-authenticate']).toBe('Signature realm="sluice"')
      records.add(entry.exchangeId)
    }
    expect(records.size).toBe(5)
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a stranger who names a certificate learns nothing of it, be it good, expired or revoked', async () => {
    const expired = await registered(
      await bus.authority.issue({ notAfter: new Date(Date.now() - dayMs / 2), keyType: 'ed25519' }),
    )
    const revoked = await registered(await bus.authority.issue({ keyType: 'rsa-2048' }))
    await bus.registry.change(subsystems.portal, {
      certificates: [{ thumbprint: revoked.thumbprint, status: 'revoked' }],
    })
    const weak = await bus.authority.issue({ keyPair: makeShortRsaKeyPair() })
    await bus.registry.forceCertificate(subsystems.portal, weak)
    const { privateKey } = await bus.authority.issue()
    const told = new Set<string | undefined>()
    for (const certificate of [bus.identities.portal, expired, revoked, weak]) {
      const answer = await bus.portal.call({ credentials: { ...certificate, privateKey } })
      const entry = await expectRefused(bus, answer, 'SIGNATURE_INVALID', {
        ...{ status: 401, field: 'signature' },
      })
      expect([entry.consumerIdentity, entry.consumerCertificate]).toEqual(['none', undefined])
      told.add(answer.problem?.detail)
    }
    expect([...told]).toEqual([expect.stringContaining('does not fit')])
  })

  it('a certificate of an accepted authority that nobody registered: CERT_UNKNOWN', async () => {
    const credentials = await bus.authority.issue()
    await expectRefused(bus, await bus.portal.call({ credentials }), 'CERT_UNKNOWN')
  })

  it('a certificate that is not valid yet: CERT_EXPIRED', async () => {
    const notBefore = new Date(Date.now() + dayMs)
    const credentials = await registered(await bus.authority.issue({ notBefore }))
    await expectRefused(bus, await bus.portal.call({ credentials }), 'CERT_EXPIRED')
  })

  const parts = [
    ...['@method', '@target-uri', 'content-digest', 'x-road-client', 'x-road-id'],
    ...['x-road-issue', 'sluice-mode', 'sluice-legal-basis'],
  ]

  it.each(parts)('%s left out of the signature: SIGNATURE_INVALID names it', async (part) => {
    const cover = parts.filter((each) => each !== part)
    const answer = await bus.portal.call({ signature: { cover } })
    await expectRefused(bus, answer, 'SIGNATURE_INVALID', { status: 401, field: part })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it.each([
    ['method', (call: SignedCall) => ({ ...call, method: 'PUT' })],
    ['target', (call: SignedCall) => ({ ...call, url: `${call.url}/basqa` })],
    ['query', (call: SignedCall) => ({ ...call, url: `${call.url}?fin=0TEST02` })],
    [
      'case number',
      (call: SignedCall) => ({ ...call, headers: { ...call.headers, 'X-Road-Issue': 'VN-2' } }),
    ],
    [
      'content type',
      (call: SignedCall) => ({ ...call, headers: { ...call.headers, 'Content-Type': 'a/b' } }),
    ],
  ])('%s altered after signing: SIGNATURE_INVALID', async (_part, spoil) => {
    const answer = await bus.portal.send(spoil(bus.portal.sign()))
    await expectRefused(bus, answer, 'SIGNATURE_INVALID', { field: 'signature' })
    expect(bus.providers.taxes.count).toBe(0)
  })
})

describe('R-086: only allowed algorithms', () => {
  it.each(['rsa-v1_5-sha1', 'hmac-sha256', 'rsa-pss-sha256', 'none', 'ECDSA-P256-SHA256'])(
    'alg="%s": ALGORITHM_FORBIDDEN',
    async (alg) => {
      const call = bus.portal.sign()
      const input = call.headers['Signature-Input']?.replace('ecdsa-p256-sha256', alg) ?? ''
      const headers = { ...call.headers, 'Signature-Input': input }
      const answer = await bus.portal.send({ ...call, headers })
      await expectRefused(bus, answer, 'ALGORITHM_FORBIDDEN', { status: 401, field: 'alg' })
    },
  )

  it('the algorithm of another kind of key: ALGORITHM_FORBIDDEN, said to the holder of the key', async () => {
    const { privateKey, thumbprint } = bus.identities.portal
    const own = createSigner(privateKey, 'ecdsa-p256-sha256', thumbprint)
    const key = { ...own, alg: 'ed25519' }
    const call = await signedByOthers(bus.portal.sign(), key, {
      params: ['created', 'keyid', 'alg'],
    })
    await expectRefused(bus, await bus.portal.send(call), 'ALGORITHM_FORBIDDEN', { field: 'alg' })

    const input = call.headers['Signature-Input']?.replace('ed25519', 'rsa-v1_5-sha256') ?? ''
    const headers = { ...call.headers, 'Signature-Input': input }
    const altered = await bus.portal.send({ ...call, headers })
    await expectRefused(bus, altered, 'SIGNATURE_INVALID', { field: 'signature' })
  })

  it('a signature with SHA-1, or an HMAC under the public key, that says nothing of it: refused', async () => {
    const credentials = await registered(await bus.authority.issue({ keyType: 'rsa-2048' }))
    const { privateKey, publicKey, thumbprint } = credentials
    const spki = publicKey.export({ format: 'pem', type: 'spki' })
    for (const key of [
      createSigner(privateKey, 'rsa-v1_5-sha1', thumbprint),
      createSigner(spki, 'hmac-sha256', thumbprint),
    ]) {
      const call = await signedByOthers(bus.portal.sign(), key, { params: ['created', 'keyid'] })
      await expectRefused(bus, await bus.portal.send(call), 'SIGNATURE_INVALID', {
        field: 'signature',
      })
    }
    const key = createSigner(privateKey, 'rsa-v1_5-sha256', thumbprint)
    const call = await signedByOthers(bus.portal.sign(), key, { params: ['created', 'keyid'] })
    expect((await bus.portal.send(call)).status).toBe(200)
    expect(bus.providers.taxes.count).toBe(1)
  })

  it('RSA of 1024 bits is not registered, and refused even where the registry holds it', async () => {
    const weak = await bus.authority.issue({ keyPair: makeShortRsaKeyPair() })
    await expect(registered(weak)).rejects.toThrow('1024')
    await bus.registry.forceCertificate(subsystems.portal, weak)
    const answer = await bus.portal.call({ credentials: weak })
    await expectRefused(bus, answer, 'ALGORITHM_FORBIDDEN', { status: 401 })
  })

  it.each([
    ['rsa-2048', undefined],
    ['rsa-3072', 'rsa-pss-sha512'],
    ['p256', undefined],
    ['p384', undefined],
    ['ed25519', undefined],
  ] as const)('%s is served (algorithm %s)', async (keyType, algorithm) => {
    const credentials = await registered(await bus.authority.issue({ keyType }))
    const answer = await bus.portal.call({
      credentials,
      ...(algorithm && { signature: { algorithm } }),
    })
    const [request] = await expectAnswered(bus, answer)
    expect(request.consumerCertificate).toBe(credentials.thumbprint)
  })
})

describe('R-089: certificates of outside authorities', () => {
  it('a second authority’s certificate works once it is added, and no more once it is removed', async () => {
    const name = 'İkinci kök'
    const second = await makeAuthority(name)
    const below = await second.subordinate('Aralıq mərkəz')
    const credentials = await registered(await below.issue())
    const call = (): Promise<string | undefined> =>
      bus.portal.call({ credentials }).then(({ fault }) => fault)
    expect(await call()).toBe('CERT_UNKNOWN')

    await bus.registry.publishList(name, second)
    await bus.registry.publishList('aralıq', below)
    const crl = (list: string): object => ({ revocation: 'crl', crl: bus.registry.listFile(list) })
    await bus.registry.apply({
      authorities: [
        { name, pem: second.pem, role: 'anchor', ...crl(name) },
        { name: 'Aralıq', pem: below.pem, role: 'intermediate', ...crl('aralıq') },
      ],
    })
    // Without a revocation list nobody knows whether it is revoked: closed.
    expect(await call()).toBe('CERT_UNKNOWN')
    await bus.registry.fetchLists()
    await bus.registry.settled()
    expect(await call()).toBeUndefined()

    await bus.registry.apply({ authorities: [{ name, status: 'removed' }] })
    expect(await call()).toBe('CERT_UNKNOWN')
    await bus.registry.apply({ authorities: [{ name, status: 'accepted' }] })
    expect(await call()).toBeUndefined()
    expect(bus.providers.taxes.count).toBe(2)
  })

  it('the first authority’s certificates work all the while', async () => {
    await expectAnswered(bus, await bus.portal.call())
    expect(authorityName).toBe('Sınaq kökü')
  })
})

describe('R-090: times are trustworthy', () => {
  it.each([
    ['six minutes behind', -6 * minuteMs],
    ['six minutes ahead', 6 * minuteMs],
    ['ten years behind', -3_650 * dayMs],
  ])('a clock %s: CLOCK_SKEW', async (_what, offMs) => {
    const created = new Date(Date.now() + offMs)
    const answer = await bus.portal.call({ signature: { created } })
    await expectRefused(bus, answer, 'CLOCK_SKEW', { status: 401, field: 'created' })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it.each([
    ['four minutes behind', -4 * minuteMs],
    ['four minutes ahead', 4 * minuteMs],
  ])('a clock %s passes, and the log has the time of the bus', async (_what, offMs) => {
    const before = Date.now()
    const created = new Date(before + offMs)
    const entries = await expectAnswered(bus, await bus.portal.call({ signature: { created } }))
    for (const { recordedAt } of entries) {
      expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(before)
      expect(Date.parse(recordedAt)).toBeLessThanOrEqual(Date.now())
    }
  })
})

describe('what both sides are called', () => {
  it('a system of a member with several certificates may use any of them', async () => {
    const id = 'AZ/COM/1234567891/Bank sistemi'
    const [one, two] = [await bus.authority.issue(), await bus.authority.issue()]
    await bus.registry.apply({
      members: [sampleMember(id, { certificates: [{ pem: one.pem }, { pem: two.pem }] })],
      accessRights: [sampleRight(id, services.taxes)],
    })
    for (const credentials of [one, two]) {
      const [request] = await expectAnswered(bus, await bus.consumer(id, credentials).call())
      expect(request.consumer).toBe(id)
    }
  })
})

describe('a signature that says nothing of the host', () => {
  const cover = [
    ...['@method', '@path', 'content-digest', 'content-type', 'x-road-client', 'x-road-id'],
    ...['sluice-mode', 'sluice-legal-basis', 'x-road-issue'],
  ]

  it('is good for the bus’s own authorities only, where they are named', async () => {
    const another = await bus.startAnother({ rest: { authorities: ['sluice.test'] } })
    const portal = bus.portal.at(another.address)
    const callOf = (host: string): Promise<Answer> =>
      portal.call({ headers: { Host: host }, signature: { cover } })
    await expectAnswered(bus, await callOf('sluice.test'))
    const before = bus.providers.taxes.count
    const refused = await callOf('another.test')
    await expectRefused(bus, refused, 'REQUEST_INVALID', { status: 400, field: 'Host' })
    expect(bus.providers.taxes.count).toBe(before)
    portal.close()
  })
})
