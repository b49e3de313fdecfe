import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { memoryIo } from '../../test/support/command-io.js'
import type { Config } from '../config/config.js'
import { loadLogSigningKey } from '../config/log-keys.js'
import { LogSigners } from '../sequencing/log-signers.js'
import { PublishedCheckpoints, publishedFolderOf } from '../sequencing/published-checkpoints.js'
import { parseVerifierKey, verifyNote } from '../tlog/note-keys.js'
import { parseNote } from '../tlog/note.js'
import { logKey } from './log-key.js'

const directory = mkdtempSync(join(tmpdir(), 'sluice-test-log-key-'))
const config = {
  directory,
  keys: undefined,
  evidence: { origin: 'log.example', formerLogKeyFiles: [] },
} as unknown as Config

async function run(...args: string[]) {
  const io = memoryIo({})
  const code = await logKey(args, io, () => Promise.resolve(config))
  return { code, lines: io.text.split('\n'), err: io.errors }
}

let note: string

beforeAll(async () => {
  const key = loadLogSigningKey(config).reveal()
  note = new LogSigners(key, 'log.example').note('domain/A B', 7, Buffer.alloc(32), new Date())
  await new PublishedCheckpoints(publishedFolderOf(directory)).keep('domain/A B', note)
})

afterAll(() => rmSync(directory, { recursive: true }))

describe('sluice log key', () => {
  it('makes no key where the bus has none yet', async () => {
    const elsewhere = { ...config, directory: join(directory, 'none') }
    await expect(logKey([], memoryIo({}), () => Promise.resolve(elsewhere))).rejects.toThrow(
      'cannot be read',
    )
  })

  it('writes the key of each log that was published, by which its checkpoints are verified', async () => {
    const { code, lines } = await run()
    expect(code).toBe(0)
    const keys = lines.map(parseVerifierKey)
    expect(keys.map(({ name }) => name)).toEqual([
      'log.example/audit',
      'log.example/domain/A%20B',
      'log.example/unassigned',
    ])
    const [, key] = keys
    if (!key) throw new Error('there is a key')
    expect(verifyNote(parseNote(note), key).text).toContain('log.example/domain/A%20B\n7\n')
  })

  it('writes the keys of the logs that are named', async () => {
    const { lines } = await run('--log', 'audit', '--log', 'domain/SENED')
    expect(lines.map((line) => parseVerifierKey(line).name)).toEqual([
      'log.example/audit',
      'log.example/domain/SENED',
    ])
  })

  it('refuses what it does not know', async () => {
    expect(await run('--key', 'x')).toMatchObject({ code: 2, lines: [''] })
    expect(await run('audit')).toMatchObject({ code: 2, lines: [''] })
  })

  it('makes up no key for a log that cannot be', async () => {
    const { code, lines, err } = await run('--log', 'PORTAL')
    expect([code, lines]).toEqual([2, ['']])
    expect(err).toContain('There is no log "PORTAL": it is domain/NAME, unassigned or audit.')
  })
})
