import { beforeAll, describe, expect, it } from '@jest/globals'
import { hour, makeCast, then, type EvidenceCast } from '../../../test/support/evidence-cast.js'
import { containerOf, makeEvidence, optionsFor, trustIn } from '../../../test/support/evidence.js'
import type { EntryFields } from '../../message-log/entry.js'
import { encodeEntry } from '../../message-log/entry.js'
import type { MqEvidenceKind } from '../../../test/support/evidence-messages.js'
import { exportEvidence } from '../export-evidence.js'
import { readZip } from '../read-zip.js'
import type { EvidenceReport } from './report.js'
import { verifyEvidence } from './verify-evidence.js'

let cast: EvidenceCast

beforeAll(async () => {
  cast = await makeCast()
})

async function reportOn(kind: MqEvidenceKind): Promise<EvidenceReport> {
  return verifyEvidence(await containerOf(cast, kind), trustIn(cast), new Date())
}

/** The same with the operator's word changed in every entry; what was signed stays. */
async function reportAfter(
  kind: MqEvidenceKind,
  change: Partial<EntryFields>,
): Promise<EvidenceReport> {
  const evidence = await makeEvidence(cast, kind)
  const halves = evidence.halves.map((half) => {
    const fields = { ...half.fields, ...change }
    return { ...half, fields, entry: Buffer.from(encodeEntry(fields).bytes) }
  })
  const container = await exportEvidence({ ...evidence, halves }, optionsFor(cast))
  return verifyEvidence(container, trustIn(cast), new Date())
}

function step({ steps }: EvidenceReport, wanted: string): EvidenceReport['steps'] {
  return steps.filter(({ name }) => name === wanted)
}

describe('evidence of messages of queues', () => {
  it.each(['mq', 'mq-several'] as const)('proves a whole exchange: %s', async (kind) => {
    const report = await reportOn(kind)
    const others = ({ outcome }: { outcome: string }): boolean =>
      outcome !== 'proved' && outcome !== 'note'
    expect(report.steps.filter(others)).toEqual([])
    expect(report.verdict).toBe('proved')
    expect(step(report, 'request-certificate')).toHaveLength(1)
    expect(step(report, 'reply-certificate')).toHaveLength(1)
    expect(step(report, 'reply-signature')[0]?.text.en).toContain('to exactly this request')
  })

  it('has its files under names that say what they are', async () => {
    const { files } = await readZip(await containerOf(cast, 'mq'))
    const names = [...files.keys()].filter((name) => /^(?:request|outcome)\//.test(name))
    expect(names.map((name) => name.replace(/^(.)\w*/, '$1')).sort()).toEqual(
      ['o/delivery.json', 'o/entry.json', 'o/entry.tlog-proof', 'o/head.json', 'o/payload.json']
        .concat(['o/salt.bin', 'r/entry.json', 'r/entry.tlog-proof', 'r/head.json'])
        .concat(['r/payload.json', 'r/salt.bin']),
    )
  })

  it('proves a refusal with the message that was refused', async () => {
    const report = await reportOn('mq-refused')
    expect(report.verdict).toBe('proved')
    expect(step(report, 'request-signature')).toMatchObject([{ outcome: 'proved' }])
  })

  it('proves a recipient’s notice, which has an exchange id of its own', async () => {
    const report = await reportOn('mq-notice')
    expect(report.verdict).toBe('proved')
    const [said] = step(report, 'reply-signature')
    expect(said?.text.en).toContain('said QEYDIYYATA_ALINIB of the message')
    expect(step(report, 'entries')[0]?.text.az).toContain('alıcının bildirişidir')
    const { files } = await readZip(await containerOf(cast, 'mq-notice'))
    const summary = files.get('summary.az.txt')?.toString() ?? ''
    expect(summary).toContain('qeydiyyata alındı')
    expect(summary).not.toContain('rədd edilib')
  })

  it('says of a notice that came with a request where what was signed is', async () => {
    const report = await reportOn('mq-noted')
    expect(report.verdict).toBe('proved')
    const [said] = step(report, 'reply-signature')
    expect(said).toMatchObject({ outcome: 'note' })
    expect(said?.text.en).toContain('came with its own request 0')
  })

  it('does not take the bus’s own notice for a word of the recipient', async () => {
    const report = await reportAfter('mq-notice', { faultSide: 'provider', outcome: 'IMTINA' })
    expect(step(report, 'entries')[0]?.text.az).toContain('şlüzün öz bildirişidir')
    expect(step(report, 'reply-signature')).toMatchObject([{ outcome: 'false' }])
  })

  it.each<[MqEvidenceKind, Partial<EntryFields>, string]>([
    ['mq-notice', { outcome: 'IMTINA' }, 'reply-signature'],
    ['mq-notice', { noticeOf: '0190163d-8694-739b-aea5-966c26f8ad91' }, 'reply-signature'],
    ['mq-notice', { provider: 'AZ/GOV/VN/SC' }, 'reply-signature'],
    ['mq-noted', { outcome: 'IMTINA' }, 'reply-signature'],
    ['mq-noted', { noticeOf: '0190163d-8694-739b-aea5-966c26f8ad91' }, 'reply-signature'],
    ['mq-noted', { providerCertificate: 'A'.repeat(43) }, 'reply-signature'],
    ['mq-refused', { messageId: 'sorgu-2' }, 'request-signature'],
    ['mq-refused', { consumer: 'AZ/GOV/VN/BASQA' }, 'request-signature'],
    ['mq-refused', { service: 'AZ/GOV/DIN/GCQ/finAxtarisi/v1' }, 'request-signature'],
  ])('an entry of %s that says %j accuses itself', async (kind, change, wanted) => {
    const report = await reportAfter(kind, change)
    expect(report.verdict).toBe('false')
    expect(step(report, wanted)).toMatchObject([{ outcome: 'false' }])
  })

  it('an answer to the delivery of another message does not pass for one to this', async () => {
    const report = await reportOn('mq-moved')
    expect(step(report, 'reply-signature')).toMatchObject([
      { outcome: 'proved' },
      { outcome: 'false' },
    ])
  })

  it('a bus whose certificate had run out vouches for no delivery', async () => {
    const ended = { notBefore: new Date(then.getTime() - 48 * hour), notAfter: then }
    const bus = await cast.busRoot.issue({ subject: 'Şin', ...ended })
    const container = await containerOf({ ...cast, bus }, 'mq')
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(step(report, 'reply-signature')).toMatchObject([
      { outcome: 'proved' },
      { outcome: 'false' },
    ])
  })
})
