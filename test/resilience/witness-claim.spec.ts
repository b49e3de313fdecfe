import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const timeoutMs = 120_000
/** More than any system gives to a process, so that nobody has it. */
const deadPid = 2 ** 31 - 1

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-witness-claim-'))
})

afterEach(() => rm(folder, { recursive: true }))

/** Opens the state when told to, says whether it could, and keeps it until its input ends. */
const program = `
  import { WitnessState } from ${JSON.stringify(pathToFileURL(resolve('dist/src/witness/witness-state.js')).href)}
  process.stdout.write('ready\\n')
  process.stdin.once('data', () => WitnessState.open(process.argv[1]).then(
    () => process.stdout.write('mine\\n'),
    () => process.stdout.write('refused\\n')))
  process.stdin.resume()`

function contender() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const says = (): Promise<string> =>
    new Promise((heard) => child.stdout.once('data', (line: Buffer) => heard(line.toString())))
  return { child, says }
}

it(
  'one of several witnesses that start at the same moment on one memory works with it',
  async () => {
    await writeFile(join(folder, 'process'), String(deadPid))
    const contenders = Array.from({ length: 6 }, contender)
    await Promise.all(contenders.map(({ says }) => says()))
    const answers = contenders.map(({ says }) => says())
    for (const { child } of contenders) child.stdin.write('go\n')
    const said = await Promise.all(answers)
    const winner = contenders[said.indexOf('mine\n')]
    expect(said.filter((answer) => answer === 'mine\n')).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['process'])
    expect(await readFile(join(folder, 'process'), 'utf8')).toBe(String(winner?.child.pid))
    const ended = contenders.map(({ child }) => new Promise((end) => child.once('exit', end)))
    for (const { child } of contenders) child.stdin.end()
    await Promise.all(ended)
  },
  timeoutMs,
)
