import { expect, it } from '@jest/globals'
import { makeTsa } from '../../test/support/timestamps.js'
import { StampTrouble } from '../log-verifier/attestation-row.js'
import { TimestampClient } from '../timestamp/timestamp-client.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { stampReader } from './log-verify/stamp-reader.js'

const note = Buffer.from('sluice/audit\n3\nroot\n\n\u2014 sluice/audit AAAA\n')

function trouble(read: () => unknown): StampTrouble | undefined {
  try {
    read()
  } catch (error) {
    if (error instanceof StampTrouble) return error
    throw error
  }
  return undefined
}

it('the verifier of the logs reads time-stamps, and believes those whose authority is trusted', async () => {
  const [tsa, other] = [await makeTsa(), await makeTsa()]
  const ask = (query: Uint8Array): Promise<Uint8Array> =>
    Promise.resolve(tsa.authority.answer(query))
  const source = { name: 'Vaxt', isIndependent: true, trust: tsa.trust, ask }
  const client = new TimestampClient({ sources: [source], retryMsMin: 1, warn: () => undefined })
  const { token, time, authority } = await client.stamp(note, new AbortController().signal)
  const said = { at: time.getTime() * 1_000, by: authority }
  const root = parseCertificate(tsa.root.der)
  expect(stampReader([root]).read(token, note)).toEqual({ ...said, isTrusted: true })
  expect(stampReader([]).read(token, note)).toEqual({ ...said, isTrusted: false })
  const stranger = stampReader([parseCertificate(other.root.der)])
  const unknown = trouble(() => stranger.read(token, note))
  expect(unknown?.text.az).toContain('sertifikatın imzası onu verən mərkəzin açarı ilə qoyulmayıb.')
  for (const reader of [stampReader([root]), stampReader([])]) {
    const other = trouble(() => reader.read(token, Buffer.from('another note')))
    expect(other?.text.en).toContain('stamps something else')
    expect(other?.text.az).toBe('o, başqa məlumata vurulub: heşlər fərqlənir.')
    for (let at = 0; at < token.length; at += 7) {
      const changed = Buffer.from(token)
      changed[at] = (changed[at] ?? 0) ^ 1
      // In Azerbaijani nothing is said in English, but what is quoted as a technical reason.
      const said = trouble(() => reader.read(changed, note))?.text.az
      expect(said?.replace(/\(texniki səbəb: .*\)/, '')).toMatch(
        /^(?!.*\b(?:[Tt]he|is|not|of)\b).+\.$/,
      )
    }
  }
})
