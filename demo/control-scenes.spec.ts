import { describe, expect, it } from '@jest/globals'
import { tmpdir } from 'node:os'
import { playControl } from './control-scenes.js'

describe('the demo’s looks at the control plane', () => {
  it('go wrong, each by itself, where there is none', async () => {
    const words: string[] = []
    const failures = await playControl(
      {
        call: () => Promise.reject(new Error('nobody asks')),
        sluice: () => Promise.resolve({ exitCode: 1, out: [], err: ['no such thing'] }),
        // Nobody listens on the port of discard.
        ...{ admin: 'http://127.0.0.1:9', workers: 1, folder: tmpdir() },
      },
      (text) => words.push(text),
    )
    expect(failures).toBe(3)
    expect(words.filter((line) => line.startsWith('!!  '))).toHaveLength(3)
    expect(words.filter((line) => line.includes('no such thing'))).toHaveLength(2)
  })
})
