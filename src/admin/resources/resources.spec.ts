import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AdminAnswer } from '../../../test/support/admin-api.js'
import {
  at,
  debts,
  object,
  openResourceWorld,
  ownerOf,
  pension,
  population,
  type ResourceWorld,
} from '../../../test/support/resource-world.js'
import { ResourceDirectory } from '../../registry/resource-directory.store.js'

let world: ResourceWorld
const get: ResourceWorld['get'] = (...call) => world.get(...call)
const post: ResourceWorld['post'] = (...call) => world.post(...call)
const patch: ResourceWorld['patch'] = (...call) => world.patch(...call)

beforeAll(async () => {
  world = await openResourceWorld()
})

afterAll(() => world.close())

describe('the registry of information resources', () => {
  it('takes each of the four kinds and no other, whole and once (R-030, R-043)', async () => {
    for (const [index, kind] of ['database', 'search-system', 'register', 'other'].entries()) {
      const made = await post('/v1/resources', {
        ...{ ...debts, kind, id: `AZ/GOV/VN/NOV-${index}`, dataObjects: [] },
      })
      expect(made).toMatchObject({ status: 201, json: { kind, owner: 'AZ/GOV/VN', state: true } })
    }
    expect((await post('/v1/resources', { ...debts, kind: 'site' })).status).toBe(400)
    for (const field of ['legalBasis', 'identifiers', 'dataObjects', 'hosting', 'contact']) {
      const without = await post('/v1/resources', { ...debts, [field]: undefined })
      expect(without).toMatchObject({ status: 400, json: { errors: [{ pointer: `/${field}` }] } })
    }
    expect((await post('/v1/resources', pension)).status).toBe(409)
    const taken = await post('/v1/resources', { ...debts, id: 'AZ/GOV/VN/VERGI' })
    expect(taken).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: expect.any(String) }] },
    })
  })

  it('answers which resource holds this data (R-032)', async () => {
    for (const text of ['pensiya kapitalı', 'PENSİYA KAPİTALI', 'kapital']) {
      const { json } = await get(`/v1/data-objects?text=${encodeURIComponent(text)}`, 'nobody')
      expect(json).toMatchObject({
        items: [
          {
            ...{ resource: pension.id, owner: 'AZ/GOV/DSMF' },
            services: ['AZ/GOV/DSMF/SOSIAL/pensiyaKapitali'],
            dataObjects: [{ code: 'pensiyaKapitali' }],
          },
        ],
      })
    }
    // ı and i are two letters.
    expect((await get('/v1/data-objects?text=PENSIYA')).json).toEqual({ items: [] })
    const first = await get('/v1/data-objects?text=a&limit=1')
    const { next } = first.json as { next: string }
    expect((await get(`/v1/data-objects?text=a&limit=1&after=${next}`)).json).toMatchObject({
      items: [{ resource: pension.id }],
    })
  })

  it('lists the clash of a duplicate, which the operator alone may save, with a reason (R-034)', async () => {
    const second = object('kapital', 'PENSİYA KAPİTALI', { source: false })
    const clash = await post('/v1/resources', { ...debts, dataObjects: [second] })
    expect(clash).toMatchObject({
      status: 422,
      json: {
        errors: [
          { pointer: '/dataObjects/0', detail: expect.stringContaining(`held by ${pension.id}`) },
        ],
      },
    })
    expect((await post('/v1/resources', debts)).status).toBe(201)
    const duplicateReason = 'Arxiv üçün nüsxə saxlanılır'
    const reasoned = { dataObjects: [object('kapital', 'Pensiya kapitalı', { duplicateReason })] }
    expect(await patch(debts.id, reasoned, ownerOf('VN'))).toMatchObject({
      status: 403,
      json: { errors: [{ pointer: '/dataObjects/0/duplicateReason' }] },
    })
    expect((await patch(debts.id, reasoned)).status).toBe(200)
    const act = (await world.acts()).findLast(
      ({ subject }) => subject === `information resource ${debts.id}`,
    )
    expect(JSON.stringify(act?.after)).toContain(duplicateReason)
    expect(JSON.stringify(act?.before)).not.toContain(duplicateReason)
    for (const as of [ownerOf('DSMF'), 'AGENCY'] as const) {
      const { items } = (await get('/v1/notices?limit=200', as)).json as { items: object[] }
      expect(items).toContainEqual(
        expect.objectContaining({ kind: 'resource.duplicate', subject: pension.id }),
      )
    }
    // The source itself hears nothing of it when something else changes.
    expect((await patch(pension.id, { legalBasis: 'Yeni qanun' })).status).toBe(200)
  })

  it('knows what need not be asked of people again (R-035)', async () => {
    const directory = new ResourceDirectory(world.api.database.pool)
    const held = await directory.asksForHeld(['fin', 'AD', 'telefon'])
    expect(held).toMatchObject([{ asked: 'AD', resource: { id: population.id } }])
    expect(await directory.findDuplicates(['soyad'], { owner: 'AZ/GOV/DIN' })).toEqual([])
    expect(await directory.findDuplicates(['soyad'], { resource: population.id })).toEqual([])
    const { json } = await get('/v1/data-objects/holders?codes=soyad,yoxdur', 'nobody')
    expect(json).toMatchObject({ items: [{ asked: 'soyad', resource: population.id }] })
  })

  it('keeps every state, with who made it so (R-040)', async () => {
    const moments: string[] = []
    for (const place of ['own', 'data-centre', 'own']) {
      await patch(population.id, { hosting: { place, address: `Bakı, ${moments.length}` } })
      const { rows } = await world.api.database.pool.query<{ now: Date }>(
        'SELECT clock_timestamp() AS now',
      )
      moments.push(new Date(rows[0]!.now.getTime() + 1).toISOString())
    }
    for (const [index, place] of ['own', 'data-centre', 'own'].entries()) {
      const then = await get(`${at(population.id)}?asOf=${moments[index]}`)
      expect(then.json).toMatchObject({ hosting: { place, address: `Bakı, ${index}` } })
    }
    const { items } = (await get(`${at(population.id)}/history`)).json as { items: object[] }
    expect(items).toHaveLength(4)
    expect(items[0]).toMatchObject({ actor: expect.stringMatching(/^Test /) })
    // Where it stands is for its owner, and who oversees the bus.
    const seen = await get(at(population.id), ownerOf('VN'))
    expect(seen.json).toMatchObject({ hosting: { place: 'own' } })
    expect(seen.bytes.toString()).not.toContain('Bakı')
  })

  it('lets owners keep right what is theirs to say', async () => {
    const contact = { name: 'B', email: 'b@example.az', phone: '12' }
    expect((await patch(pension.id, { contact }, ownerOf('DSMF'))).status).toBe(200)
    expect((await patch(pension.id, { contact }, ownerOf('VN'))).status).toBe(403)
    expect(await patch(pension.id, { important: false }, ownerOf('DSMF'))).toMatchObject({
      ...{ status: 403, json: { errors: [{ pointer: '/important' }] } },
    })
    expect((await post('/v1/resources', debts, 'AGENCY')).status).toBe(403)
  })

  it('relates resources, services and consumers by rights in force (R-042)', async () => {
    expect((await get(`${at(pension.id)}/relations`)).json).toEqual({
      ...{ offeredBy: pension.offeredBy, readBy: pension.readBy, complete: true },
      consumers: [
        {
          ...{ consumer: 'AZ/COM/PORTAL/SAYT', owner: 'AZ/COM/PORTAL' },
          ...{ service: pension.offeredBy[0], accessRight: expect.any(String) },
        },
      ],
    })
    const { json } = await get(`/v1/resource-graph?resource=${encodeURIComponent(pension.id)}`)
    const [offers] = pension.offeredBy
    const [reads] = pension.readBy
    expect(json).toMatchObject({ complete: true })
    const { nodes, edges } = json as { nodes: { kind: string }[]; edges: object[] }
    expect(nodes.map(({ kind }) => kind).sort()).toEqual(
      ['member', 'resource', 'service', 'service', 'subsystem'].sort(),
    )
    expect(edges).toEqual([
      { from: 'AZ/GOV/DSMF', to: pension.id, kind: 'owns' },
      { from: offers, to: pension.id, kind: 'offers' },
      { from: reads, to: pension.id, kind: 'reads' },
      { from: 'AZ/COM/PORTAL/SAYT', to: offers, kind: 'consumes' },
    ])
  })

  it('deletes nothing, and keeps what is important (R-036)', async () => {
    expect((await world.api.call('DELETE', at(debts.id), { as: 'OPERATOR' })).status).toBe(405)
    await patch(debts.id, { important: true })
    const end = async (more: object): Promise<AdminAnswer> => {
      const { headers } = await get(at(debts.id))
      const body = { status: 'liquidated', reason: 'Ləğv edilir', ...more }
      const ifMatch = String(headers['etag'])
      return world.api.call('PUT', `${at(debts.id)}/status`, { as: 'OPERATOR', body, ifMatch })
    }
    expect((await end({})).status).toBe(422)
    expect((await end({ archivePlace: 'Milli Arxiv, fond 12' })).status).toBe(200)
    expect((await get('/v1/data-objects?text=vergiBorcu')).json).toEqual({ items: [] })
  })

  it('moves with its owner: by a change of owner, and by a merger', async () => {
    const id = 'AZ/GOV/VN/NOV-0'
    const body = { subsystem: id, to: 'AZ/GOV/DSMF', reason: 'Fərman' }
    expect((await post('/v1/life-cycle/owner-changes', body)).status).toBe(201)
    expect((await get(at(id))).json).toMatchObject({ owner: 'AZ/GOV/DSMF' })
    // The new owner administers it by now, whatever its name says.
    expect((await patch(id, { legalBasis: 'Fərman' }, ownerOf('DSMF'))).status).toBe(200)
    expect((await patch(id, { legalBasis: 'Fərman 2' }, ownerOf('VN'))).status).toBe(403)
    const merger = { from: 'AZ/GOV/VN', into: 'AZ/GOV/DIN', reason: 'Birləşmə' }
    expect((await post('/v1/life-cycle/mergers', merger)).status).toBe(201)
    expect((await get(at('AZ/GOV/VN/NOV-1'))).json).toMatchObject({ owner: 'AZ/GOV/DIN' })
    const end = { subject: 'AZ/GOV/VN/NOV-1', reason: 'Ləğv', successor: population.id }
    expect((await post('/v1/life-cycle/liquidations', end)).status).toBe(201)
    expect((await get(at('AZ/GOV/VN/NOV-1'))).json).toMatchObject({
      ...{ status: 'liquidated', successor: population.id },
    })
  })
})

it('fails of nothing that nobody foresaw', () => {
  expect(world.api.errors).toEqual([])
})
