import { beforeAll, describe, expect, it } from '@jest/globals'
import { hour, makeCast, then, type EvidenceCast } from '../../../test/support/evidence-cast.js'
import { containerOf, makeEvidence, optionsFor, trustIn } from '../../../test/support/evidence.js'
import { parseCertificate } from '../../trust/x509/certificate.js'
import type { ExchangeEvidence } from '../exchange-evidence.js'
import { exportEvidence } from '../export-evidence.js'
import type { EvidenceReport } from './report.js'
import { verifyEvidence } from './verify-evidence.js'

let cast: EvidenceCast

beforeAll(async () => {
  cast = await makeCast()
})

describe('who signed the delivery that an answer is to', () => {
  async function toldWith(change: Partial<ExchangeEvidence['material']>) {
    const evidence = await makeEvidence(cast)
    const material = { ...evidence.material, ...change }
    const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
    return verifyEvidence(container, trustIn(cast), new Date())
  }

  function tie({ steps }: EvidenceReport): EvidenceReport['steps'] {
    return steps.filter(({ name }) => name === 'reply-signature')
  }

  it('must be in the container, or the answer is to some request', async () => {
    const report = await toldWith({ busCertificates: [] })
    expect(tie(report)).toMatchObject([{ outcome: 'proved' }, { outcome: 'not-checked' }])
    expect(tie(report)[0]?.text.en).not.toContain('to exactly this request')
    expect(report.verdict).toBe('incomplete')
  })

  it('must be one whom an anchor vouches for', async () => {
    const { authority, tsa } = cast
    const anchors = [authority, tsa.root].map(({ der }) => parseCertificate(der))
    const given = { ...trustIn(cast), anchors }
    const report = await verifyEvidence(await containerOf(cast), given, new Date())
    expect(tie(report)).toMatchObject([{ outcome: 'proved' }, { outcome: 'not-checked' }])
    expect(tie(report)[1]?.text.az).toContain('onu verən mərkəz burada etibar edilənlər arasında')
  })

  it('must have had a good certificate then', async () => {
    const ended = { notBefore: new Date(then.getTime() - 48 * hour), notAfter: then }
    const bus = await cast.busRoot.issue({ subject: 'Şin', ...ended })
    const report = await verifyEvidence(
      await containerOf({ ...cast, bus }),
      trustIn(cast),
      new Date(),
    )
    expect(tie(report)).toMatchObject([{ outcome: 'proved' }, { outcome: 'false' }])
    expect(tie(report)[1]?.text.az).toContain('qüvvədə olma müddəti həmin vaxt bitmişdi')
  })

  it('must be the bus, and neither of the two who speak through it', async () => {
    const evidence = await makeEvidence({ ...cast, bus: cast.provider })
    const material = { ...evidence.material, busCertificates: [] }
    const container = await exportEvidence({ ...evidence, material }, optionsFor(cast))
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(tie(report)).toMatchObject([{ outcome: 'proved' }, { outcome: 'not-checked' }])
    expect(tie(report)[1]?.text.en).toContain("which is none of the bus's certificates")
  })

  it('must have signed the delivery of this request', async () => {
    const container = await containerOf(cast, 'moved')
    const report = await verifyEvidence(container, trustIn(cast), new Date())
    expect(tie(report)).toMatchObject([{ outcome: 'proved' }, { outcome: 'false' }])
  })
})
