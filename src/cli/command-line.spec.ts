import { describe, expect, it } from '@jest/globals'
import { memoryIo } from '../../test/support/command-io.js'
import { runCommandLine } from './command-line.js'

async function run(...args: string[]) {
  const io = memoryIo({})
  const code = await runCommandLine(args, {
    io,
    place: () => {
      throw new Error('no database is asked for')
    },
    config: () => {
      throw new Error('no configuration is asked for')
    },
    writeNew: () => Promise.reject(new Error('nothing is written')),
    version: () => Promise.resolve('1.2.3'),
    stop: () => new AbortController().signal,
  })
  return { code, out: io.text, err: io.errors }
}

const logs = 'log show, search, acts, payload, key, verify, archive, erase or hold'

describe('sluice', () => {
  it('says its version', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: 'sluice 1.2.3', err: '' })
  })

  it.each<[string[], string]>([
    [[], 'COMMAND is missing.'],
    [['regstry', 'export'], 'There is no command "regstry".'],
    [['log'], `log needs another word. Say ${logs}.`],
    [['log', 'list'], `There is no command "log list". Say ${logs}.`],
    [['trust', 'show'], 'There is no command "trust show". Say trust verify.'],
    [['mq', 'queue'], 'There is no command "mq queue". Say mq user or dead.'],
    [['constructor'], 'There is no command "constructor".'],
    [['\u001b[31m'], 'There is no command "\\u001b[31m".'],
  ])('%j is wrong use, and it says why', async (args, reason) => {
    const { code, out, err } = await run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err.split('\n\n').slice(0, 2)).toEqual([reason, expect.stringMatching(/^Usage: sluice/)])
  })

  it.each([
    [[]],
    [['registry']],
    [['log']],
    [['log', 'show']],
    [['log', 'key']],
    [['log', 'search']],
    [['log', 'acts']],
    [['log', 'payload']],
    [['log', 'archive']],
    [['log', 'archive', 'verify']],
    [['log', 'erase']],
    [['log', 'hold']],
    [['send']],
    [['explain']],
    [['trust']],
    [['trust', 'verify']],
  ])('%j explains itself when asked to, without a database', async (command) => {
    for (const word of ['--help', '-h']) {
      const { code, out, err } = await run(...command, word)
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(/^Usage: sluice/)
    }
  })
})
