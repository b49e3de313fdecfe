import { expect, it } from '@jest/globals'
import { makeTsa } from '../../test/support/timestamps.js'
import { TimestampClient } from '../timestamp/timestamp-client.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { stampReader } from './log-verify/stamp-reader.js'

const note = Buffer.from('sluice/audit\n3\nroot\n\n\u2014 sluice/audit AAAA\n')

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
  expect(() => stranger.read(token, note)).toThrow()
  for (const reader of [stampReader([root]), stampReader([])]) {
    expect(() => reader.read(token, Buffer.from('another note'))).toThrow('stamps something else')
    for (let at = 0; at < token.length; at += 7) {
      const changed = Buffer.from(token)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => reader.read(changed, note)).toThrow()
    }
  }
})
