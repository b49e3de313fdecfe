import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { askAt, openTestLogApi, testPools } from '../../test/support/log-api.js'
import { TestLogRows, testSigner, TestTree } from '../../test/support/test-tree.js'
import { openCheckpoint } from '../../test/support/tlog-monitor.js'
import { serveTree, TestServer, TestWitness, witnessName } from '../../test/support/witness.js'
import { formatCheckpoint } from '../tlog/checkpoint.js'
import { verifierKeyText } from '../tlog/note-keys.js'
import { formatNote } from '../tlog/note.js'
import { followLog, type FollowOptions, type FollowOutcome } from './follow-log.js'
import type { Misconduct } from './misconduct.js'

const signer = testSigner('sluice/domain/PORTAL')
let tree: TestTree
let own: TestWitness
let server: TestServer

beforeEach(async () => {
  tree = new TestTree(signer).grow(700)
  own = await TestWitness.open(signer.key)
})

afterEach(async () => {
  await server.close()
  await own.close()
})

const follow = (options?: FollowOptions): Promise<FollowOutcome> =>
  followLog({ address: server.address, key: signer.key }, own.witness, options)

async function serve(...args: Parameters<typeof serveTree>): Promise<void> {
  server = await TestServer.open(serveTree(...args))
}

async function expectConvicted(outcome: FollowOutcome, kind: string, by = signer): Promise<void> {
  expect(outcome).toMatchObject({ kind })
  const { evidence } = outcome as { evidence: string }
  const misconduct = JSON.parse(await readFile(evidence, 'utf8')) as Misconduct
  const vkey = verifierKeyText(by.key)
  for (const note of [misconduct.known, misconduct.seen]) openCheckpoint(note, vkey)
  expect(misconduct).toMatchObject({ kind, origin: by.key.name })
}

describe('a log in a database, served by the bus', () => {
  let database: TestDatabase
  let owner: pg.Client
  let pools: ReturnType<typeof testPools>

  beforeAll(async () => {
    database = await startTestDatabase()
    owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    pools = testPools(database)
  })

  afterAll(async () => {
    await pools.auditor.end()
    await pools.jobs.end()
    await owner.end()
    await database.stop()
  })

  it('grows, and the witness’s signature is published under each checkpoint', async () => {
    const log = new TestLogRows(owner, 'domain/PORTAL', signer)
    const witnesses = [own.signer.key]
    const api = await openTestLogApi(pools, { [signer.key.name]: signer }, { witnesses })
    await serve(() => tree)
    const followed = { address: `${api.address}/log/domain/PORTAL`, key: signer.key }
    for (const count of [1, 0, 2, 253, 1, 300, 0, 1_000]) {
      await log.grow(count)
      if (count > 0) await log.publish()
      const outcome = await followLog(followed, own.witness)
      expect(outcome).toEqual({ kind: 'cosigned', size: log.entries.length })
      const { body } = await askAt(api.address, '/log/domain/PORTAL/checkpoint')
      const opened = openCheckpoint(body.toString(), verifierKeyText(own.signer.key))
      expect(opened).toMatchObject({ size: log.entries.length })
      expect(opened.signers).toEqual([signer.key.name, witnessName])
    }
    await api.close()
  })

  it('whose entries were changed is convicted, though its new checkpoint is signed and its tiles fit', async () => {
    await serve(() => tree)
    const key = testSigner('sluice/unassigned')
    const keeper = await TestWitness.open(key.key)
    const witnesses = [keeper.signer.key]
    const publish = async (count: number): Promise<FollowOutcome> => {
      for (const table of ['cosignature', 'tile', 'sequence', 'checkpoint']) {
        await owner.query(`DELETE FROM sluice.log_${table} WHERE log = 'unassigned'`)
      }
      const log = new TestLogRows(owner, 'unassigned', key)
      await log.grow(count)
      await log.publish()
      const api = await openTestLogApi(pools, {}, { witnesses })
      const followed = { address: `${api.address}/log/unassigned`, key: key.key }
      const outcome = await followLog(followed, keeper.witness)
      await api.close()
      return outcome
    }
    expect(await publish(300)).toEqual({ kind: 'cosigned', size: 300 })
    await expectConvicted(await publish(400), 'forked', key)
    const { rowCount } = await owner.query(
      "SELECT FROM sluice.log_cosignature WHERE log = 'unassigned'",
    )
    expect(rowCount).toBe(0)
    await keeper.close()
  })
})

describe('a log that does not behave', () => {
  it('shows another state of the same size: forked', async () => {
    await serve(() => tree)
    expect(await follow()).toEqual({ kind: 'cosigned', size: 700 })
    tree = new TestTree(signer).grow(699).grow(1, 'other')
    await expectConvicted(await follow(), 'forked')
  })

  it.each([0, 255, 256, 699])('changed entry %i and went on: forked', async (at) => {
    await serve(() => tree)
    await follow()
    const changed = new TestTree(signer)
      .grow(at)
      .grow(1, 'changed')
      .grow(999 - at)
    tree = changed
    await expectConvicted(await follow(), 'forked')
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1)
  })

  it('shows less than it had: shrunk', async () => {
    await serve(() => tree)
    await follow()
    tree = new TestTree(signer).grow(650)
    await expectConvicted(await follow(), 'shrunk')
  })
})

