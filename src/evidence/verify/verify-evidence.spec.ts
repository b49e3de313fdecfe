import { beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import {
  day,
  hour,
  makeCast,
  then,
  type EvidenceCast,
} from '../../../test/support/evidence-cast.js'
import {
  containerOf,
  makeEvidence,
  optionsFor,
  trustIn,
  trustInNobody,
} from '../../../test/support/evidence.js'
import { delegate, ocspAnswer } from '../../../test/support/ocsp.js'
import { exportEvidence } from '../export-evidence.js'
import { noteSigner } from '../../tlog/note-keys.js'
import type { EvidenceReport } from './report.js'
import { verifyEvidence } from './verify-evidence.js'

let cast: EvidenceCast

beforeAll(async () => {
  cast = await makeCast()
})

const now = new Date()
/** Of the year 300,000, which a signature has room for. */
const atNoTime = { getTime: () => 9.4e15 } as Date

/** The steps as `name outcome`. */
function told({ steps }: EvidenceReport): string[] {
  return steps.map(({ name, outcome }) => `${name} ${outcome}`)
}

describe('evidence, long after: certificates have run out and lists were replaced (R-125, R-126)', () => {
  it.each(['rest', 'soap'] as const)('proves a whole exchange of the %s lane', async (kind) => {
    const report = await verifyEvidence(await containerOf(cast, kind), trustIn(cast), now)
    expect(
      report.steps.filter(({ outcome }) => outcome !== 'proved' && outcome !== 'note'),
    ).toEqual([])
    expect(told(report)).toEqual([
      'container proved',
      'seal proved',
      'entries proved',
      'checkpoint proved',
      'inclusion proved',
      'inclusion proved',
      'witnesses proved',
      'timestamp proved',
      'timestamp note',
      'request-message proved',
      'request-signature proved',
      'request-certificate proved',
      'reply-message proved',
      'reply-signature proved',
      'reply-certificate proved',
    ])
    expect(report.verdict).toBe('proved')
    const answer = report.steps.find(({ name }) => name === 'reply-signature')
    // The bus's signature over the delivery ties an answer of REST to this very request.
    expect(answer?.text.en.includes('to exactly this request')).toBe(kind === 'rest')
  })

  it('proves by OCSP answers of that time that certificates were not revoked', async () => {
    const evidence = await makeEvidence(cast)
    const notBefore = new Date(then.getTime() - day)
    const signer = await delegate(cast.authority, { notBefore })
    const terms = { signer, thisUpdate: new Date(then.getTime() - hour) }
    const nextUpdate = new Date(then.getTime() + hour)
    const container = await exportEvidence(
      {
        ...evidence,
        material: {
          ...evidence.material,
          authorities: evidence.material.authorities.map((each) => ({
            ...each,
            revocation: 'ocsp' as const,
          })),
          revocationLists: [],
          ocspAnswers: [cast.consumer, cast.provider].map((each) =>
            ocspAnswer(each, cast.authority, { ...terms, nextUpdate }),
          ),
        },
      },
      optionsFor(cast),
    )
    const report = await verifyEvidence(container, trustIn(cast), now)
    expect(report.verdict).toBe('proved')
    const step = report.steps.find(({ name }) => name === 'request-certificate')
    expect(step?.text.en).toContain('the signed OCSP answer of that time says that it was not')
    expect(step?.text.az).toContain('imzalanmış OCSP cavabına görə')
  })

  it('proves a refusal with what there is', async () => {
    const report = await verifyEvidence(await containerOf(cast, 'refused'), trustIn(cast), now)
    expect(report.verdict).toBe('proved')
    expect(told(report)).toContain('request-signature proved')
  })

  it('says of an answer without signature that it is the word of the operator', async () => {
    const report = await verifyEvidence(await containerOf(cast, 'unsigned'), trustIn(cast), now)
    expect(report.verdict).toBe('proved')
    expect(told(report)).toContain('reply-signature note')
  })

  it('is incomplete where no witness that the reader names has cosigned', async () => {
    const others = await makeCast()
    const trust = { ...trustIn(cast), witnessKeys: [others.log.key] }
    const report = await verifyEvidence(await containerOf(cast), trust, now)
    expect(report.verdict).toBe('incomplete')
    expect(told(report)).toContain('witnesses not-checked')
  })

  it('a time that no calendar has makes a cosignature wrong, and stops nobody', async () => {
    const signer = noteSigner(
      'agentlik',
      generateKeyPairSync('ed25519').privateKey,
      'cosignature/v1',
    )
    const witness = { ...signer, sign: (text: string) => signer.sign(text, atNoTime) }
    const report = await verifyEvidence(
      await containerOf({ ...cast, witness }),
      { ...trustIn(cast), witnessKeys: [signer.key] },
      now,
    )
    expect(report.verdict).toBe('false')
    expect(told(report)).toContain('witnesses false')
  })

  it('is incomplete for who gives no anchors and no key of the log', async () => {
    const report = await verifyEvidence(await containerOf(cast), trustInNobody, now)
    expect(report.verdict).toBe('incomplete')
    expect(told(report).filter((step) => step.endsWith('not-checked'))).toEqual([
      'seal not-checked',
      'checkpoint not-checked',
    ])
  })
})
