import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const timeoutMs = 120_000
/** More than any system gives to a process, so that nobody has it. */
const deadPid = 2 ** 31 - 1
const contendersMax = 6

let folder: string
let contenders: Contender[]

async function begin(source: ClaimSource): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-claim-'))
  contenders = await Promise.all(
    Array.from({ length: contendersMax }, () => Contender.start(source)),
  )
}

async function end(): Promise<void> {
  await Promise.all(contenders.map((one) => one.end()))
  await rm(folder, { recursive: true })
}

/** Who claims folders, and how. */
interface ClaimSource {
  /** Of the build. */
  readonly module: string
  /** An expression of what the module exports: a function that claims a folder. */
  readonly claim: string
  /** What an earlier build left of a dead process. */
  readonly earlier: readonly [name: string, text: string]
}

const sources: readonly (readonly [string, ClaimSource])[] = [
  [
    'witnesses that start at the same moment on one memory',
    {
      module: 'dist/src/witness/witness-state.js',
      claim:
        'async (folder) => { const state = await WitnessState.open(folder); return () => state.close() }',
      earlier: ['process', String(deadPid)],
    },
  ],
  [
    'nodes that start at the same moment on one embedded database',
    {
      module: 'dist/src/database/claim-data-folder.js',
      claim: 'claimDataFolder',
      earlier: ['launcher.json', JSON.stringify({ pid: deadPid, startedAt: '1' })],
    },
  ],
]

/**
 * Does what it is told, a word a line. `many` opens and closes as fast as it can; while it has the folder,
 * it has a file of its own making there that nobody else may have.
 */
const programOf = ({ module, claim }: ClaimSource): string => `
  import { rm, writeFile } from 'node:fs/promises'
  import { createInterface } from 'node:readline'
  import * as source from ${JSON.stringify(pathToFileURL(resolve(module)).href)}
  const say = (word) => process.stdout.write(word + '\\n')
  const { WitnessState, claimDataFolder } = source
  const claim = ${claim}
  let giveBack
  const does = {
    open: async (folder) => {
      giveBack = await claim(folder).catch(() => undefined)
      say(giveBack ? 'mine' : 'refused')
    },
    close: async () => {
      await giveBack()
      say('closed')
    },
    many: async (folder, times) => {
      let owned = 0
      for (let at = 0; at < Number(times); at += 1) {
        const giveBackOne = await claim(folder).catch(() => undefined)
        if (!giveBackOne) continue
        owned += 1
        await writeFile(folder + '.inside', '', { flag: 'wx' })
        await rm(folder + '.inside')
        await giveBackOne()
      }
      say('owned ' + owned)
    },
  }
  say('ready')
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const [word, ...rest] = line.split('|')
    await does[word](...rest).catch((error) => say('two owners: ' + error.message))
  })`

class Contender {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  }

  static async start(source: ClaimSource): Promise<Contender> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', programOf(source)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const one = new Contender(child)
    if ((await one.#heard()) !== 'ready') throw new Error('a contender did not start')
    return one
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  tell(...words: readonly (string | number)[]): Promise<string> {
    this.#child.stdin?.write(`${words.join('|')}\n`)
    return this.#heard()
  }

  async #heard(): Promise<string> {
    const { value } = (await this.#lines.next()) as { value?: string }
    return value ?? 'ended'
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}

/** All try at the same moment. @returns the one that has the folder */
async function contend(): Promise<Contender> {
  const said = await Promise.all(contenders.map((one) => one.tell('open', folder)))
  expect(said.filter((word) => word !== 'refused')).toEqual(['mine'])
  const owner = contenders[said.indexOf('mine')] as Contender
  expect(await readdir(join(folder, 'claim'))).toEqual([
    expect.stringMatching(`^held~${owner.pid}~`),
  ])
  return owner
}

describe.each(sources)('of several %s, one works with it', (_who, source) => {
  const [earlierName, earlierText] = source.earlier

  beforeEach(() => begin(source))

  afterEach(end)

  it.each([
    ['a folder without a claim', () => Promise.resolve()],
    ['a dead claim of an earlier build', () => writeFile(join(folder, earlierName), earlierText)],
  ])(
    '%s, then closed claims',
    async (_what, prepare) => {
      for (let round = 0; round < 10; round += 1) {
        await rm(join(folder, 'claim'), { recursive: true, force: true })
        await prepare()
        for (let again = 0; again < 4; again += 1) {
          const owner = await contend()
          expect(await readdir(folder)).toEqual(['claim'])
          expect(await owner.tell('close')).toBe('closed')
          expect(await readdir(join(folder, 'claim'))).toEqual(['closed'])
        }
      }
    },
    timeoutMs,
  )

  it(
    'a claim whose process was killed',
    async () => {
      while (contenders.length > 1) {
        const owner = await contend()
        await owner.end()
        expect(await readdir(join(folder, 'claim'))).toEqual([
          expect.stringMatching(`^held~${owner.pid}~`),
        ])
        contenders = contenders.filter((one) => one !== owner)
      }
    },
    timeoutMs,
  )

  it(
    'and never two, however often it changes hands',
    async () => {
      const said = await Promise.all(contenders.map((one) => one.tell('many', folder, 300)))
      const owned = said.map((word) => Number(/^owned (\d+)$/.exec(word)?.[1] ?? NaN))
      expect(said).toEqual(owned.map((times) => `owned ${times}`))
      expect(owned.reduce((sum, times) => sum + times)).toBeGreaterThan(0)
      expect(await readdir(join(folder, 'claim'))).toEqual(['closed'])
    },
    timeoutMs,
  )
})
