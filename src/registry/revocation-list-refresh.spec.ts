import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { busClient, ownerPool } from '../../test/support/registry-database.js'
import type { Authority } from './authority.js'
import { fetchRevocationList } from './fetch-revocation-list.js'
import { RegistryFollower } from './registry-follower.store.js'
import { RevocationListRefresh } from './revocation-list-refresh.js'
import { RevocationListStore } from './revocation-list.store.js'
import type { RevocationListFacts } from './revocation-list.js'

let database: TestDatabase
let pool: Pool
let folder: string
const servers: Server[] = []

beforeAll(async () => {
  database = await startTestDatabase()
  pool = ownerPool(database.ownerUrl)
  folder = await mkdtemp(join(tmpdir(), 'sluice-crl-'))
})

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await pool.end()
  await database.stop()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/root.crl`
}

const thumbprint = 'a'.repeat(43)

function authorityWith(crl: string): Authority {
  return {
    name: 'Kök',
    thumbprint,
    der: Uint8Array.of(1),
    role: 'anchor',
    revocation: 'crl',
    crl,
    ocsp: undefined,
    unreachable: 'refuse',
    status: 'accepted',
  }
}

/** Lists of these tests are JSON: number and day. */
function readList(der: Uint8Array): RevocationListFacts {
  const { number, day } = JSON.parse(Buffer.from(der).toString()) as { number: string; day: string }
  const thisUpdate = new Date(day)
  return { issuerKey: 'k', number, thisUpdate, nextUpdate: new Date(thisUpdate.getTime() + 1e9) }
}

function refreshOf(crl: string, warn = jest.fn()): RevocationListRefresh {
  return new RevocationListRefresh({
    authorities: () => [authorityWith(crl)],
    store: new RevocationListStore(pool),
    readRevocationList: readList,
    warn,
  })
}

async function insertAuthority(): Promise<void> {
  await pool.query(
    `INSERT INTO sluice.authority VALUES ('Kök', $1, '\\x01', 'anchor', 'crl', 'x', 'accepted')
     ON CONFLICT (name) DO NOTHING`,
    [thumbprint],
  )
}

describe('RevocationListRefresh', () => {
  it('keeps a newer list, which every follower then has; never goes back to an older one', async () => {
    await insertAuthority()
    const file = join(folder, 'root.crl')
    const refresh = refreshOf(file)
    const follower = new RegistryFollower({ createClient: () => busClient(database.busUrl) })
    await follower.start()
    const outcomes: string[] = []
    for (const list of ['5 2026-01-05', '5 2026-01-05', '4 2026-01-04', '6 2026-01-05']) {
      const [number, day] = list.split(' ')
      await writeFile(file, JSON.stringify({ number, day }))
      outcomes.push(...(await refresh.refresh()).map(({ outcome }) => outcome))
    }
    expect(outcomes).toEqual(['kept', 'unchanged', 'unchanged', 'kept'])
    const isThere = (): boolean =>
      follower.current.revocationLists.some((der) => readList(der).number === '6')
    await new Promise<void>((resolve) => {
      follower.onChange(() => {
        if (isThere()) resolve()
      })
      if (isThere()) resolve()
    })
    await follower.close()
  })

  it('reports a source that fails, and goes on', async () => {
    const warn = jest.fn()
    const refresh = refreshOf(join(folder, 'missing.crl'), warn)
    const [state] = await refresh.refresh()
    expect(state).toMatchObject({ authority: 'Kök', outcome: 'failed' })
    expect(refresh.state()).toEqual([state])
    expect(warn).toHaveBeenCalledWith(
      'revocation-list-failed',
      expect.objectContaining({ authority: 'Kök', error: expect.stringContaining('ENOENT') }),
    )
  })

  it('keeps nothing that is no list', async () => {
    const file = join(folder, 'junk.crl')
    await writeFile(file, 'junk')
    expect(await refreshOf(file).refresh()).toMatchObject([{ outcome: 'failed' }])
  })

  it('takes turns until it is closed', async () => {
    const turns = { count: 0 }
    let third: () => void = () => undefined
    const reached = new Promise<void>((resolve) => (third = resolve))
    const refresh = new RevocationListRefresh({
      authorities: () => {
        turns.count += 1
        if (turns.count === 3) third()
        throw new Error('no registry yet')
      },
      store: new RevocationListStore(pool),
      readRevocationList: readList,
      everyMs: 1,
    })
    refresh.start()
    await reached
    await refresh.close()
    const { count } = turns
    await new Promise((resolve) => setImmediate(resolve))
    expect(turns.count).toBe(count)
  })
})

describe('fetchRevocationList', () => {
  const limits = { bytesMax: 1_000, timeMsMax: 300 }
  const answer = (status: number, body: string, headers = {}): RequestListener => {
    return (_request, response) => response.writeHead(status, headers).end(body)
  }

  it('gets a list over HTTP', async () => {
    const address = await serve(answer(200, 'bytes'))
    expect(Buffer.from(await fetchRevocationList(address, limits)).toString()).toBe('bytes')
  })

  it('gets the DER out of PEM', async () => {
    const pem = '-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----\n'
    const address = await serve(answer(200, pem))
    expect([...(await fetchRevocationList(address, limits))]).toEqual([1, 2, 3])
  })

  it.each<[string, RegExp, RequestListener]>([
    ['another status', /answers 404/, answer(404, '')],
    ['a redirect, which is not followed', /answers 302/, answer(302, '', { location: '/x' })],
    ['a list that is too large', /larger than 1000/, answer(200, 'x'.repeat(1_001))],
    ['broken PEM', /not proper PEM/, answer(200, '-----BEGIN X509 CRL-----\n!')],
    ['a source that never answers', /abort|timeout/i, () => undefined],
    [
      'a source that never ends',
      /abort|timeout/i,
      (_request, response) => response.writeHead(200).write('x'),
    ],
  ])('refuses %s', async (_what, message, listener) => {
    await expect(fetchRevocationList(await serve(listener), limits)).rejects.toThrow(message)
  })

  it('refuses a file that is too large, and a folder', async () => {
    const file = join(folder, 'large.crl')
    await writeFile(file, 'x'.repeat(1_001))
    await expect(fetchRevocationList(file, limits)).rejects.toThrow(/larger than 1000/)
    await expect(fetchRevocationList(folder, limits)).rejects.toThrow(/not a regular file/)
  })
})
