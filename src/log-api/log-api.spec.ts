import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  askAt,
  openTestLogApi,
  testPools,
  testToken,
  type AskOptions,
  type Got,
  type TestLogApi,
} from '../../test/support/log-api.js'
import { TestLogRows, TestTree } from '../../test/support/test-tree.js'
import { monitor, openCheckpoint } from '../../test/support/tlog-monitor.js'
import { originOf } from '../tlog/checkpoint.js'
import { noteSigner, verifierKeyText } from '../tlog/note-keys.js'
import { formatSignature, parseNote } from '../tlog/note.js'

let database: TestDatabase
let owner: pg.Client
let pools: ReturnType<typeof testPools>
let portal: TestLogRows
let spaced: TestLogRows
let api: TestLogApi

const witness = noteSigner(
  'witness.example/w1',
  generateKeyPairSync('ed25519').privateKey,
  'cosignature/v1',
)

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  pools = testPools(database)
  portal = new TestLogRows(owner, 'domain/PORTAL')
  spaced = new TestLogRows(owner, 'domain/İç işlər')
  await portal.grow(600)
  await portal.publish()
  await spaced.grow(3)
  await spaced.publish()
  const keys = Object.fromEntries([portal, spaced].map(({ signer }) => [signer.key.name, signer]))
  // The tests read faster than a monitor should.
  const limits = { requestsPerSecondMax: 100_000, requestsPerAddressSecondMax: 100_000 }
  api = await openTestLogApi(pools, keys, { witnesses: [witness.key], limits })
})

afterAll(async () => {
  await api.close()
  await pools.auditor.end()
  await pools.jobs.end()
  await owner.end()
  await database.stop()
})

const ask = (path: string, options?: AskOptions): Promise<Got> => askAt(api.address, path, options)

const bearer = { authorization: `Bearer ${testToken}` }

/** How somebody else's tool reads: by paths below the prefix of a log. */
function reader(prefix: string): (path: string) => Promise<Buffer> {
  return async (path) => {
    const { status, body } = await ask(`${prefix}/${path}`, { headers: bearer })
    if (status !== 200) throw new Error(`${path}: ${status}`)
    return body
  }
}

const prefix = '/log/domain/PORTAL'

describe('a monitor that knows nothing but the standards', () => {
  it('finds the logs, reads each whole, and everything fits', async () => {
    const { logs } = JSON.parse((await ask('/log/')).body.toString()) as {
      logs: { name: string; path: string; origin: string; vkey: string; size: number }[]
    }
    expect(logs.map(({ name, size }) => ({ name, size }))).toEqual([
      { name: 'domain/PORTAL', size: 600 },
      { name: 'domain/İç işlər', size: 3 },
    ])
    for (const { path, vkey, origin, size } of logs) {
      const result = await monitor(reader(path), vkey)
      expect(result).toMatchObject({ origin, size })
    }
    const { entries } = await monitor(reader(prefix), verifierKeyText(portal.signer.key))
    expect(entries).toEqual(portal.entries)
  })

  it('reads on where the log is larger than a level of tiles', async () => {
    const large = new TestLogRows(owner, 'unassigned', portal.signer)
    // 256 full tiles, one more, and a rest: three levels.
    await large.grow(256 * 257 + 5)
    await large.publish()
    const read = reader('/log/unassigned')
    const result = await monitor(read, verifierKeyText(portal.signer.key), 'hashes')
    expect(result.size).toBe(256 * 257 + 5)
    expect(await read('tile/2/000.p/1')).toHaveLength(32)
  }, 120_000)
})

