import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { openTestAdminApi, type TestAdminApi } from '../../../test/support/admin-api.js'
import { fillAdminRegistry, known } from '../../../test/support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { contents, officer } from '../../../test/support/document-samples.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import type { DocumentKind } from '../../document/document-kind.js'
import type { WrittenDocument } from '../../document/document-writer.js'
import type { MemberId } from '../../exchange/identifier.js'

let database: TestDatabase
let api: TestAdminApi

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const caseId = '019ac000-0000-7000-8000-000000000001'
const inYear = (year: number): Date => new Date(Date.UTC(year, 5, 1))

function writeIn(client: ClientBase, kind: DocumentKind, at: Date): Promise<WrittenDocument> {
  return api.documents.write(client, contents[kind], {
    ...{ member: known.member as MemberId, domain: known.domain, caseId, at },
    ...{ signedBy: [officer], actor: { actor: officer.name } },
  })
}

function write(kind: DocumentKind, at = inYear(2026)): Promise<WrittenDocument> {
  return api.database.transaction((client) => writeIn(client, kind, at))
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly number: string }[]
  readonly next?: string
}

describe('documents of the connection desk', () => {
  it('are numbered a kind and year without gaps, also when writing fails or many write at once', async () => {
    const first = await write('opinion', inYear(2027))
    const failed = api.database.transaction(async (client) => {
      await writeIn(client, 'opinion', inYear(2027))
      throw new Error('the case could not be moved')
    })
    await expect(failed).rejects.toThrow('could not be moved')
    const more = await Promise.all([1, 2, 3].map(() => write('opinion', inYear(2027))))
    expect(first.number).toBe('RƏY-2027/0001')
    expect(more.map(({ number }) => number).sort()).toEqual([
      'RƏY-2027/0002',
      'RƏY-2027/0003',
      'RƏY-2027/0004',
    ])
    expect((await write('refusal', inYear(2027))).number).toBe('İMT-2027/0001')
    // 20:00 UTC is the next day, and here the next year, in Baku.
    const late = new Date('2027-12-31T20:00:00Z')
    expect((await write('opinion', late)).number).toBe('RƏY-2028/0001')
  })

  it('are read as they were written, as PDF, as data and with the signature', async () => {
    const { id, number, digest } = await write('negative-opinion')
    const read = await api.call('GET', `/v1/documents/${id}`, { as: 'AGENCY' })
    expect(read.json).toEqual({
      ...{ id, number, digest, kind: 'negative-opinion', caseId },
      title: { az: 'Uyğunluq barədə mənfi rəy', en: 'Negative opinion on conformity' },
      ...{ at: '2026-06-01T00:00:00.000Z', member: known.member, domain: known.domain },
    })
    const data = await api.call('GET', `/v1/documents/${id}/data`, { as: 'AGENCY' })
    expect(createHash('sha256').update(data.bytes).digest('hex')).toBe(digest)
    expect(data.json).toMatchObject({ number, caseId, content: { kind: 'negative-opinion' } })
    const pdf = await api.call('GET', `/v1/documents/${id}/pdf`, { as: 'AGENCY' })
    expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.headers['content-disposition']).toBe(
      `attachment; filename="document.pdf"; filename*=UTF-8''MR%C6%8FY-2026-0001.pdf`,
    )
    const signature = await api.call('GET', `/v1/documents/${id}/signature`, { as: 'AGENCY' })
    expect(signature.headers['content-type']).toBe('application/pkcs7-signature')
  })

  it('are read by those whom they concern, and are not there for others', async () => {
    const { id } = await write('improvement')
    const concerned = [
      ...(['OPERATOR', 'AGENCY', 'SECURITY'] as const),
      { role: 'MEMBER_ADMIN', scope: known.member },
      { role: 'FOUNDER_ADMIN', scope: known.domain },
    ] as const
    const strangers = [
      { role: 'MEMBER_ADMIN', scope: known.otherMember },
      { role: 'FOUNDER_ADMIN', scope: known.otherDomain },
    ] as const
    for (const path of ['', '/pdf', '/data', '/signature']) {
      for (const as of concerned) {
        const { status } = await api.call('GET', `/v1/documents/${id}${path}`, { as })
        expect(status).toBe(200)
      }
      for (const as of strangers) {
        const { status } = await api.call('GET', `/v1/documents/${id}${path}`, { as })
        expect(status).toBe(404)
      }
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const call = { as: 'OPERATOR', body: {} } as const
        const { status } = await api.call(method, `/v1/documents/${id}${path}`, call)
        expect(status).toBe(405)
      }
    }
    const list = async (as: (typeof strangers)[number]): Promise<unknown> =>
      (await api.call('GET', '/v1/documents', { as })).json
    expect(await list(strangers[0])).toEqual({ items: [] })
    expect(await list(strangers[1])).toEqual({ items: [] })
  })

  it('are found by kind, case, member and number, page by page', async () => {
    const written = [await write('act-of-connection'), await write('act-of-connection')]
    const list = async (query: string): Promise<Listed> =>
      (await api.call('GET', `/v1/documents?${query}`, { as: 'OPERATOR' })).json as Listed
    const kind = 'kind=act-of-connection'
    const all = await list(`${kind}&caseId=${caseId}&member=${encodeURIComponent(known.member)}`)
    expect(all.items.map(({ id }) => id)).toEqual(written.map(({ id }) => id))
    const first = await list(`${kind}&limit=1`)
    expect(first.items).toHaveLength(1)
    const second = await list(`${kind}&limit=1&after=${first.next ?? ''}`)
    expect(second.items.map(({ id }) => id)).toEqual([written[1]?.id])
    const byNumber = await list(`number=${encodeURIComponent('AKT-2026/0002')}`)
    expect(byNumber.items.map(({ id }) => id)).toEqual([written[1]?.id])
  })

  it('stay as they were made, whoever has the database, and are told of in the audit log', async () => {
    const { id, number, digest } = await write('security-opinion')
    const { pool } = api.database
    for (const sql of [
      `UPDATE sluice.document SET number = 'X'`,
      'DELETE FROM sluice.document',
      'UPDATE sluice.document_count SET last = last + 2',
      'DELETE FROM sluice.document_count',
    ]) {
      await expect(pool.query(sql)).rejects.toMatchObject({ code: '42501' })
    }
    const client = await pool.connect()
    try {
      const acts = await readActs(client, { limit: 1_000 })
      const act = acts.find(({ fields }) => fields?.subject === `document ${id}`)
      expect(act?.fields).toMatchObject({
        ...{ kind: 'document.write', actor: officer.name },
        after: { number, digest, caseId },
      })
    } finally {
      client.release()
    }
  })
})
