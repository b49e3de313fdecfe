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

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-claim-'))
  contenders = await Promise.all(Array.from({ length: contendersMax }, () => Contender.start()))
})

afterEach(async () => {
  await Promise.all(contenders.map((one) => one.end()))
  await rm(folder, { recursive: true })
})

/**
 * Does what it is told, a word a line. `many` opens and closes as fast as it can; while it has the folder,
 * it has a file of its own making there that nobody else may have.
 */
const program = `
  import { rm, writeFile } from 'node:fs/promises'
  import { createInterface } from 'node:readline'
  import { WitnessState } from ${JSON.stringify(pathToFileURL(resolve('dist/src/witness/witness-state.js')).href)}
  const say = (word) => process.stdout.write(word + '\\n')
  let state
  const does = {
    open: async (folder) => {
      state = await WitnessState.open(folder).catch(() => undefined)
      say(state ? 'mine' : 'refused')
    },
    close: async () => {
      await state.close()
      say('closed')
    },
    many: async (folder, times) => {
      let owned = 0
      for (let at = 0; at < Number(times); at += 1) {
        const mine = await WitnessState.open(folder).catch(() => undefined)
        if (!mine) continue
        owned += 1
        await writeFile(folder + '.inside', '', { flag: 'wx' })
        await rm(folder + '.inside')
        await mine.close()
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

  static async start(): Promise<Contender> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
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

describe('of several witnesses that start at the same moment on one memory, one works with it', () => {
  it.each([
    ['a folder without a claim', () => Promise.resolve()],
    ['a dead claim of an earlier build', () => writeFile(join(folder, 'process'), String(deadPid))],
  ])(
    '%s, then closed claims',
    async (_what, begin) => {
      for (let round = 0; round < 10; round += 1) {
        await rm(join(folder, 'claim'), { recursive: true, force: true })
        await begin()
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
