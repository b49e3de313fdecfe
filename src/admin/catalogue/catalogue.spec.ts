import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../../test/support/any-character.js'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import {
  at,
  capital,
  data,
  finAxtaris,
  openCatalogueWorld,
  pages,
  secrets,
  xss,
  type CatalogueWorld,
} from '../../../test/support/catalogue-world.js'
import { CatalogueJob } from './catalogue-job.js'

let world: CatalogueWorld
let api: TestAdminApi
let job: CatalogueJob
let now = new Date()

const get: CatalogueWorld['get'] = (...call) => world.get(...call)
const setStatus: CatalogueWorld['setStatus'] = (...call) => world.setStatus(...call)
const ids = ({ json }: AdminAnswer): string[] =>
  (json as { items: { id: string }[] }).items.map(({ id }) => id)
beforeAll(async () => {
  world = await openCatalogueWorld(() => now)
  ;({ api } = world)
  job = new CatalogueJob(api.database)
})

afterAll(async () => {
  await world.close()
})

describe('the open catalogue', () => {
  it('has what is connected, without login, and nothing before (R-033, R-109)', async () => {
    expect(ids(await get('/v1/catalogue/services'))).toEqual([
      ...[`${finAxtaris}/v1`, `${capital}/v1`, `${capital}/v2`, 'AZ/GOV/VN/VERGI/borcTap/v1'],
    ])
    expect((await get(at('services', 'AZ/GOV/DIN/GCQ/tezlikle/v1'))).status).toBe(404)
    expect((await get(at('services', `${capital}/v1`))).json).toMatchObject({
      ...{ name: { az: 'Pensiya kapitalı' }, owner: { id: 'AZ/GOV/DSMF' }, protocol: 'rest' },
      ...{
        state: { code: 'ACTIVE' },
        isDefault: true,
        versions: ['v1', 'v2'],
        modes: ['user', 'body'],
      },
      // R-015, R-041
      deprecatedFrom: '2026-12-30T20:00:00.000Z',
      place: { approvedBy: 'NK 123 №-li qərarı', places: ['portal'], interaction: 'interactive' },
      gives: [{ code: 'pensiyaKapitali', source: true, resource: 'AZ/GOV/DSMF/FERDI-UCOT' }],
    })
    expect((await get(at('resources', 'AZ/GOV/DSMF/FERDI-UCOT'))).json).toMatchObject({
      ...{ owner: { id: 'AZ/GOV/DSMF' }, services: [capital] },
    })
    expect(ids(await get('/v1/catalogue/members'))).toEqual([
      ...['AZ/GOV/DIN', 'AZ/GOV/DSMF', 'AZ/GOV/VN'],
    ])
    expect((await get(at('members', 'AZ/GOV/DIN'))).status).toBe(200)
  })

  it('is searched in the Azerbaijani way, page by page (R-032, R-013)', async () => {
    const others = ['AZ/GOV/VN/VERGI/borcTap/v1']
    for (const [text, more] of [
      ['PENSİYA KAPİTALI', others],
      ['pensiya  kapitalı', others],
      ['Fərdi Uçot', []],
    ] as const) {
      const found = await get(`/v1/catalogue/services?text=${encodeURIComponent(text)}`)
      expect(ids(found)).toEqual([`${capital}/v1`, `${capital}/v2`, ...more])
    }
    expect(ids(await get('/v1/catalogue/resources?text=PENSIYA'))).toEqual([])
    const first = await get('/v1/catalogue/services?text=sosial&limit=1')
    const { next } = first.json as { next: string }
    expect(ids(await get(`/v1/catalogue/services?text=sosial&after=${next}`))).toEqual([
      `${capital}/v2`,
    ])
  })

  it('gives contracts in both faces, without where systems are (R-064)', async () => {
    const wsdl = await get(`${at('services', `${finAxtaris}/v1`)}/wsdl`)
    expect(wsdl.bytes.toString()).toContain('<soap:address location="/"/>')
    const openApi = await get(`${at('services', `${finAxtaris}/v1`)}/openapi`)
    expect(openApi.json).toMatchObject({ openapi: '3.0.3', servers: [{ url: '/' }] })
    // As registered they name the provider's own address.
    expect((await get(`${at('services', `${finAxtaris}/v1`)}/contract`)).status).toBe(404)
    expect((await get(`${at('services', `${capital}/v1`)}/wsdl`)).status).toBe(404)
  })

  it('says works, faults, standing and successors (R-134)', async () => {
    const state = async (): Promise<unknown> =>
      ((await get(at('services', `${capital}/v2`))).json as { state: unknown }).state
    const until = new Date(now.getTime() + 7_200_000).toISOString()
    const works = { az: 'Texniki iş', en: 'Works' }
    await world.post('/v1/maintenance-windows', { target: `${capital}/v2`, until, works })
    expect(await state()).toMatchObject({ code: 'MAINTENANCE', until })
    now = new Date(Date.parse(until) + 1)
    expect(await state()).toMatchObject({ code: 'ACTIVE' })
    await setStatus(`${capital}/v2`, { status: 'suspended', reason: 'Yoxlama' })
    expect(await state()).toMatchObject({ code: 'SUSPENDED', label: { az: 'Dayandırılıb' } })
    await setStatus(`${capital}/v2`, {
      status: 'liquidated',
      reason: 'Son',
      successor: `${capital}/v1`,
    })
    expect((await get(at('services', `${capital}/v2`))).json).toMatchObject({
      ...{ state: { code: 'LIQUIDATED' }, successor: `${capital}/v1` },
    })
    const page = (await get(at('html/services', `${capital}/v2`))).bytes.toString()
    expect(page).toContain(
      `href="/v1/catalogue/html/services/${encodeURIComponent(`${capital}/v1`)}`,
    )
  })

  it('sends nothing twice to who has it, until it changes', async () => {
    for (const path of ['/v1/catalogue', '/v1/catalogue/services', '/v1/catalogue/changes/atom']) {
      const { headers } = await get(path)
      const again = await get(path, { 'if-none-match': String(headers['etag']) })
      expect([path, again.status, again.bytes.length]).toEqual([path, 304, 0])
      expect((await get(path, { 'if-none-match': '"x"' })).status).toBe(200)
    }
  })
})