describe('a server that lies for a log that behaves', () => {
  const failed = { kind: 'failed' }

  it.each(['0/000', '0/001', '0/002.p/188', '1/000.p/2', '0/003.p/232', '1/000.p/3'])(
    'by tile %s: nothing is signed, and the log is not convicted',
    async (name) => {
      const wrong = Buffer.alloc(8_192, 1)
      let isLying = false
      const lie = (path: string): Promise<Buffer | undefined> => {
        const width = Number(/p\/(\d+)$/.exec(name)?.[1] ?? 256)
        const isIt = isLying && path === `tile/${name}`
        return Promise.resolve(isIt ? wrong.subarray(0, 32 * width) : undefined)
      }
      await serve(() => tree, lie)
      await follow()
      const before = tree
      tree = new TestTree(signer)
      tree.entries.push(...before.entries)
      tree.grow(300)
      isLying = true
      server.requests.length = 0
      // What is not needed may be anything.
      const kind = (await follow()).kind
      const isNeeded = server.requests.includes(`GET /tile/${name}`)
      expect(kind).toBe(isNeeded ? 'failed' : 'cosigned')
      isLying = false
      expect(await follow()).toEqual({ kind: 'cosigned', size: 1_000 })
    },
  )

  it.each([
    ['too short', (tile: Buffer) => tile.subarray(32)],
    ['too long', (tile: Buffer) => Buffer.concat([tile, tile])],
    ['empty', () => Buffer.alloc(0)],
  ])('by tiles that are %s', async (_name, cut) => {
    const lie = (path: string): Promise<Buffer | undefined> =>
      Promise.resolve(path.startsWith('tile/') ? cut(tree.tile(0, 0, 188)) : undefined)
    await serve(() => tree, lie)
    expect(await follow()).toMatchObject(failed)
  })

  it('whose partial tile is gone is read by the full one', async () => {
    const gone = new TestTree(signer).grow(1_000)
    const onlyFull = (path: string): Promise<Buffer | undefined> => {
      const index = /^tile\/0\/00([0-2])$/.exec(path)?.[1]
      return Promise.resolve(index === undefined ? index : gone.tile(0, Number(index), 256))
    }
    const listener = serveTree(() => tree, onlyFull)
    server = await TestServer.open((request, response) => {
      if (request.url === '/tile/0/002.p/188') response.writeHead(404).end()
      else listener(request, response)
    })
    expect(await follow()).toEqual({ kind: 'cosigned', size: 700 })
  })

  async function signed(size: number | string, key = signer): Promise<string> {
    const root = await tree.root()
    const text = formatCheckpoint({ origin: signer.key.name, size: 1, root }).replace(
      '\n1\n',
      `\n${size}\n`,
    )
    return formatNote({ text, signatures: [key.sign(text, new Date())] })
  }

  it.each([
    ['a size beyond all tiles', Number.MAX_SAFE_INTEGER],
    ['a size beyond 2^53', '99999999999999999999'],
    ['a negative size', '-1'],
    ['a root that is not that of its tiles', 701],
    ['an empty log with a root', 0],
  ])('by a checkpoint with %s', async (_name, size) => {
    const note = await signed(size)
    await serve(
      () => tree,
      (path) => Promise.resolve(path === 'checkpoint' ? note : undefined),
    )
    expect(await follow()).toMatchObject(failed)
    expect(server.requests.length).toBeLessThan(20)
  })

  it('by a checkpoint that another key signed, that is another log’s, or none', async () => {
    const notes = [
      await tree.checkpoint(700, testSigner(signer.key.name)),
      await tree.checkpoint(700, testSigner('other.example/log')),
      'hello',
      '',
      '\u2014\n\n\u2014 a b\n',
    ]
    let note = ''
    await serve(
      () => tree,
      (path) => Promise.resolve(path === 'checkpoint' ? note : undefined),
    )
    for (note of notes) expect(await follow()).toMatchObject(failed)
    expect(await own.witness.latest(signer.key)).toBeUndefined()
  })

  const hostile: Readonly<Record<string, RequestListener>> = {
    'a body without end': (_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more)
      }
      more()
    },
    'a redirect to itself': (request, response) => {
      response.writeHead(302, { location: request.url }).end()
    },
    'a head without end': (_request, response) => {
      response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end()
    },
    'a connection that ends': (request) => request.socket.destroy(),
    'an error': (_request, response) => {
      response.writeHead(500).end('no')
    },
    'a body that breaks off': (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('sluice', () => response.destroy())
    },
  }

  it.each(Object.entries(hostile))('by %s', async (_name, listener) => {
    server = await TestServer.open(listener)
    expect(await follow()).toMatchObject(failed)
    expect(server.requests).toHaveLength(1)
  })

  it('by silence: the turn ends within its time', async () => {
    server = await TestServer.open(() => undefined)
    expect(await follow({ timeMsMax: 200 })).toMatchObject(failed)
    const stopping = new AbortController()
    const turn = follow({ stop: stopping.signal })
    stopping.abort()
    expect(await turn).toMatchObject(failed)
  })

  it('that does not know the witness: it says who has to do what', async () => {
    const listener = serveTree(() => tree)
    server = await TestServer.open((request, response) => {
      if (request.method === 'POST') response.writeHead(403).end()
      else listener(request, response)
    })
    const outcome = await follow()
    expect(outcome).toMatchObject({
      kind: 'failed',
      why: 'cosignature: the log answers 403: it does not know this witness; its operator has to be given the verifier key',
    })
  })

  it('that does not take the signature: it is handed in again in the next turn', async () => {
    const listener = serveTree(() => tree)
    let isTaking = false
    server = await TestServer.open((request, response) => {
      if (request.method === 'POST' && !isTaking) response.writeHead(503).end()
      else listener(request, response)
    })
    expect(await follow()).toMatchObject({
      kind: 'failed',
      why: 'cosignature: the log answers 503',
    })
    isTaking = true
    expect(await follow()).toEqual({ kind: 'cosigned', size: 700 })
  })
})
