import { beforeAll, describe, expect, it } from '@jest/globals'
import { hour, makeCast, then, type EvidenceCast } from '../../../test/support/evidence-cast.js'
import type { EvidenceKind } from '../../../test/support/evidence-messages.js'
import {
  containerOf,
  makeEvidence,
  optionsFor,
  trustIn,
  wrongIn,
} from '../../../test/support/evidence.js'
import { ocspAnswer } from '../../../test/support/ocsp.js'
import { makeAuthority } from '../../../test/support/pki.js'
import { manifestFile, sealFile, writeContainer } from '../asic-container.js'
import type { ExchangeEvidence } from '../exchange-evidence.js'
import { exportEvidence } from '../export-evidence.js'
import { readZip } from '../read-zip.js'
import { createSeal } from '../seal.js'
import { writeZip } from '../write-zip.js'
import type { EvidenceReport } from './report.js'
import { verifyEvidence } from './verify-evidence.js'

type Files = Map<string, Buffer>

const own = ['mimetype', manifestFile, sealFile]
let cast: EvidenceCast
let whole: Files

beforeAll(async () => {
  cast = await makeCast()
  whole = await filesOf('rest')
})

async function filesOf(kind: EvidenceKind): Promise<Files> {
  return new Map((await readZip(await containerOf(cast, kind))).files)
}

async function verdictOn(files: Files): Promise<EvidenceReport> {
  return verifyEvidence(await writeZip(files), trustIn(cast), new Date())
}

/** The same files under a new manifest and a new seal of the operator, who is the one who lies. */
async function sealedAnew(files: Files, seal = optionsFor(cast).seal): Promise<EvidenceReport> {
  const content = new Map([...files].filter(([name]) => !own.includes(name)))
  return verifyEvidence(await writeContainer(content, seal), trustIn(cast), new Date())
}

/** The material of an operator who says that it never asked for lists. */
function withoutRevocation({ material }: ExchangeEvidence): ExchangeEvidence['material'] {
  const authorities = material.authorities.map((each) => ({ ...each, revocation: 'none' as const }))
  return { ...material, authorities }
}

/** Azerbaijani sentences with words of English in them, but for what is quoted as a technical reason. */
function englishIn({ steps }: EvidenceReport): string[] {
  const spoken = steps.map(({ text }) => text.az.replace(/\(texniki səbəb: .*\)/, ''))
  return spoken.filter((text) => /\b(?:[Tt]he|is|was|not|of|[Ii]ts?)\b/.test(text))
}

function flipped(content: Buffer, at = Math.floor(content.length / 2)): Buffer {
  const changed = Buffer.from(content)
  changed[at]! ^= 1
  return changed
}

describe('a container that somebody laid hands on (R-126)', () => {
  it('fails for one byte in any of its files, and says in which', async () => {
    expect(whole.size).toBeGreaterThan(20)
    for (const [name, content] of whole) {
      for (const at of [0, Math.floor(content.length / 2), content.length - 1]) {
        const report = await verdictOn(new Map([...whole, [name, flipped(content, at)]]))
        expect([name, report.verdict]).toEqual([name, 'false'])
        const [step] = wrongIn(report)
        // The list of files is bound by the seal: of a byte in its white space the seal tells.
        const named = name === manifestFile ? /META-INF/ : new RegExp(name.replaceAll('.', '\\.'))
        expect(step).toMatch(named)
      }
    }
  })

  it('fails without any of its files, and with one more', async () => {
    for (const name of whole.keys()) {
      const files = new Map(whole)
      files.delete(name)
      const report = await verdictOn(files)
      expect([name, report.verdict]).toEqual([name, 'false'])
      expect(wrongIn(report).join()).toContain(name)
    }
    const more = await verdictOn(new Map([...whole, ['more.txt', Buffer.from('x')]]))
    expect(wrongIn(more)).toEqual(['container more.txt'])
  })

  it('fails for any two files in each other’s place', async () => {
    const names = [...whole.keys()]
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        const [first, second] = [whole.get(one)!, whole.get(other)!]
        const report = await verdictOn(new Map([...whole, [one, second], [other, first]]))
        expect([one, other, report.verdict]).toEqual([one, other, 'false'])
      }
    }
  })
})

