import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryIo } from '../../test/support/command-io.js'
import { askAt } from '../../test/support/log-api.js'
import { until } from '../../test/support/message-log.js'
import { testSigner, TestTree } from '../../test/support/test-tree.js'
import { openCheckpoint } from '../../test/support/tlog-monitor.js'
import { serveTree, TestServer } from '../../test/support/witness.js'
import { formatAddCheckpoint } from '../tlog/add-checkpoint.js'
import { parseVerifierKey, verifierKeyText } from '../tlog/note-keys.js'
import { witness } from './witness.js'

const signer = testSigner('sluice/domain/PORTAL')
const vkey = verifierKeyText(signer.key)
const never = (): AbortSignal => new AbortController().signal
let folder: string
let keyFile: string
let tree: TestTree
let server: TestServer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-witness-'))
  keyFile = join(folder, 'witness.key')
  tree = new TestTree(signer).grow(5)
  server = await TestServer.open(serveTree(() => tree))
})

afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

async function run(args: readonly string[], stop = never) {
  const io = memoryIo({})
  const code = await witness(args, io, stop)
  return { code, out: io.text, err: io.errors }
}

const makeKey = () => run(['key', 'witness.example/w1', '--key', keyFile])
const common = () => [
  '--name',
  'witness.example/w1',
  '--key',
  keyFile,
  '--state',
  join(folder, 'state'),
]
const following = () => ['--log', server.address, '--log-key', vkey, ...common()]

describe('sluice witness key', () => {
  it('makes a key once, readable by its owner only, and shows how it is verified', async () => {
    const first = await makeKey()
    expect(parseVerifierKey(first.out)).toMatchObject({
      name: 'witness.example/w1',
      algorithm: 'cosignature/v1',
    })
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(await makeKey()).toEqual(first)
    expect(await readFile(keyFile, 'utf8')).toMatch(/BEGIN PRIVATE KEY/)
  })

  it('takes no name that no key may have', async () => {
    expect((await run(['key', 'two words', '--key', keyFile])).code).toBe(2)
  })
})

describe('sluice witness --log', () => {
  it('--once vouches for what there is, and again for what has grown', async () => {
    await makeKey()
    const [first, out] = [await run([...following(), '--once']), 'vouched for 5 entries']
    expect(first).toEqual({ code: 0, out: `sluice/domain/PORTAL: ${out}`, err: '' })
    tree.grow(10)
    expect(await run([...following(), '--once'])).toMatchObject({ code: 0 })
  })

  it('ends with 1 where the log cannot be read, and with 3, loudly, where it forked or shrank', async () => {
    await makeKey()
    const away = following().map((arg) => (arg === server.address ? 'http://127.0.0.1:1' : arg))
    expect(await run([...away, '--once'])).toMatchObject({ code: 1 })
    expect(await run([...following(), '--once'])).toMatchObject({ code: 0 })
    for (const [other, words] of [
      [new TestTree(signer).grow(7, 'forked'), 'THE LOG FORKED'],
      [new TestTree(signer).grow(4), 'THE LOG SHRANK'],
    ] as const) {
      tree = other
      const { code, err } = await run([...following(), '--every', '1'])
      expect([code, err]).toEqual([3, expect.stringContaining(words)])
      const [file = ''] = /\S+\.json$/.exec(err) ?? []
      const { known, seen } = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
      expect(openCheckpoint(known!, vkey).size).toBe(5)
      expect(openCheckpoint(seen!, vkey).size).toBe(other.entries.length)
    }
  })

  it('--every goes on until it is told to stop', async () => {
    await makeKey()
    const stopping = new AbortController()
    const running = run([...following(), '--every', '3600'], () => stopping.signal)
    await until(() => server.requests.includes('POST /cosignature'))
    stopping.abort()
    expect(await running).toMatchObject({ code: 0 })
  })

  it('signs nothing where what it had seen cannot be read', async () => {
    await makeKey()
    await run([...following(), '--once'])
    const [file = ''] = (await readdir(join(folder, 'state'))).filter((name) =>
      name.endsWith('.checkpoint'),
    )
    await writeFile(join(folder, 'state', file), 'nothing')
    const { code, err } = await run([...following(), '--once'])
    expect([code, err]).toEqual([1, expect.stringContaining(file)])
  })
})

describe('sluice witness --listen', () => {
  it('signs what is handed in, and ends when told to', async () => {
    await makeKey()
    const stopping = new AbortController()
    const io = memoryIo({})
    const args = ['--listen', '127.0.0.1:0', '--log-key', vkey, ...common()]
    const running = witness(args, io, () => stopping.signal)
    await until(() => io.text !== '')
    const address = /http:\S+(?=\/add-checkpoint)/.exec(io.text)?.[0] ?? ''
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], note: await tree.checkpoint() })
    expect((await askAt(address, '/add-checkpoint', { method: 'POST', body })).status).toBe(200)
    stopping.abort()
    expect(await running).toBe(0)
    expect(io.text).toMatch(/vouched for 5 entries$/)
  })
})

describe('wrong use', () => {
  it.each<[string, () => string[]]>([
    ['nothing', () => []],
    [
      'no key',
      () => [
        '--log',
        server.address,
        '--log-key',
        vkey,
        '--name',
        'w',
        '--state',
        folder,
        '--once',
      ],
    ],
    ['a log without its key', () => ['--log', server.address, ...common(), '--once']],
    [
      'a key that is none',
      () => ['--log', server.address, '--log-key', 'x', ...common(), '--once'],
    ],
    [
      'two of one log',
      () => [...following(), '--log', server.address, '--log-key', vkey, '--once'],
    ],
    ['neither once nor every', following],
    ['both', () => [...following(), '--once', '--every', '5']],
    ['every so often that it is never', () => [...following(), '--every', '0']],
    ['another scheme', () => ['--log', 'file:///etc', '--log-key', vkey, ...common(), '--once']],
    ['a place without a port', () => ['--listen', 'localhost', '--log-key', vkey, ...common()]],
    ['an unknown option', () => [...following(), '--once', '--force']],
    ['a key file that is not there', () => [...following(), '--once']],
  ])('%s: exit code 2', async (_name, args) => {
    expect((await run(args())).code).toBe(2)
  })
})
