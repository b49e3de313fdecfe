import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallOutcome } from './consumer.js'
import { playEvidence } from './evidence-scenes.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-evidence-scenes-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the demo’s looks at the evidence', () => {
  it('go wrong, each by itself, where nothing speaks for the exchange', async () => {
    const outcome: CallOutcome = {
      ...{ status: 200, exchangeId: 'e', fault: undefined, body: '' },
      ...{ sentSha256: '', milliseconds: 1 },
    }
    const words: string[] = []
    // Nobody listens on the port of discard.
    const nowhere = 'http://127.0.0.1:9'
    const failures = await playEvidence(
      {
        call: () => Promise.resolve(outcome),
        sluice: () => Promise.resolve({ exitCode: 1, out: [], err: ['no such thing'] }),
        ...{ logApi: nowhere, management: nowhere, folder },
      },
      (text) => words.push(text),
    )
    expect(failures).toBe(4)
    expect(words.filter((line) => line.startsWith('!!  '))).toHaveLength(4)
    expect(words).toContain('     WRONG: exit code 1\nno such thing')
  })
})