describe('an operator who seals a lie', () => {
  it.each<[file: string, wrong: readonly string[]]>([
    ['request/payload.json', ['request-message request/payload.json']],
    ['request/head.http', ['request-message request/head.http']],
    ['request/salt.bin', ['request-message request/payload.json']],
    ['request/entry.tlog-proof', ['inclusion request/entry.tlog-proof']],
    ['outcome/payload.json', ['reply-message outcome/payload.json']],
    ['outcome/head.http', ['reply-message outcome/head.http']],
    ['outcome/delivery.http', ['reply-message outcome/head.http']],
    ['outcome/salt.bin', ['reply-message outcome/payload.json']],
    ['outcome/entry.tlog-proof', ['inclusion outcome/entry.tlog-proof']],
    ['checkpoint.txt', ['checkpoint checkpoint.txt']],
    ['timestamp-1.tst', ['timestamp timestamp-1.tst']],
  ])('cannot change %s', async (file, wrong) => {
    const report = await sealedAnew(new Map([...whole, [file, flipped(whole.get(file)!)]]))
    expect(wrongIn(report)).toEqual(expect.arrayContaining([...wrong]))
    expect(report.verdict).toBe('false')
    expect(englishIn(report)).toEqual([])
  })

  it('cannot change an entry, nor put other exchanges together', async () => {
    for (const half of ['request', 'outcome']) {
      const file = `${half}/entry.json`
      const text = whole.get(file)!.toString().replace('AZ/GOV/VN/SC', 'AZ/GOV/VN/XX')
      const report = await sealedAnew(new Map([...whole, [file, Buffer.from(text)]]))
      expect(wrongIn(report)).toContain(`inclusion ${half}/entry.tlog-proof`)
    }
    const other = await filesOf('rest')
    const mixed = new Map([...whole].filter(([name]) => !name.startsWith('outcome/')))
    for (const [name, content] of other) if (name.startsWith('outcome/')) mixed.set(name, content)
    expect((await sealedAnew(mixed)).verdict).toBe('false')
  })

  it('cannot put another message under the entry, with whatever salt', async () => {
    const other = await filesOf('unsigned')
    for (const half of ['request', 'outcome']) {
      const parts = ['head.http', 'salt.bin', 'payload.json'].map((name) => `${half}/${name}`)
      const files = new Map([...whole, ...parts.map((name) => [name, other.get(name)!] as const)])
      const report = await sealedAnew(files)
      expect(wrongIn(report).some((step) => step.includes(`${half}/`))).toBe(true)
    }
  })

  it('is found out by who seals: a stranger’s certificate is vouched for by nobody', async () => {
    const stranger = await makeAuthority('Yad kök')
    const sealer = await stranger.issue({ subject: 'Şin' })
    const seal = createSeal(
      { privateKey: sealer.privateKey, certificate: sealer.der, chain: [stranger.der] },
      () => Promise.resolve(undefined),
      new Date(),
    )
    const report = await sealedAnew(whole, seal)
    expect(report.verdict).toBe('incomplete')
    expect(
      report.steps.find(({ name, outcome }) => name === 'seal' && outcome === 'not-checked'),
    ).toBeDefined()
  })

  it('cannot show an exchange of a certificate that was revoked by then', async () => {
    const revoked = await makeEvidence(cast, 'rest', [cast.consumer.serialNumber])
    const container = await exportEvidence(revoked, optionsFor(cast))
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(wrongIn(report)).toEqual(['request-certificate'])
  })

  it('cannot leave out the lists, nor show those of another day', async () => {
    const evidence = await makeEvidence(cast)
    const late = await cast.authority.revocationList([], {
      thisUpdate: new Date(then.getTime() + hour),
      nextUpdate: new Date(then.getTime() + 48 * hour),
    })
    for (const revocationLists of [[], [late]]) {
      const material = { ...evidence.material, revocationLists }
      const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
      const report = await verifyEvidence(container, trustIn(cast), new Date())
      expect(report.verdict).toBe('incomplete')
    }
  })

  it('cannot say that there were no lists, and hide one: what it has is looked into', async () => {
    const evidence = await makeEvidence(cast, 'rest', [cast.consumer.serialNumber])
    const material = withoutRevocation(evidence)
    const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(wrongIn(report)).toEqual(['request-certificate'])
  })

  it('cannot leave out the OCSP answers, nor show those of another day or another certificate', async () => {
    const evidence = await makeEvidence(cast)
    const stated = withoutRevocation(evidence)
    const authorities = stated.authorities.map((each) => ({ ...each, revocation: 'ocsp' as const }))
    const thisUpdate = new Date(then.getTime() + hour)
    for (const ocspAnswers of [
      [],
      [ocspAnswer(cast.consumer, cast.authority, { thisUpdate })],
      [ocspAnswer(cast.provider, cast.authority, { thisUpdate: new Date(then.getTime() - 1_000) })],
    ]) {
      const material = { ...stated, authorities, revocationLists: [], ocspAnswers }
      const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
      const report = await verifyEvidence(container, trustIn(cast), new Date())
      expect([report.verdict, wrongIn(report)]).toEqual(['incomplete', []])
    }
  })

  it('cannot hide that the authority had answered that a certificate is revoked', async () => {
    const evidence = await makeEvidence(cast)
    const terms = { status: 'revoked', thisUpdate: new Date(then.getTime() - hour) } as const
    const ocspAnswers = [ocspAnswer(cast.consumer, cast.authority, terms)]
    const material = { ...withoutRevocation(evidence), revocationLists: [], ocspAnswers }
    const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(wrongIn(report)).toEqual(['request-certificate'])
  })

  it('cannot say that there were no lists, and have it believed', async () => {
    const evidence = await makeEvidence(cast)
    const material = { ...withoutRevocation(evidence), revocationLists: [] }
    const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect([report.verdict, wrongIn(report)]).toEqual(['incomplete', []])
    const step = report.steps.find(({ name }) => name === 'request-certificate')
    expect(step?.outcome).toBe('not-checked')
    expect(step?.text.en).toContain('(revocation: none), which is the word of whoever made')
    expect(step?.text.az).toContain('yalnız konteyneri hazırlayanın sözüdür')
  })

  it('cannot have the log’s key be another than the one that the reader has', async () => {
    const other = await makeCast()
    const given = { ...trustIn(cast), logKeys: [other.log.key] }
    const report = await verifyEvidence(await containerOf(cast), given, new Date())
    expect(wrongIn(report)).toEqual(['checkpoint checkpoint.txt'])
  })
})
