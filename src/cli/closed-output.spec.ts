import { expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

it('ends as it would have where nobody reads to the end ("| head"), and without a stack trace', async () => {
  const child = spawn(process.execPath, ['bin/sluice.js', '--version'])
  child.stdout.destroy()
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  expect({ code, told }).toEqual({ code: 0, told: '' })
}, 60_000)