describe('a checkpoint', () => {
  it('is text that is not kept for long', async () => {
    const { status, headers, body } = await ask(`${prefix}/checkpoint`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(headers['cache-control']).toBe('public, max-age=1')
    const vkey = verifierKeyText(portal.signer.key)
    expect(openCheckpoint(body.toString(), vkey)).toMatchObject({ size: 600 })
  })

  it('shows no entry that was not published yet, neither its hash nor its bytes', async () => {
    const draft = new TestLogRows(owner, 'domain/SENED', portal.signer)
    await draft.grow(256)
    const paths = ['checkpoint', 'tile/0/000', 'tile/0/000.p/1', 'tile/entries/000']
    for (const path of paths) {
      const { status } = await ask(`/log/domain/SENED/${path}`, { headers: bearer })
      expect([path, status]).toEqual([path, 404])
    }
    await draft.publish()
    await draft.grow(10)
    for (const path of ['tile/0/000', 'tile/1/000.p/1', 'tile/0/000.p/7']) {
      expect((await ask(`/log/domain/SENED/${path}`)).status).toBe(200)
    }
    expect((await ask('/log/domain/SENED/tile/0/001.p/1')).status).toBe(404)
  })
})

describe('a tile', () => {
  it('never changes under its address, and may be kept by everybody', async () => {
    for (const path of ['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2']) {
      const { status, headers } = await ask(`${prefix}/${path}`)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('application/octet-stream')
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    }
  })

  it('is there in each width that a checkpoint may have needed, and in no other', async () => {
    const whole = (await ask(`${prefix}/tile/0/000`)).body
    const part = (await ask(`${prefix}/tile/0/000.p/17`)).body
    expect(part.equals(whole.subarray(0, 17 * 32))).toBe(true)
    const missing = [
      '0/002.p/89',
      '0/002',
      '0/003.p/1',
      '1/000.p/3',
      '1/000',
      '2/000.p/1',
      '63/000.p/1',
    ]
    for (const path of missing) {
      expect([path, (await ask(`${prefix}/tile/${path}`)).status]).toEqual([path, 404])
    }
  })

  it.each([
    '0/0',
    '0/00',
    '00/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '64/000',
    '0/x000/000',
    '-1/000',
    '0/000/',
    '0/999/999',
  ])('has one spelling: %s is none', async (path) => {
    expect((await ask(`${prefix}/tile/${path}`)).status).toBe(404)
  })

  it('is told of to HEAD without its bytes', async () => {
    const { status, headers, body } = await ask(`${prefix}/tile/0/000`, { method: 'HEAD' })
    expect([status, headers['content-length'], body.length]).toEqual([200, '8192', 0])
  })
})

describe('entries say who asked whom', () => {
  const path = `${prefix}/tile/entries/000`

  it.each([
    ['without a token', {}],
    ['with another token', { authorization: `Bearer ${'b'.repeat(40)}` }],
    ['with a longer token', { authorization: `Bearer ${testToken}a` }],
    ['with another scheme', { authorization: `Basic ${testToken}` }],
    ['with nothing behind the scheme', { authorization: 'Bearer ' }],
  ])('%s they stay closed, and why is said in both languages', async (_name, headers) => {
    const refused = await ask(path, { headers })
    expect([refused.status, refused.headers['content-type']]).toEqual([
      403,
      'application/problem+json',
    ])
    expect(refused.body.toString()).toMatch(/auditorun giriş tokeni/)
    const english = await ask(path, { headers: { ...headers, 'accept-language': 'en' } })
    expect(english.body.toString()).toMatch(/auditor’s token/)
  })

  it('nobody opens them where no token is configured', async () => {
    const closed = await openTestLogApi(pools, {}, { token: undefined })
    const headers = { authorization: 'Bearer undefined' }
    const { status } = await askAt(closed.address, path, { headers })
    await closed.close()
    expect(status).toBe(403)
  })

  it('to the auditor they come whole, compressed where asked, and for no shared cache', async () => {
    const plain = await ask(path, { headers: bearer })
    expect(plain.headers['cache-control']).toBe('private, max-age=31536000, immutable')
    const small = await ask(path, { headers: { ...bearer, 'accept-encoding': 'gzip, identity' } })
    expect(small.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(small.body).equals(plain.body)).toBe(true)
    const not = await ask(path, { headers: { ...bearer, 'accept-encoding': 'gzip;q=0' } })
    expect(not.headers['content-encoding']).toBeUndefined()
  })

  it('those that went to an archive are not there, their tiles are', async () => {
    const old = new TestLogRows(owner, 'domain/OLD', portal.signer)
    await old.grow(300)
    await old.publish()
    await owner.query(
      `DELETE FROM sluice.message_log_entry USING sluice.log_sequence
        WHERE entry_id = exchange_id AND log = 'domain/OLD' AND index < 20`,
    )
    const { status, body } = await ask('/log/domain/OLD/tile/entries/000', { headers: bearer })
    expect([status, body.toString()]).toEqual([404, expect.stringContaining('archived')])
    expect((await ask('/log/domain/OLD/tile/0/000')).status).toBe(200)
  })
})

describe('a witness’s signature', () => {
  function cosigned(note: string, signer = witness): string {
    const { text } = parseNote(note)
    return note + formatSignature(signer.sign(text, new Date()))
  }

  it('is taken from a witness that is known, once, and published below the checkpoint', async () => {
    const muraciet = new TestLogRows(owner, 'domain/MURACIET')
    await muraciet.grow(5)
    const note = await muraciet.publish()
    const at = '/log/domain/MURACIET/cosignature'
    for (const body of [cosigned(note), cosigned(note)]) {
      expect((await ask(at, { method: 'POST', body })).status).toBe(200)
    }
    const published = (await ask('/log/domain/MURACIET/checkpoint')).body.toString()
    expect(openCheckpoint(published, verifierKeyText(muraciet.signer.key)).size).toBe(5)
    const { signers, time } = openCheckpoint(published, verifierKeyText(witness.key))
    expect(signers).toEqual(['sluice/domain/MURACIET', 'witness.example/w1'])
    expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(60)

    await muraciet.grow(4)
    await muraciet.publish()
    const newest = (await ask('/log/domain/MURACIET/checkpoint')).body.toString()
    expect(openCheckpoint(newest, verifierKeyText(muraciet.signer.key)).size).toBe(9)
    const vouched = (await ask('/cosigned/domain/MURACIET/checkpoint')).body.toString()
    expect(openCheckpoint(vouched, verifierKeyText(witness.key)).size).toBe(5)
    expect((await ask('/cosigned/domain/MURACIET/tile/0/000.p/5')).status).toBe(200)
  })

  it('is not taken from anybody else, nor under anything else', async () => {
    const note = (await ask('/log/domain/PORTAL/checkpoint')).body.toString()
    const other = noteSigner(
      'witness.example/w1',
      generateKeyPairSync('ed25519').privateKey,
      'cosignature/v1',
    )
    const forged = new TestTree(portal.signer).grow(600, 'other')
    const spacedNote = async (): Promise<string> =>
      (await ask(`${originOf('/log', spaced.name)}/checkpoint`)).body.toString()
    const cases: [string, string, number][] = [
      ['a stranger by the same name', cosigned(note, other), 403],
      ['nobody', note, 403],
      ['another state of that size', cosigned(await forged.checkpoint()), 404],
      ['a size that was never published', cosigned(await forged.checkpoint(599)), 404],
      ['another log', cosigned(await spacedNote()), 400],
      ['no note', 'hello', 400],
      ['nothing', '', 400],
      ['too much', 'x'.repeat(70_000), 413],
    ]
    for (const [name, body, status] of cases) {
      const answer = await ask(`${prefix}/cosignature`, { method: 'POST', body })
      expect([name, answer.status]).toEqual([name, status])
    }
    const { rowCount } = await owner.query(
      "SELECT FROM sluice.log_cosignature WHERE log = 'domain/PORTAL'",
    )
    expect(rowCount).toBe(0)
  })
})
