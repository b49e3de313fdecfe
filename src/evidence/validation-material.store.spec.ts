import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { ownerPool, recordNothing, writeOf } from '../../test/support/registry-database.js'
import { RegistryStore } from '../registry/registry.store.js'
import { OcspAnswerStore } from '../registry/ocsp-answer.store.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { ValidationMaterialStore } from './validation-material.store.js'

const denied = { code: '42501' }
const der = (text: string): Buffer => Buffer.from(text)
const thumbprint = (text: string): string => createHash('sha256').update(text).digest('base64url')
const days = (from: number): Date => new Date(Date.UTC(2026, 0, from))

let database: TestDatabase
let pool: pg.Pool
let jobs: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
  pool = ownerPool(database.ownerUrl)
  jobs = new pg.Client(database.jobsUrl)
  await jobs.connect()
})

afterAll(async () => {
  await jobs.end()
  await pool.end()
  await database.stop()
})

async function declare(text: string, revocation: 'crl' | 'ocsp' | 'none'): Promise<void> {
  const authority = {
    name: 'Kök',
    thumbprint: thumbprint(text),
    der: der(text),
    role: 'anchor',
    revocation,
    crl: revocation === 'crl' ? 'http://ca.example/list' : undefined,
    ocsp: revocation === 'ocsp' ? 'http://ca.example/ocsp' : undefined,
    unreachable: 'refuse',
    status: 'accepted',
  } as const
  await new RegistryStore(pool, recordNothing).apply(() => writeOf({ authorities: [authority] }))
}

async function fetched(text: string, from: number): Promise<void> {
  const lists = new RevocationListStore(jobs as unknown as pg.Pool)
  await lists.keepIfNewer(
    { authority: thumbprint('list'), digest: thumbprint(text), der: der(text) },
    { issuerKey: 'k', number: String(from), thisUpdate: days(from), nextUpdate: days(from + 7) },
  )
}

describe('what certificates were judged with on a day (R-126)', () => {
  it('is kept of every authority, whoever declared it, and of what it was replaced by', async () => {
    const store = new ValidationMaterialStore(pool)
    const before = new Date()
    await declare('first', 'none')
    const between = new Date()
    await declare('first', 'crl')
    await declare('second', 'crl')
    expect((await store.at(before)).authorities).toEqual([])
    expect((await store.at(between)).authorities).toEqual([
      { der: der('first'), role: 'anchor', revocation: 'none' },
    ])
    expect((await store.at(new Date())).authorities).toEqual([
      { der: der('second'), role: 'anchor', revocation: 'crl' },
      { der: der('first'), role: 'anchor', revocation: 'crl' },
      { der: der('first'), role: 'anchor', revocation: 'none' },
    ])
  })

  it('is kept of every list that the jobs fetched, each for its own days', async () => {
    const store = new ValidationMaterialStore(pool)
    for (const from of [1, 5, 20]) await fetched(`list of day ${from}`, from)
    const texts = async (day: number): Promise<string[]> =>
      (await store.at(days(day))).revocationLists.map(String)
    expect(await texts(3)).toEqual(['list of day 1'])
    expect(await texts(6)).toEqual(['list of day 5', 'list of day 1'])
    expect(await texts(15)).toEqual([])
    expect(await texts(21)).toEqual(['list of day 20'])
    const { rows } = await pool.query('SELECT FROM sluice.revocation_list')
    expect(rows).toHaveLength(1)
  })

  it('is kept of every OCSP answer, for the certificates that are asked for and for authorities', async () => {
    await declare('third', 'ocsp')
    const [one, other] = [thumbprint('one'), thumbprint('other')]
    const answers = new OcspAnswerStore(jobs as unknown as pg.Pool)
    for (const [about, day] of [
      [one, 1],
      [one, 5],
      [other, 1],
      [thumbprint('third'), 1],
    ] as const) {
      const times = { thisUpdate: days(day), producedAt: days(day), nextUpdate: days(day + 7) }
      const answer = { certificate: about, authority: thumbprint('third'), status: 'good' } as const
      await answers.keepIfNewer([{ ...answer, ...times, der: der(`${about} ${day}`) }])
    }
    const store = new ValidationMaterialStore(pool)
    const kept = (await store.at(days(6), [one])).ocspAnswers.map(String)
    expect(kept).toEqual([`${one} 5`, `${one} 1`, `${thumbprint('third')} 1`])
    expect((await store.at(days(3), [one])).ocspAnswers.map(String)).not.toContain(`${one} 5`)
    expect((await store.at(days(20), [one])).ocspAnswers).toEqual([])
    expect((await store.at(new Date())).authorities[0]?.revocation).toBe('ocsp')
  })

  it("is kept of the bus's own certificates, once each", async () => {
    const store = new ValidationMaterialStore(jobs)
    expect(await store.keepBusCertificates([der('bus'), der('root')])).toBe(2)
    expect(await store.keepBusCertificates([der('bus'), der('new')])).toBe(1)
    const { busCertificates } = await new ValidationMaterialStore(pool).at(new Date())
    expect(busCertificates.map(String)).toEqual(['bus', 'root', 'new'])
  })

  it.each([
    'UPDATE sluice.validation_material SET first_seen = now()',
    'DELETE FROM sluice.validation_material',
    'TRUNCATE sluice.validation_material',
  ])('is nothing that jobs could change: %s', async (statement) => {
    await expect(jobs.query(statement)).rejects.toMatchObject(denied)
  })

  it('is read by auditors, and by nobody written but the jobs', async () => {
    for (const [url, mayRead] of [
      [database.auditorUrl, true],
      [database.busUrl, false],
    ] as const) {
      const session = new pg.Client(url)
      await session.connect()
      const store = new ValidationMaterialStore(session)
      await expect(store.keepBusCertificates([der('x')])).rejects.toMatchObject(denied)
      if (mayRead) await expect(store.at(new Date())).resolves.toBeDefined()
      else await expect(store.at(new Date())).rejects.toMatchObject(denied)
      await session.end()
    }
  })
})
