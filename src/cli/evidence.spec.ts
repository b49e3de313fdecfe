import { beforeAll, describe, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { memoryIo } from '../../test/support/command-io.js'
import { makeCast, type EvidenceCast } from '../../test/support/evidence-cast.js'
import { containerOf } from '../../test/support/evidence.js'
import { verifierKeyText } from '../tlog/note-keys.js'
import { evidenceExport, type OpenEvidence } from './evidence-export.js'
import { evidenceVerify } from './evidence-verify.js'

let cast: EvidenceCast
let container: Buffer
let files: Record<string, string | Buffer>

beforeAll(async () => {
  cast = await makeCast()
  container = await containerOf(cast)
  const pem = [cast.authority, cast.busRoot, cast.tsa.root].map(({ der }) =>
    new X509Certificate(der).toString(),
  )
  files = {
    'e.asice': container,
    'roots.pem': pem.join(''),
    'key.txt': `${verifierKeyText(cast.log.key)}\n`,
    'changed.asice': Buffer.from(container).fill(0x20, 3_000, 3_001),
  }
})

async function verify(...args: string[]) {
  const io = memoryIo(files)
  const code = await evidenceVerify(args, io)
  return { code, text: io.text, errors: io.errors }
}

describe('sluice evidence verify', () => {
  it('proves everything to who has the roots and the key of the log, in both languages', async () => {
    const { code, text } = await verify('e.asice', '--trust', 'roots.pem', '--log-key', 'key.txt')
    expect(text).toContain('SÜBUT EDİLDİ  Kim soruşub (request/payload.json)')
    expect(text).toContain('Bunu AZ/GOV/VN/SC sistemi soruşub')
    expect(text).toContain('NƏTİCƏ  Bütün yoxlamalar uğurla başa çatdı.')
    expect(text).toContain('This was answered by the system AZ/GOV/DIN/GCQ')
    expect(text).toContain('RESULT  Every check proved right.')
    expect(code).toBe(0)
  })

  it('takes a key as it is written, and says all in one language where one is wanted', async () => {
    const key = verifierKeyText(cast.log.key)
    const { code, text } = await verify(
      ...['e.asice', '--trust', 'roots.pem', '--log-key', key, '--lang', 'en'],
    )
    expect([code, text.includes('NƏTİCƏ')]).toEqual([0, false])
  })

  it('is incomplete without them, and says so', async () => {
    const { code, text } = await verify('e.asice', '--lang', 'en')
    expect(code).toBe(3)
    expect(text).toContain(
      'NOT CHECKED   Seal\n              No trust anchors were given (--trust)',
    )
    expect(text).toContain('No key of the log was given (--log-key)')
  })

  it('names the file that is false', async () => {
    const { code, text } = await verify('changed.asice', '--lang', 'az')
    expect(code).toBe(1)
    expect(text).toMatch(/^YANLIŞ {8}Konteyner \(\S+\)$/m)
    const { code: again, text: json } = await verify('changed.asice', '--json')
    expect([again, (JSON.parse(json) as { verdict: string }).verdict]).toEqual([1, 'false'])
  })

  it.each([
    [[], 'FILE is missing.'],
    [['a', 'b'], 'One container at a time.'],
    [['e.asice', '--lang', 'ru'], '--lang must be az or en.'],
    [['e.asice', '--log-key', 'roots.pem'], '--log-key: '],
    [['e.asice', '--trust', 'key.txt'], 'key.txt: no CERTIFICATE'],
    [['none.asice'], 'none.asice'],
  ])('%j is wrong use', async (args, reason) => {
    const { code, errors } = await verify(...args)
    expect([code, errors]).toEqual([2, expect.stringContaining(reason)])
  })
})

const exchange = '0190163d-8694-739b-aea5-966c26f8ad91'

async function exported(args: string[], open: () => Promise<OpenEvidence>) {
  const io = memoryIo({})
  const written: [string, Uint8Array][] = []
  const writeNew = (path: string, content: Uint8Array): Promise<void> => {
    written.push([path, content])
    return Promise.resolve()
  }
  const code = await evidenceExport(args, io, { open, writeNew, checkNew: () => Promise.resolve() })
  return { code, written, text: io.text, errors: io.errors }
}

describe('sluice evidence export', () => {
  it('opens for a person and a reason, and writes a new file', async () => {
    const asked: unknown[] = []
    let isClosed = false
    const { code, written, text } = await exported(
      [
        '--exchange',
        exchange.toUpperCase(),
        '--reason',
        'İş 12',
        '--actor',
        'N. Əliyeva',
        '--role',
        'hüquqşünas',
        '--archive',
        'a.zip',
        '--archive',
        'b.zip',
      ],
      () =>
        Promise.resolve({
          export: (...all: unknown[]) => {
            asked.push(...all)
            return Promise.resolve(container)
          },
          close: () => {
            isClosed = true
            return Promise.resolve()
          },
        }),
    )
    expect(asked).toMatchObject([
      exchange,
      { actor: 'N. Əliyeva', reason: 'İş 12', role: 'hüquqşünas', account: expect.any(String) },
      ['a.zip', 'b.zip'],
    ])
    expect(written).toEqual([[`evidence-${exchange}.asice`, container]])
    expect(text).toContain(`sluice evidence verify evidence-${exchange}.asice`)
    expect([code, isClosed]).toEqual([0, true])
  })

  it('says why there is none', async () => {
    const { code, errors, written } = await exported(
      ['--exchange', exchange, '--reason', 'x'],
      () => Promise.reject(new Error('there is no database in /nowhere')),
    )
    expect([code, written]).toEqual([1, []])
    expect(errors).toBe('The evidence could not be exported: there is no database in /nowhere')
  })

  it.each([
    [[], 'Say which exchange'],
    [['--exchange', 'x', '--reason', 'y'], '--exchange must be an exchange id'],
    [['--exchange', exchange], 'A payload is opened for a reason'],
    [['--exchange', exchange, '--reason', ' '], 'A payload is opened for a reason'],
    [[exchange, '--reason', 'x'], 'named with --exchange'],
    [
      ['--exchange', exchange, '--reason', 'x', ...Array<string>(17).fill('--archive=a.zip')],
      'No more than 16 archive files',
    ],
  ])('%j is wrong use, and nothing is opened', async (args, reason) => {
    const opened = await exported(args, () => Promise.reject(new Error('opened')))
    expect([opened.code, opened.errors]).toEqual([2, expect.stringContaining(reason)])
  })
})
