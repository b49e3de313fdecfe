import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackagingError } from '../../http/packaging-error.js'
import { CmsError } from '../../cms/cms-error.js'
import { Fault } from '../../exchange/fault.js'
import { TimestampError } from '../../timestamp/timestamp-error.js'
import { NoteError } from '../../tlog/note.js'
import { PathError } from '../../trust/x509/path-error.js'
import { spokenReason } from './reason-sentences.js'
import { reasonText } from './reason-text.js'

/** Where reasons without a name for machines come from that a container can bring about. */
const sources = [
  ...['tlog/note.ts', 'tlog/note-keys.ts', 'tlog/checkpoint.ts', 'tlog/merkle.ts'],
  ...['evidence/tlog-proof.ts', 'http/kept-head.ts', 'mq-head.ts'],
  ...['evidence/verify/verify-tree.ts', 'evidence/verify/verify-checkpoint.ts'],
]
const thrown =
  /new (?:NoteError|ProofError|TlogProofError|HttpHeadError|MqHeadError)\(\s*(['`])(.*?)\1/g
/** No container has one. */
const ofConsistency = /consistency|has shrunk|of one size|older tree/

describe('reasons in both languages', () => {
  it.each(sources)('every sentence of %s has its Azerbaijani', (source) => {
    const text = readFileSync(join(import.meta.dirname, '../..', source), 'utf8')
    const found = [...text.matchAll(thrown)].map(([, , reason = '']) =>
      reason.replaceAll(/\$\{[^}]+\}/g, 'ad'),
    )
    expect(found).not.toEqual([])
    const without = found.filter((reason) => spokenReason(reason) === undefined)
    expect(without.filter((reason) => !ofConsistency.test(reason))).toEqual([])
  })

  it('are one sentence each, with the names that they hold', () => {
    const note = reasonText(new NoteError('the signature by bus.example/audit is wrong'))
    expect(note).toEqual({
      en: 'the signature by bus.example/audit is wrong.',
      az: 'bus.example/audit açarının imzası yanlışdır.',
    })
    const path = new PathError('expired', 'CN=A', '6.1.3', 'It expired on 2025-01-01.')
    expect(reasonText(path, 'CN=A').az).toBe(
      'sertifikatın qüvvədə olma müddəti həmin vaxt bitmişdi.',
    )
    // Where it is another certificate's trouble, that one is named.
    expect(reasonText(path, 'CN=B').en).toBe('CN=A: It expired on 2025-01-01.')
    const stamp = new TimestampError('certificate', 'CN=A: It expired.', { cause: path })
    expect(reasonText(stamp).az).toBe(
      'CN=A: sertifikatın qüvvədə olma müddəti həmin vaxt bitmişdi.',
    )
    const cms = new CmsError(
      'bad-signature',
      'Its signature was not made by the key of its signer.',
    )
    expect(reasonText(cms).az).toBe('imza imzalayanın açarı ilə qoyulmayıb.')
    expect(reasonText(new Fault('SIGNATURE_INVALID')).az).toMatch(
      /^SIGNATURE_INVALID: \p{Lu}.*\.$/u,
    )
    expect(reasonText(new PackagingError('charset', 'The only charset…')).az).toBe(
      'mesaj göstərildiyi kimi qablaşdırılmayıb (charset).',
    )
  })

  it('that nobody foresaw are quoted as technical ones, and steer no terminal', () => {
    expect(reasonText(new RangeError('Invalid \u001b[31marray length'))).toEqual({
      en: 'Invalid \ufffd[31marray length.',
      az: 'səbəb tanınmayıb (texniki səbəb: Invalid \ufffd[31marray length).',
    })
  })
})