describe('pages', () => {
  it('are in the language that is wanted, with headings, captions and no script', async () => {
    await job.turn()
    for (const path of pages) {
      for (const language of ['az', 'en'] as const) {
        const { headers, bytes } = await get(path, { 'accept-language': language })
        expect(headers['content-language']).toBe(language)
        const html = bytes.toString()
        expect(html).toContain(`<html lang="${language}">`)
        expect(html).not.toContain('<script')
        expect(html.match(/<h1>/g)).toHaveLength(1)
        expect(html.match(/<table>\s*<caption>/g)?.length).toBe(html.match(/<table/g)?.length)
        // Nothing but what this build wrote begins a tag or an attribute.
        expect(html.match(/ on\w+=/)).toBeNull()
        expect(String(headers['content-security-policy'])).not.toMatch(/script|unsafe/)
      }
    }
    const english = await get('/v1/catalogue?lang=en', { 'accept-language': 'az' })
    expect(english.bytes.toString()).toContain('<h1>Service catalogue</h1>')
    expect((await get('/v1/catalogue?lang=de')).status).toBe(400)
  })

  it('and data say nothing of where anything is, or who works there', async () => {
    for (const path of [...pages, ...data]) {
      const { status, bytes } = await get(path)
      expect([path, status]).toEqual([path, 200])
      const text = bytes.toString()
      expect([path, secrets.filter((each) => text.includes(each))]).toEqual([path, []])
    }
  })

  it('take any text to search for', async () => {
    const texts = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 40 }),
      fc.constantFrom(xss, '%', '\\'),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const query = encodeURIComponent(text.toWellFormed())
        for (const path of [
          '/v1/catalogue',
          '/v1/catalogue/html/members',
          '/v1/catalogue/services',
        ]) {
          const { status, bytes } = await get(`${path}?text=${query}`)
          expect(status).toBe(query.includes('%00') ? 400 : 200)
          if (!path.endsWith('services')) expect(bytes.toString()).not.toContain('<script')
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('changes', () => {
  const feed = async (after?: string) => {
    const { json } = await get(
      `/v1/catalogue/changes${after === undefined ? '' : `?after=${after}`}`,
    )
    return json as { items: { kind: string; noun: string; object: string }[]; next: string }
  }
  const told = async (as: Parameters<TestAdminApi['call']>[2]): Promise<string[]> => {
    const { json } = await api.call('GET', '/v1/notices?limit=200', as)
    const { items } = json as { items: { kind: string; subject: string }[] }
    return items.flatMap(({ kind, subject }) =>
      kind.startsWith('catalogue.') ? [`${kind} ${subject}`] : [],
    )
  }

  it('tell what was connected, suspended and ended, once, whichever node is first (R-033)', async () => {
    await Promise.all([job.turn(), new CatalogueJob(api.database).turn()])
    const { items, next } = await feed()
    const ofCapital = items.filter(({ object }) => object === `${capital}/v2`)
    expect(ofCapital.map(({ kind }) => kind)).toEqual(['connected', 'suspended', 'ended'])
    expect(items.some(({ object }) => object.includes('tezlikle'))).toBe(false)
    expect((await feed(next)).items).toEqual([])
    await setStatus('AZ/GOV/DIN/GCQ/tezlikle/v1', { status: 'active', reason: 'Qoşuldu' })
    await job.turn()
    const { items: later } = await feed(next)
    expect(later).toMatchObject([{ kind: 'connected', noun: 'service', member: 'AZ/GOV/DIN' }])
    const atom = (await get('/v1/catalogue/changes/atom?lang=az')).bytes.toString()
    expect(atom).toContain('<title>Xidmət qoşulub: AZ/GOV/DIN/GCQ/tezlikle/v1</title>')
    // Where a service is, is nobody's business, and so is that it moved.
    const path = `/v1/services/${encodeURIComponent('AZ/GOV/DIN/GCQ/tezlikle/v1')}`
    const { headers } = await api.call('GET', path, { as: 'OPERATOR' })
    const body = { address: 'https://gizli.example.az/basqa' }
    const patch = async (ifMatch: unknown, body: object): Promise<AdminAnswer> =>
      api.call('PATCH', path, { as: 'OPERATOR', ifMatch: String(ifMatch), body })
    const moved = await patch(headers['etag'], body)
    expect(await job.turn()).toBe(0)
    await patch(moved.headers['etag'], { modes: ['body'] })
    expect(await job.turn()).toBe(1)
    expect((await feed(next)).items.map(({ kind }) => kind)).toEqual(['connected', 'changed'])
  })

  it('of a system are those of its services', async () => {
    const { next } = await feed()
    for (const status of ['suspended', 'active']) {
      const path = `/v1/subsystems/${encodeURIComponent('AZ/GOV/VN/VERGI')}`
      const { headers } = await api.call('GET', path, { as: 'OPERATOR' })
      const call = { as: 'OPERATOR', ifMatch: String(headers['etag']) } as const
      const body = { status, reason: 'Yoxlama' }
      expect((await api.call('PUT', `${path}/status`, { ...call, body })).status).toBe(200)
      await job.turn()
    }
    expect((await feed(next)).items).toMatchObject([
      { kind: 'suspended', object: 'AZ/GOV/VN/VERGI/borcTap/v1', member: 'AZ/GOV/VN' },
      { kind: 'resumed', object: 'AZ/GOV/VN/VERGI/borcTap/v1' },
    ])
  })

  it('are told to who subscribed: to all, a member, a data object, a service; each once', async () => {
    const dsmf = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DSMF' } as const
    const vn = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
    const subscribe = async (as: typeof dsmf | typeof vn | 'AGENCY', body: object) =>
      api.call('POST', '/v1/catalogue-subscriptions', { as, body })
    const toVn = { recipient: { member: 'AZ/GOV/VN' } }
    expect(
      (await subscribe(vn, { about: 'data-object', object: 'PENSİYA KAPİTALI', ...toVn })).status,
    ).toBe(201)
    const second = await subscribe(vn, { about: 'service', object: capital, ...toVn })
    expect(second.status).toBe(201)
    expect((await subscribe(vn, { about: 'service', object: capital, ...toVn })).status).toBe(409)
    expect((await subscribe(vn, { about: 'member', object: 'AZ/GOV/X', ...toVn })).status).toBe(422)
    expect((await subscribe(vn, { about: 'all', object: 'x', ...toVn })).status).toBe(422)
    expect((await subscribe(dsmf, { about: 'all', ...toVn })).status).toBe(403)
    const toDsmf = { recipient: { member: 'AZ/GOV/DSMF' } }
    await subscribe(dsmf, { about: 'member', object: 'AZ/GOV/DIN', ...toDsmf })
    await subscribe('AGENCY', { about: 'all', recipient: { role: 'AGENCY' } })
    await setStatus(`${capital}/v1`, { status: 'suspended', reason: 'Yoxlama' })
    await setStatus('AZ/GOV/DIN/GCQ/tezlikle/v1', { status: 'suspended', reason: 'Yoxlama' })
    expect(await job.turn()).toBe(2)
    const ofCapital = `catalogue.suspended ${capital}/v1`
    const ofOther = 'catalogue.suspended AZ/GOV/DIN/GCQ/tezlikle/v1'
    expect(await told({ as: vn })).toEqual([ofCapital])
    expect(await told({ as: dsmf })).toEqual([ofOther])
    expect(await told({ as: 'AGENCY' })).toEqual([ofCapital, ofOther])
    const list = await api.call('GET', '/v1/catalogue-subscriptions', { as: vn })
    for (const id of ids(list)) {
      const path = `/v1/catalogue-subscriptions/${id}`
      expect((await api.call('DELETE', path, { as: dsmf })).status).toBe(404)
      expect((await api.call('DELETE', path, { as: vn })).status).toBe(204)
    }
    await setStatus(`${capital}/v1`, { status: 'active', reason: 'Davam' })
    await job.turn()
    expect(await told({ as: vn })).toEqual([ofCapital])
  })

  it('and entries are gone once they are archived (R-136)', async () => {
    await world.post('/v1/life-cycle/archivings', { subject: `${capital}/v2`, reason: 'Arxiv' })
    expect((await get(at('services', `${capital}/v2`))).status).toBe(404)
    await job.turn()
    expect((await feed()).items.some(({ object }) => object === `${capital}/v2`)).toBe(false)
  })
})

it('hears one address so often and no more', async () => {
  const rate = { requestsPerSecondMax: 100, requestsPerAddressSecondMax: 2 }
  const strict = await openTestAdminApi(world.database, { visitorRate: rate })
  const asked = Array.from({ length: 9 }, () => strict.call('GET', '/v1/catalogue/members'))
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  await strict.close()
  expect(statuses).toContain(429)
  expect(statuses).toContain(200)
})

it('fails of nothing that nobody foresaw', () => {
  expect(api.errors).toEqual([])
})
