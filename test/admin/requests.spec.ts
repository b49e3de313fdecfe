import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from 'node:net'
import { openTestAdminApi, type AdminCall, type TestAdminApi } from '../support/admin-api.js'
import { held, samples } from '../support/admin-samples.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { sendRaw } from '../support/raw-http.js'

let database: TestDatabase
let api: TestAdminApi

const limits = { headMsMax: 300, requestMsMax: 600, requestsPerAddressSecondMax: 1_000 }

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database, { areas: [samples], limits })
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const json = { 'content-type': 'application/json' }

/** One POST to the sample route; what was wrong with it. */
async function post(call: AdminCall, path = '/v1/samples'): Promise<[number, string]> {
  const answer = await api.call('POST', path, { as: 'nobody', ...call })
  const { detail, errors } = (answer.json ?? {}) as { detail?: string; errors?: object[] }
  return [answer.status, detail ?? JSON.stringify(errors ?? answer.json)]
}

describe('a body', () => {
  it.each<[string, string | Uint8Array, number]>([
    ['a name twice', '{"text":"a","text":"b"}', 400],
    ['a name twice, once with an escape', '{"text":"a","t\\u0065xt":"b"}', 400],
    ['a name of every object', '{"text":"a","__proto__":{"more":1}}', 400],
    ['a constructor', '{"text":"a","constructor":{"prototype":{}}}', 400],
    ['a field too many', '{"text":"a","admin":true}', 400],
    ['depth', `{"text":"a","more":${'['.repeat(90_000)}${']'.repeat(90_000)}}`, 400],
    ['half of it', '{"text":"a"', 400],
    ['two of it', '{"text":"a"}{}', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['a byte order mark', '\ufeff{"text":"a"}', 400],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400],
    ['half a character', '{"text":"\\ud800"}', 400],
    ['a NUL character', '{"text":"a\\u0000"}', 400],
    ['a NUL character in a name', '{"text":"a","more":{"\\u0000":1}}', 400],
    ['a number beyond all', '{"text":1e999}', 400],
    ['too much', `{"text":"${'a'.repeat(1_048_576)}"}`, 413],
    ['what it should', '{"text":"ə"}', 201],
    ['a name of every object deeper down', '{"text":"a","more":{"__proto__":1}}', 201],
  ])('of %s is judged before anything is done', async (_what, bytes, status) => {
    expect(await post({ bytes, headers: json })).toEqual([status, expect.any(String)])
    expect(({} as { more?: unknown }).more).toBeUndefined()
    expect(api.errors).toEqual([])
  })

  it.each([
    [{}, 415],
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/json; charset=utf-16' }, 415],
    [{ 'content-type': 'application/json; charset=utf-8; x=y' }, 415],
    [{ ...json, 'content-encoding': 'gzip' }, 415],
    [{ 'content-type': 'application/JSON ; charset="UTF-8"' }, 201],
  ])('has its own media type: %j', async (headers: Record<string, string>, status) => {
    expect((await post({ bytes: '{"text":"a"}', headers }))[0]).toBe(status)
  })

  it('is told of in the caller’s language, with the place', async () => {
    const wrong = { text: 'a'.repeat(101), 'ö/~': 1 }
    const az = await post({ body: wrong })
    const en = await post({ body: wrong, headers: { 'accept-language': 'en' } })
    expect([az, en].map(([, text]) => JSON.parse(text) as object)).toEqual([
      [
        { pointer: '/text', detail: 'ən çoxu 100 simvol olmalıdır' },
        { pointer: '', detail: 'belə sahə yoxdur: ö/~' },
      ],
      [
        { pointer: '/text', detail: 'must be at most 100 characters' },
        { pointer: '', detail: 'no such field: ö/~' },
      ],
    ])
  })

  it('of bytes is handed on as it is, up to its own length', async () => {
    const headers = { 'content-type': 'application/yaml' }
    const path = '/v1/samples/bytes'
    expect((await post({ bytes: 'a: {', headers }, path))[0]).toBe(200)
    expect((await post({ bytes: 'x'.repeat(101), headers }, path))[0]).toBe(413)
    expect((await post({ bytes: '{}', headers: json }, path))[0]).toBe(415)
  })

  it('is not read of who may not send one', async () => {
    const started = performance.now()
    const reply = await sendRaw(
      api.address,
      'POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{',
    )
    expect(reply.status).toBe(401)
    expect(reply.header('Connection')).toBe('close')
    expect(performance.now() - started).toBeLessThan(limits.requestMsMax)
  })
})

describe('an address', () => {
  it.each([
    ['?limit=5', 200],
    ['?limit=05', 400],
    ['?limit=1e1', 400],
    ['?limit=', 400],
    ['?limit=201', 400],
    ['?limit=5&limit=6', 400],
    ['?limit=5&other=6', 400],
    ['?limit[a]=5', 400],
    ['?__proto__=5', 400],
    ['?limit=%zz', 400],
    ['?after=AAAA=', 400],
    ['?after=*', 400],
    [`?after=${'A'.repeat(2_000)}`, 400],
    [`?after=${'A'.repeat(5_000)}`, 414],
  ])('with %s is answered with %i', async (query, status) => {
    expect((await api.call('GET', `/v1/samples${query}`, { as: 'nobody' })).status).toBe(status)
  })

  it('leads through all pages of a list', async () => {
    const seen: string[] = []
    for (let path: string | undefined = '/v1/samples?limit=50'; path;) {
      const { json: got } = await api.call('GET', path, { as: 'nobody' })
      const { items, next } = got as { items: { key: string }[]; next?: string }
      seen.push(...items.map(({ key }) => key))
      path = next === undefined ? undefined : `/v1/samples?limit=50&after=${next}`
    }
    expect(seen).toHaveLength(120)
    expect(new Set(seen).size).toBe(120)
  })
})

