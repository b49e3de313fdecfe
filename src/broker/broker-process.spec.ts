import { expect, it } from '@jest/globals'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { endChild, spawnIn } from './broker-process.js'

it('what does not end in time is ended with all that it started', async () => {
  // As the script of RabbitMQ does: the word is heard, and who was started goes on.
  const script = `trap '' TERM; sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done' & wait`
  const env = { PATH: process.env['PATH'] ?? '' }
  const child = spawnIn({ file: '/bin/sh', args: ['-c', script], folder: tmpdir(), env })
  if (!child.stdout) throw new Error('no output')
  await once(child.stdout, 'data')
  await endChild(child, 100)
  // Nobody of its group is there any more; the one that was killed last may be waited for still.
  const isThere = (): boolean => {
    try {
      process.kill(-(child.pid ?? 0), 0)
      return true
    } catch {
      return false
    }
  }
  for (let turn = 0; isThere() && turn < 100; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(isThere()).toBe(false)
})
