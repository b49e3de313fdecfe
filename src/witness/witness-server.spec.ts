import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { askAt, type Got } from '../../test/support/log-api.js'
import { testSigner, TestTree } from '../../test/support/test-tree.js'
import { openCheckpoint } from '../../test/support/tlog-monitor.js'
import { TestWitness } from '../../test/support/witness.js'
import { formatAddCheckpoint, parseAddCheckpoint } from '../tlog/add-checkpoint.js'
import { formatCheckpoint } from '../tlog/checkpoint.js'
import { consistencyProof } from '../tlog/merkle.js'
import { verifierKeyText } from '../tlog/note-keys.js'
import { formatNote, parseNote } from '../tlog/note.js'
import type { Misconduct } from './misconduct.js'
import { openWitnessServer, type WitnessServer } from './witness-server.js'
import { originHash } from './witness-state.js'

const signer = testSigner('sluice/domain/PORTAL')
let tree: TestTree
let own: TestWitness
let server: WitnessServer
let told: string[]

beforeEach(async () => {
  tree = new TestTree(signer).grow(10)
  own = await TestWitness.open(signer.key)
  await open()
})

afterEach(async () => {
  await server.close()
  await own.close()
})

async function open(): Promise<void> {
  told = []
  server = await openWitnessServer({
    witness: own.witness,
    host: '127.0.0.1',
    port: 0,
    told: (what) => told.push(what instanceof Error ? what.message : what.kind),
    limits: { requestMsMax: 500, idleMsMax: 1_000 },
  })
}

async function restart(signedBy = own.signer): Promise<void> {
  await server.close()
  await own.restart(signedBy)
  await open()
}

const post = (body: string | Buffer): Promise<Got> =>
  askAt(server.address, '/add-checkpoint', { method: 'POST', body: body as string })

/** What a log hands in: the proof is from the size that the witness is thought to know. */
async function push(oldSize: number, size: number, log = tree): Promise<Got> {
  const proof = oldSize > 0 && oldSize < size ? await consistencyProof(oldSize, size, log.read) : []
  return post(formatAddCheckpoint({ oldSize, proof, note: await log.checkpoint(size) }))
}

const textOf = ({ status, body }: Got): [number, string] => [status, body.toString()]

describe('a log that only grows', () => {
  it('gets a signature under each checkpoint that others can verify', async () => {
    const steps = [0, 1, 2, 7, 8, 10]
    for (const [at, size] of steps.slice(1).entries()) {
      const { status, body } = await push(steps[at]!, size)
      expect(status).toBe(200)
      const note = `${await tree.checkpoint(size)}${body.toString()}`
      const opened = openCheckpoint(note, verifierKeyText(own.signer.key))
      expect(opened).toMatchObject({ size, origin: 'sluice/domain/PORTAL' })
      expect(Math.abs(Number(opened.time) - Date.now() / 1_000)).toBeLessThan(60)
    }
  })

  it('may ask again for the checkpoint that it handed in last', async () => {
    await push(0, 5)
    expect((await push(5, 5)).status).toBe(200)
  })

  it('is told which size is known, where it thought of another', async () => {
    const conflict = async (oldSize: number, size: number): Promise<unknown[]> => {
      const { status, headers, body } = await push(oldSize, size)
      return [status, headers['content-type'], body.toString()]
    }
    expect(await conflict(3, 5)).toEqual([409, 'text/x.tlog.size', '0\n'])
    await push(0, 8)
    expect(await conflict(0, 9)).toEqual([409, 'text/x.tlog.size', '8\n'])
    // An old checkpoint again: nothing is said of a past that is over.
    expect(await conflict(0, 5)).toEqual([409, 'text/x.tlog.size', '8\n'])
    expect(await conflict(5, 5)).toEqual([409, 'text/x.tlog.size', '8\n'])
  })

  it('that hands in two at once gets one of them signed', async () => {
    await push(0, 4)
    const answers = await Promise.all([push(4, 10), push(4, 6), push(4, 8)])
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 409, 409])
    const known = answers.find(({ status }) => status === 409)?.body.toString()
    const signed = answers.findIndex(({ status }) => status === 200)
    expect(known).toBe(`${[10, 6, 8][signed]}\n`)
  })

  it('is shown to monitors with both signatures, once it was signed', async () => {
    const path = `/${originHash(signer.key.name)}/checkpoint`
    expect((await askAt(server.address, path)).status).toBe(404)
    await push(0, 6)
    const note = (await askAt(server.address, path)).body.toString()
    for (const { key } of [signer, own.signer]) {
      expect(openCheckpoint(note, verifierKeyText(key)).size).toBe(6)
    }
  })
})