describe('a caller', () => {
  it.each([
    ['a head that does not end', 'GET /v1/samples HTTP/1.1\r\nHost: a\r\n', 408],
    [
      'a body that does not come',
      'POST /v1/samples HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{',
      408,
    ],
    [
      'a head without end',
      `GET /v1/samples HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'two lengths',
      'POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
    ],
    [
      'length and chunks',
      'POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no HTTP', '\u0016\u0003\u0001\r\n\r\n', 400],
  ])('with %s is answered in time, and sent away', async (_what, bytes, status) => {
    const sent = bytes.replace('TOKEN', api.sessions.tokenOf('nobody'))
    const reply = await sendRaw(api.address, sent)
    expect(reply.status).toBe(status)
    expect(reply.header('Content-Type')).toBe('application/problem+json')
    expect(reply.header('Cache-Control')).toBe('no-store')
  })

  it('who goes away in the middle leaves no error behind', async () => {
    const { hostname, port } = new URL(api.address)
    const token = api.sessions.tokenOf('nobody')
    await new Promise<void>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => {
        const head = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 99`
        socket.write(`POST /v1/samples HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n{`, () => {
          socket.destroy()
          resolve()
        })
      })
    })
    await api.call('GET', '/v1/samples', { as: 'nobody' })
    expect(api.errors).toEqual([])
  })
})

describe('an Idempotency-Key', () => {
  let last = 0
  const fresh = (): string => `key-${(last += 1)}`
  const add = (key: string, text: string, as: AdminCall['as'] = 'OPERATOR') =>
    api.call('POST', '/v1/samples', { as, body: { text }, headers: { 'idempotency-key': key } })

  it('has one request carried out once, and answered the same', async () => {
    const key = fresh()
    const first = await add(key, 'a')
    const second = await add(key, 'a')
    expect([second.status, second.json]).toEqual([201, first.json])
    expect((await add(fresh(), 'a')).json).not.toEqual(first.json)
  })

  it('is of one administrator', async () => {
    const key = fresh()
    const first = await add(key, 'a')
    expect((await add(key, 'a', 'AGENCY')).json).not.toEqual(first.json)
  })

  it('is for no other request', async () => {
    const key = fresh()
    await add(key, 'a')
    expect(await add(key, 'b')).toMatchObject({
      ...{ status: 422, json: { type: 'urn:sluice:problem:KEY_REUSED' } },
    })
  })

  it('of many at once lets one through', async () => {
    let open: () => void = () => undefined
    held.until = new Promise((resolve) => (open = resolve))
    const key = fresh()
    const all = Array.from({ length: 12 }, () => add(key, 'a'))
    const refused = await Promise.any(
      all.map((each) =>
        each.then((got) =>
          got.status === 409 ? got : Promise.reject(new Error('it went through')),
        ),
      ),
    )
    expect(refused.json).toMatchObject({ type: 'urn:sluice:problem:KEY_IN_USE' })
    open()
    const answers = await Promise.all(all)
    // Whoever came late was told what the first was.
    const told = answers.flatMap((got) => (got.status === 201 ? [got.bytes.toString()] : []))
    expect(new Set(told).size).toBe(1)
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
  })

  const again = async (path: string): Promise<[unknown, unknown]> => {
    const call = { as: 'OPERATOR', headers: { 'idempotency-key': fresh() } } as const
    const first = await api.call('POST', path, call)
    const second = await api.call('POST', path, call)
    return [
      [first.status, first.json],
      [second.status, second.json],
    ]
  }

  it('repeats a refusal', async () => {
    const [first, second] = await again('/v1/samples/refusals')
    expect(second).toEqual(first)
    expect(first).toEqual([422, expect.anything()])
  })

  it('shows a secret once', async () => {
    const [first, second] = await again('/v1/samples/secrets')
    expect(first).toEqual([201, expect.objectContaining({ text: 'secret' })])
    expect(second).toEqual([
      409,
      expect.objectContaining({ detail: expect.stringContaining('201') }),
    ])
  })

  it('is free again where nothing was done', async () => {
    const [first, second] = await again('/v1/samples/troubles?kind=unavailable')
    expect([first, second]).toEqual([
      [503, expect.anything()],
      [503, expect.anything()],
    ])
  })

  it('is not tried again where nobody knows what was done', async () => {
    const [first, second] = await again('/v1/samples/troubles?kind=unknown')
    expect([first, second]).toEqual([
      [500, expect.anything()],
      [409, expect.anything()],
    ])
    expect(api.errors.splice(0)).toHaveLength(1)
  })

  it.each(['', 'a b', 'x'.repeat(129)])('is no key: %j', async (key) => {
    expect((await add(key, 'a')).status).toBe(400)
  })
})

describe('too many requests', () => {
  it('are sent away, and told when to come again', async () => {
    const narrow = await openTestAdminApi(database, { limits: { requestsPerAddressSecondMax: 3 } })
    const asked = Array.from({ length: 12 }, () => fetch(`${narrow.address}/v1/domains`))
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    await narrow.close()
  })
})
