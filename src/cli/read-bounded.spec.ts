import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { readBounded } from './read-bounded.js'

const chunks = ['Əli', 'yev'].map((text) => Buffer.from(text))

describe('reading a file for a command', () => {
  it('gives all of it', async () => {
    expect((await readBounded(Readable.from(chunks), 7)).toString()).toBe('Əliyev')
  })

  it('stops at the limit', async () => {
    const stream = Readable.from(chunks)
    await expect(readBounded(stream, 6)).rejects.toThrow('longer than 6 bytes')
    expect(stream.destroyed).toBe(true)
  })
})