describe('what is not signed', () => {
  it('a checkpoint by another key: 403', async () => {
    const impostor = new TestTree(testSigner(signer.key.name)).grow(5)
    expect((await push(0, 5, impostor)).status).toBe(403)
  })

  it('a wrong signature by the log’s key, alone or beside a right one: 403', async () => {
    const { text, signatures } = parseNote(await tree.checkpoint(5))
    const [right] = signatures
    const wrong = { ...right!, bytes: Buffer.alloc(64, 7) }
    for (const lines of [[wrong], [right!, wrong], [wrong, right!]]) {
      const note = formatNote({ text, signatures: lines })
      const { status } = await post(formatAddCheckpoint({ oldSize: 0, proof: [], note }))
      expect(status).toBe(403)
    }
  })

  it('a log that is not known: 404', async () => {
    expect((await push(0, 5, new TestTree(testSigner('other.example/log')).grow(5))).status).toBe(
      404,
    )
  })

  it('an old size above the checkpoint’s: 400', async () => {
    expect((await push(7, 5)).status).toBe(400)
  })

  it('a proof that does not lead there: 422', async () => {
    await push(0, 4)
    const note = await tree.checkpoint(9)
    const right = await consistencyProof(4, 9, tree.read)
    const proofs = [[], right.slice(1), [...right, right[0]!], right.toReversed()]
    for (const proof of proofs) {
      expect((await post(formatAddCheckpoint({ oldSize: 4, proof, note }))).status).toBe(422)
    }
    // Whoever has the checkpoint can send it with any proof: that says nothing against the log.
    expect((await readdir(own.folder)).filter((name) => name.endsWith('.json'))).toEqual([])
  })

  it('a proof where none is needed: 422', async () => {
    const proof = [Buffer.alloc(32)]
    const note = await tree.checkpoint(9)
    expect((await post(formatAddCheckpoint({ oldSize: 0, proof, note }))).status).toBe(422)
  })

  it('an empty tree with another root: 422; the right one is signed', async () => {
    const text = formatCheckpoint({ origin: signer.key.name, size: 0, root: Buffer.alloc(32) })
    const note = formatNote({ text, signatures: [signer.sign(text, new Date())] })
    expect((await post(formatAddCheckpoint({ oldSize: 0, proof: [], note }))).status).toBe(422)
    expect((await push(0, 0, new TestTree(signer))).status).toBe(200)
    expect((await push(0, 3)).status).toBe(200)
  })

  it('a changed past: 422', async () => {
    await push(0, 5)
    const changed = new TestTree(signer).grow(2).grow(1, 'changed').grow(7)
    expect((await push(5, 9, changed)).status).toBe(422)
  })

  it('a fork: 422, and both checkpoints are kept as evidence, once', async () => {
    await push(0, 5)
    const forked = new TestTree(signer).grow(5, 'forked')
    expect((await push(5, 5, forked)).status).toBe(422)
    expect((await push(5, 5, forked)).status).toBe(422)
    const files = (await readdir(own.folder)).filter((name) => name.endsWith('.json'))
    expect(files).toHaveLength(1)
    const evidence = JSON.parse(await readFile(join(own.folder, files[0]!), 'utf8')) as Misconduct
    const vkey = verifierKeyText(signer.key)
    const [known, seen] = [evidence.known, evidence.seen].map((note) => openCheckpoint(note, vkey))
    expect([known!.size, seen!.size]).toEqual([5, 5])
    expect(known!.root.equals(seen!.root)).toBe(false)
    // It still vouches for the one it knows.
    expect((await push(5, 6)).status).toBe(200)
  })
})

describe('what it has seen', () => {
  it('outlives its process', async () => {
    await push(0, 6)
    await restart()
    expect(textOf(await push(0, 3))).toEqual([409, '6\n'])
    expect((await push(6, 9)).status).toBe(200)
  })

  it('is on the disk before it is signed: after a crash between, the log asks again', async () => {
    const { key } = own.signer
    await restart({
      key,
      sign: () => {
        throw new Error('killed')
      },
    })
    expect((await push(0, 6)).status).toBe(503)
    await restart()
    // The other future that could have been signed instead is not signed any more.
    const other = new TestTree(signer).grow(6, 'other')
    expect(textOf(await push(0, 6, other))).toEqual([409, '6\n'])
    expect((await push(6, 6, other)).status).toBe(422)
    expect((await push(6, 6)).status).toBe(200)
  })

  it('nothing is signed where it cannot be read', async () => {
    await push(0, 6)
    const file = join(own.folder, `${originHash(signer.key.name)}.checkpoint`)
    const text = await readFile(file, 'utf8')
    for (const damaged of ['', text.slice(0, 40), text.replace('\n6\n', '\n5\n')]) {
      await writeFile(file, damaged)
      expect((await push(6, 7)).status).toBe(503)
      expect(told.at(-1)).toMatch(/\.checkpoint: /)
    }
    await writeFile(file, text)
    expect((await push(6, 7)).status).toBe(200)
  })
})

describe('what it bears', () => {
  it.each([
    ['GET', '/add-checkpoint', 405],
    ['POST', '/', 404],
    ['POST', `/${'0'.repeat(64)}/checkpoint`, 404],
    ['GET', '/add-checkpoint/', 404],
  ] as const)('%s %s: %i', async (method, path, status) => {
    expect((await askAt(server.address, path, { method })).status).toBe(status)
  })

  it('a body that is too long is not read to its end', async () => {
    expect((await post('x'.repeat(2_000_000)).catch(() => ({ status: 413 }))).status).toBe(413)
    expect((await push(0, 5)).status).toBe(200)
  })

  it('who sends slowly is cut off', async () => {
    const { port } = new URL(server.address)
    const socket = connect(Number(port), '127.0.0.1')
    const closed = once(socket, 'close')
    socket.write('POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold')
    socket.resume()
    await closed
    expect((await push(0, 5)).status).toBe(200)
  })

  it('whatever comes, it signs nothing but what the log signed', async () => {
    const note = await tree.checkpoint(5)
    const { text } = parseNote(note)
    const right = formatAddCheckpoint({ oldSize: 0, proof: [], note })
    const mutated = fc
      .tuple(
        fc.nat(right.length - 1),
        fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }),
      )
      .map(([at, put]) => right.slice(0, at) + put + right.slice(at + put.length))
      .filter((text) => text !== right)
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      mutated.map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status } = await post(body)
        expect([200, 400, 403, 404, 409, 422]).toContain(status)
        if (status === 200) expect(parseNote(parseAddCheckpoint(body).note).text).toBe(text)
      }),
      { numRuns: 300 },
    )
    expect((await push(0, 6)).status).toBeLessThan(500)
    expect(told.filter((what) => !/^[a-z-]+$/.test(what))).toEqual([])
  })
})
