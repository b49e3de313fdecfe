import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AdminAnswer } from '../../../test/support/admin-api.js'
import {
  object,
  openResourceWorld,
  pension,
  population,
  type ResourceWorld,
} from '../../../test/support/resource-world.js'
import { readCsv } from '../csv/read-csv.js'

let world: ResourceWorld
const get: ResourceWorld['get'] = (...call) => world.get(...call)
const post: ResourceWorld['post'] = (...call) => world.post(...call)
const patch: ResourceWorld['patch'] = (...call) => world.patch(...call)
const csv: ResourceWorld['csv'] = (...call) => world.csv(...call)

beforeAll(async () => {
  world = await openResourceWorld()
})

afterAll(() => world.close())

describe('the two State Registers (R-037)', () => {
  const personal = {
    ...{ id: 'AZ/GOV/DSMF/SOSIAL', purpose: 'Pensiya təminatı', legalBasis: 'Qanun' },
    categories: ['ad', 'əmək haqqı'],
  }

  it('hold what systems keep of persons: what for, which, and by which law', async () => {
    const made = await post('/v1/personal-data-systems', personal)
    expect(made).toMatchObject({ status: 201, json: { ...personal, status: 'active' } })
    expect(
      (await post('/v1/personal-data-systems', { ...personal, id: 'AZ/GOV/X/Y' })).status,
    ).toBe(422)
    const without = { ...personal, id: pension.id }
    await patch(pension.id, { identifiers: ['ssn'] })
    expect((await post('/v1/personal-data-systems', without)).status).toBe(422)
    const reasoned = { ...without, noPinReason: 'Əcnəbilərin FİN-i yoxdur' }
    expect((await post('/v1/personal-data-systems', reasoned)).status).toBe(201)
  })

  it('are counted by holder; totals are the sums of the lines (R-163)', async () => {
    const { json } = await get('/v1/state-registers/counts', 'nobody')
    const { lines, totals } = json as {
      lines: { resources: number; personalDataSystems: number; total: number }[]
      totals: object
    }
    expect(lines).toContainEqual(
      expect.objectContaining({ holder: 'AZ/GOV/DSMF', resources: 1, personalDataSystems: 2 }),
    )
    const sum = (key: 'resources' | 'personalDataSystems' | 'total'): number =>
      lines.reduce((total, line) => total + line[key], 0)
    expect(totals).toEqual({
      ...{ resources: sum('resources'), personalDataSystems: sum('personalDataSystems') },
      total: sum('total'),
    })
  })

  it('go out as tables, and come back without a change', async () => {
    await patch(pension.id, {
      dataObjects: [
        object('pensiyaKapitali', 'Pensiya kapitalı'),
        object('duzelis', 'a = b; c\\d', { source: false }),
        object('ad', 'Ad', { duplicateReason: 'Arayış; = üçün' }),
      ],
    })
    for (const register of ['resources', 'personal-data']) {
      const file = await get(`/v1/state-registers/${register}.csv`)
      expect(file.bytes.subarray(0, 3)).toEqual(Buffer.from('\ufeff'))
      const back = await csv(`/v1/state-registers/${register}`, file.bytes)
      expect(back).toMatchObject({ status: 200, json: { written: false, added: 0, changed: 0 } })
    }
  })

  it('take a table with semicolons, all lines or none, and name each bad one', async () => {
    const head =
      'Kod;Növ;Ad;Ad (ingiliscə);Hüquqi əsas;İdentifikatorlar;Məlumat obyektləri;Yerləşmə yeri;Ünvan;Məsul şəxs;Elektron poçt;Telefon'
    const line = (code: string, kind: string, objects: string): string =>
      `AZ/GOV/DIN/${code};${kind};Siyahı;List;Qanun;fin; ${objects};öz yeri;Bakı;=A;a@example.az;12`
    const good = line('S1', 'Məlumat Bazası', 'sened = Sənəd = Document = mənbə')
    const bad = [
      good,
      line('S2', 'vebsayt', ''),
      line('S3', 'reyestr', 'tək'),
      line('S4', 'digər', ''),
    ]
    const refused = await csv('/v1/state-registers/resources', [head, ...bad].join('\n'))
    const { errors } = refused.json as { errors: { pointer: string }[] }
    expect([refused.status, errors.map(({ pointer }) => pointer)]).toEqual([
      422,
      ['line 3', 'line 4'],
    ])
    const clash = line('S5', 'reyestr', '"soy = SOYAD = Surname"'.replaceAll('"', ''))
    const clashes = await csv('/v1/state-registers/resources', [head, good, clash].join('\n'))
    expect(clashes).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: 'line 3', detail: expect.stringContaining(population.id) }] },
    })
    const file = `\ufeff${[head, good].join('\r\n')}`
    const dry = await csv('/v1/state-registers/resources?dryRun=true', file)
    expect(dry.json).toEqual({ written: false, added: 1, changed: 0, unchanged: 0 })
    expect((await csv('/v1/state-registers/resources', file)).json).toMatchObject({ added: 1 })
    const out = (await get('/v1/state-registers/resources.csv')).bytes.toString()
    expect(out).toContain(",'=A,a@example.az,12")
  })
})

