import { beforeAll, describe, expect, it } from '@jest/globals'
import { makeAuthority, type TestAuthority, type TestIdentity } from '../../test/support/pki.js'
import type { PathReason } from '../trust/x509/path-error.js'
import { trustVerify } from './trust-verify.js'
import { pathRemedy } from './trust-verify-remedies.js'

const day = 86_400_000
const reasons = Object.keys({
  malformed: true,
  'unknown-issuer': true,
  'bad-signature': true,
  'not-yet-valid': true,
  expired: true,
  revoked: true,
  'revocation-unknown': true,
  'algorithm-forbidden': true,
  'not-a-ca': true,
  'path-length': true,
  'key-usage': true,
  'name-constraint': true,
  policy: true,
  'unknown-critical-extension': true,
  'too-complex': true,
} satisfies Record<PathReason, true>) as PathReason[]

describe('sluice trust verify', () => {
  let root: TestAuthority
  let middle: TestAuthority
  let leaf: TestIdentity
  const files = new Map<string, Buffer>()

  beforeAll(async () => {
    root = await makeAuthority('Kök')
    middle = await root.subordinate('Aralıq')
    leaf = await middle.issue({ subject: 'Sistem' })
    const put = (name: string, content: Buffer | string) => files.set(name, Buffer.from(content))
    put('leaf.pem', leaf.pem)
    put('leaf.der', leaf.der)
    put('chain.pem', `sistemin zənciri\n${leaf.pem}${middle.pem}`)
    put('root.pem', root.pem)
    put('middle.der', middle.der)
    put('root.crl', await root.revocationList())
    put('clean.crl', await middle.revocationList())
    put('revoking.crl', await middle.revocationList([leaf.serialNumber]))
    put('note.txt', 'salam')
    put('broken.der', leaf.der.subarray(0, 100))
  })

  const run = async (...args: string[]) => {
    const [out, err]: [string[], string[]] = [[], []]
    const code = await trustVerify(args, {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      readFile: (path) => {
        const file = files.get(path)
        return file ? Promise.resolve(file) : Promise.reject(new Error('no such file'))
      },
    })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  const good = ['--trust', 'root.pem', '--intermediate', 'middle.der']
  const lists = ['--crl', 'root.crl']

  it('accepts a good chain, in PEM and DER, and says what it checked', async () => {
    for (const file of ['leaf.pem', 'leaf.der']) {
      const { code, out } = await run(file, ...good)
      expect(code).toBe(0)
      expect(out).toContain(
        'ok    C=AZ, O=Sınaq, CN=Sistem: It was signed by C=AZ, O=Sınaq, CN=Aralıq.',
      )
      expect(out).toContain('Revocation is not checked')
      expect(out).toContain('ACCEPTED')
      expect(out).toContain('Qərar: sertifikat qəbul edilir.')
    }
  })

  it('takes the rest of a chain file for intermediates', async () => {
    expect((await run('chain.pem', '--trust', 'root.pem')).code).toBe(0)
  })

  it('says which authority is missing, and what to do', async () => {
    const { code, out } = await run('leaf.pem', '--trust', 'root.pem')
    expect(code).toBe(1)
    expect(out).toContain('REFUSED  CERT_UNKNOWN')
    expect(out).toContain('No accepted authority has the name of its issuer')
    expect(out).toContain('What to do: Name the missing authority')
    expect(out).toContain(
      'Qərar: rədd edilir. Sertifikat tanınmır. Çatışmayan sertifikat xidmətləri mərkəzini göstərin: ' +
        'kök mərkəzi --trust, aralıq mərkəzi --intermediate ilə.',
    )
  })

  it('checks revocation by the lists given', async () => {
    expect((await run('leaf.pem', ...good, ...lists, '--crl', 'clean.crl')).code).toBe(0)
    const revoked = await run('leaf.pem', ...good, ...lists, '--crl', 'revoking.crl')
    expect(revoked.code).toBe(1)
    expect(revoked.out).toContain('FAIL  C=AZ, O=Sınaq, CN=Sistem: It was revoked on')
    expect(revoked.out).toContain('Sertifikat ləğv edilib')
    const missing = await run('leaf.pem', ...good, '--revocation', 'crl')
    expect(missing.out).toContain('could not be established')
    expect(missing.out).toMatch(/Qərar: .*ləğv edilmiş sertifikatlar siyahısını təqdim edin/)
    // There was no exchange, so there is no exchange id to tell anybody.
    expect(missing.out).not.toContain('identifikator')
  })

  it('advises in both languages for every reason', () => {
    for (const reason of reasons) {
      const { az, en } = pathRemedy(reason)
      expect(az).not.toBe(en)
      for (const text of [az, en]) expect(text).toMatch(/^\p{Lu}.*[.)]$/u)
      expect(az).toBe(az.normalize('NFC'))
      expect(`${az} ${en}`).not.toMatch(/exchange id|identifikator/)
    }
  })

  it('checks as of another time', async () => {
    const at = new Date(Date.now() + 500 * day).toISOString()
    const { code, out } = await run('leaf.pem', ...good, '--at', at)
    expect(code).toBe(1)
    expect(out).toContain('CERT_EXPIRED')
  })

  it('prints one JSON object', async () => {
    const accepted = await run('leaf.pem', ...good, '--json')
    expect(JSON.parse(accepted.out)).toMatchObject({
      accepted: true,
      certificate: { thumbprint: leaf.thumbprint, serialNumber: leaf.serialNumber },
      path: ['C=AZ, O=Sınaq, CN=Sistem', 'C=AZ, O=Sınaq, CN=Aralıq', 'C=AZ, O=Sınaq, CN=Kök'],
    })
    const refused = await run('leaf.pem', '--trust', 'root.pem', '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out)).toMatchObject({
      accepted: false,
      fault: 'CERT_UNKNOWN',
      reason: 'unknown-issuer',
      section: '6.1.3 (a)(4)',
      text: { az: 'Sertifikat tanınmır' },
      remedy: pathRemedy('unknown-issuer'),
    })
  })

  it('refuses a certificate that cannot be read', async () => {
    const { code, out } = await run('broken.der', ...good)
    expect(code).toBe(1)
    expect(out).toContain('cannot be read')
  })

  it.each<[string, string[], RegExp]>([
    ['no certificate', [], /^CERT is missing\.\n\nUsage/],
    ['nothing trusted', ['leaf.pem'], /--trust/],
    ['two certificates', ['leaf.pem', 'leaf.der', '--trust', 'root.pem'], /^One certificate/],
    ['an unknown option', ['leaf.pem', '--trust', 'root.pem', '--force'], /--force/],
    [
      'a file that is not there',
      ['absent.pem', '--trust', 'root.pem'],
      /absent\.pem: cannot be read/,
    ],
    [
      'a file without a certificate',
      ['note.txt', '--trust', 'root.pem'],
      /note\.txt: no CERTIFICATE/,
    ],
    ['a root that cannot be read', ['leaf.pem', '--trust', 'broken.der'], /broken\.der: /],
    ['an impossible date', ['leaf.pem', '--trust', 'root.pem', '--at', '2026-02-30'], /--at/],
    ['another mode', ['leaf.pem', '--trust', 'root.pem', '--revocation', 'maybe'], /--revocation/],
  ])('ends with 2 for %s, and says why', async (_what, args, reason) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toMatch(reason)
  })

  it('explains itself', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('--intermediate FILE')
  })
})