describe('what has to be connected (R-039, R-186)', () => {
  it('is imported as a list; the report says how many have connected, and who is missing', async () => {
    const owners = ['DIN', 'DSMF', 'VN']
    const lines = [
      ...owners.map((code, index) => {
        const id = `AZ/GOV/${code}/${['GCQ', 'SOSIAL', 'VERGI'][index]}`
        return `AZ/GOV/${code};Sistem ${code};${id};31.12.2020;məcburi;inteqrasiya`
      }),
      'AZ/COM/PORTAL;Portal;;31.12.2020;tövsiyə;qoşulma',
      ...[1, 2, 3, 4].map((n) => `AZ/GOV/DIN;Yeni sistem ${n};AZ/GOV/DIN/YENI-${n};2099-01-01;;`),
      ...[1, 2].map((n) => `Xarici İşlər Nazirliyi;Sistem ${n};;31.12.2020;məcburi;`),
    ]
    const file = ['Qurum;Sistem;Kod;Son tarix;Qrup;Üsul', ...lines].join('\n')
    const query = new URLSearchParams({
      ...{ titleAz: 'Qoşulmalı sistemlər', titleEn: 'Systems to connect' },
      ...{ legalBasis: '003F, 2.3', domain: 'PORTAL' },
    })
    const made = await csv(`/v1/connection-lists?${query.toString()}`, file)
    expect(made).toMatchObject({ status: 201, json: { domain: 'PORTAL' } })
    const { id } = made.json as { id: string }
    const { json } = await get(`/v1/connection-lists/${id}/report`)
    expect(json).toMatchObject({
      ...{ total: 10, connected: 4, missing: 6, joined: 1, integrated: 3, overdue: 2 },
      groups: [
        { group: 'mandatory', total: 9, connected: 3, missing: 6 },
        { group: 'recommended', total: 1, connected: 1, missing: 0 },
      ],
    })
    const { owners: byOwner, missingLines, dueDates } = json as Record<string, object[]>
    expect(byOwner).toContainEqual({ owner: 'AZ/GOV/DIN', total: 5, connected: 1, missing: 4 })
    expect(missingLines).toHaveLength(6)
    expect(dueDates).toContainEqual({ due: '2099-01-01', total: 4, connected: 0, missing: 4 })
    expect((await get('/v1/connection-lists', 'nobody')).json).toMatchObject({ items: [{ id }] })
    expect((await world.acts()).some(({ kind }) => kind === 'connection-list.import')).toBe(true)
  })

  it('names each bad line of the list', async () => {
    const file =
      'Qurum,Sistem,Son tarix,Qrup\nA,B,31.02.2020,\nA,B,31.12.2020,bəlkə\n,B,31.12.2020,\n'
    const query = 'titleAz=a&titleEn=b&legalBasis=c&domain=PORTAL'
    const { status, json } = await csv(`/v1/connection-lists?${query}`, file)
    const { errors } = json as { errors: { pointer: string }[] }
    expect([status, errors.map(({ pointer }) => pointer)]).toEqual([
      422,
      ['line 2', 'line 3', 'line 4'],
    ])
    const elsewhere = await csv(
      `/v1/connection-lists?${query.replace('PORTAL', 'YOX')}`,
      'Qurum,Sistem,Son tarix\nA,B,31.12.2020\n',
    )
    expect(elsewhere.status).toBe(422)
  })
})

describe('services as people find them (R-041)', () => {
  it('are approved by the Cabinet’s list, and offered on the portal or on a site', async () => {
    const place = {
      ...{ service: 'AZ/GOV/DIN/GCQ/finAxtaris', approvedBy: 'NK 263, 24.11.2011' },
      ...{ places: ['own-site', 'portal'], interaction: 'interactive' },
    }
    const made = await post('/v1/service-places', place)
    expect(made).toMatchObject({ status: 201, json: { ...place, places: ['portal', 'own-site'] } })
    expect((await post('/v1/service-places', place)).status).toBe(409)
    expect((await post('/v1/service-places', { ...place, service: 'AZ/GOV/X' })).status).toBe(422)
    const path = `/v1/service-places/${encodeURIComponent(place.service)}`
    const body = { approvedBy: null, places: ['portal'], interaction: 'informative' }
    const etag = String((await get(path)).headers['etag'])
    const put = (): Promise<AdminAnswer> =>
      world.api.call('PUT', path, { as: 'OPERATOR', body, ifMatch: etag })
    expect((await put()).json).toEqual({
      ...{ service: place.service, places: ['portal'], interaction: 'informative' },
    })
    expect((await put()).status).toBe(412)
  })

  const counts = (n: number): number[] => [n + 9, n + 5, n + 3, n, n % 4]
  const agencies = readFileSync('test/fixtures/agencies.csv')
  const names = readCsv(agencies, [
    ...[{ key: 'code', names: [], isRequired: true }],
    ...[{ key: 'name', names: [], isRequired: true }],
  ]).map(({ cells }) => cells['name'] ?? '')
  const sums = [0, 1, 2, 3, 4].map((of) =>
    names.reduce((total, _, n) => total + (counts(n)[of] ?? 0), 0),
  )
  const head = 'Dövlət orqanı;Təsdiqlənmiş;Təqdim olunan;Portalda;Öz saytında;İnteraktiv'
  const table = (...more: readonly string[]): string =>
    [
      head,
      ...names.map((each, n) => [`"${each.replaceAll('"', '""')}"`, ...counts(n)].join(';')),
      ...more,
    ].join('\n')

  it('are counted by agency as a table says; totals are the sums of its lines', async () => {
    const made = await csv('/v1/agency-figures?title=2013', table(['Cəmi', ...sums].join(';')))
    const [approved, offered, onPortal, onOwnSite, interactive] = sums
    expect(made).toMatchObject({
      status: 201,
      json: {
        ...{ totals: { approved, offered, onPortal, onOwnSite, interactive } },
        anomalies: [],
      },
    })
    const { id, lines } = made.json as { id: string; lines: object[] }
    expect(lines).toHaveLength(43)
    expect((await get(`/v1/agency-figures/${id}`, 'nobody')).json).toEqual(made.json)
    expect((await get('/v1/agency-figures', 'nobody')).json).toMatchObject({ items: [{ id }] })
  })

  it('whose printed total differs are reported, and so is a part above its whole (R-165)', async () => {
    const printed = ['Cəmi', ...sums.map((sum) => `13 ${String(sum).padStart(3, '0')}`)]
    const { json } = await csv(
      '/v1/agency-figures?title=x',
      table('Artıq;1;2;0;0;0', printed.join(';')),
    )
    const { anomalies } = json as { anomalies: object[] }
    expect(anomalies).toHaveLength(6)
    expect(anomalies).toContainEqual({
      ...{ agency: 'Artıq', figure: 'offered', count: 2 },
      ...{ exceeds: 'approved', expected: 1, difference: 1 },
    })
    const broken = await csv(
      '/v1/agency-figures?title=x',
      `${head}\nA;1;1;x;1;1\nA;1;1;1;1;1\nB;1;1;1;1;1\nb;1;1;1;1;1`,
    )
    const { errors } = broken.json as { errors: { pointer: string }[] }
    expect(errors.map(({ pointer }) => pointer)).toEqual(['line 2', 'line 5'])
  })
})

it('fails of nothing that nobody foresaw', () => {
  expect(world.api.errors).toEqual([])
})
