import { afterAll, describe, expect, it } from '@jest/globals'
import { createClientAsync } from 'soap'
import { command, describeWith } from '../support/command.js'
import { restBehindSoap, type Provide } from '../support/rest-behind-soap.js'
import { diplomFace, voenTapFace } from '../support/views.js'

const person = 'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi, ә'

const vergi: Provide = ({ path }) =>
  path === '/voen/0TEST01'
    ? {
        status: 200,
        json: `{"voenler":[{"voen":"9900000022","ad":"${person}","novu":"FIZIKI","lagvTarixi":null}]}`,
      }
    : { status: 404, json: '{"title":"Tapılmadı"}' }

const tehsil: Provide = ({ payload }) =>
  Buffer.from(payload).toString().includes('0TEST01')
    ? {
        status: 200,
        json:
          `{"diplomlar":[{"seriya":"AB","nomre":"000123","muessise":"${person}","derece":"Bakalavr",` +
          '"verilmeTarixi":"2002-07-01","etibarlidir":true,"orta":4.50,"qiymetler":[5,4]},' +
          '{"seriya":"AC","nomre":"000124","muessise":"B","etibarlidir":false,"qiymetler":null}]}',
      }
    : { status: 404, json: '{"kod":"TAPILMADI","izah":"Diplom yoxdur"}' }

const services = {
  voenTap: await restBehindSoap(await voenTapFace(), vergi),
  diplomMelumati: await restBehindSoap(await diplomFace(), tehsil),
}

afterAll(() => {
  services.voenTap.close()
  services.diplomMelumati.close()
})

type Service = keyof typeof services
type Call = (service: Service, values: Readonly<Record<string, unknown>>) => Promise<unknown>

const withZeep: Call = async (service, values) => {
  const { wsdlUrl } = services[service]
  const args = ['test/support/zeep_call.py', wsdlUrl, service, JSON.stringify(values)]
  return JSON.parse((await command('/usr/bin/python3', args)).toString()) as unknown
}

const withNode: Call = async (service, values) => {
  const client = await createClientAsync(services[service].wsdlUrl)
  const call = client[`${service}Async`] as (args: unknown) => Promise<readonly [unknown]>
  const [answer] = await call(values)
  return answer
}

function lastOf(service: Service) {
  const request = services[service].requests.at(-1)
  return (
    request && {
      path: request.path,
      query: request.query,
      body: Buffer.from(request.payload).toString(),
    }
  )
}

const describeZeep = await describeWith('zeep')

describeZeep('zeep', () => {
  it('asks for VÖEN by path and query', async () => {
    const answer = await withZeep('voenTap', { fin: '0TEST01', novu: ['FIZIKI'] })
    expect(lastOf('voenTap')).toEqual({ path: '/voen/0TEST01', query: 'novu=FIZIKI', body: '' })
    expect(answer).toEqual([{ voen: '9900000022', ad: person, novu: 'FIZIKI', lagvTarixi: null }])
  })

  it('asks for diplomas with a body', async () => {
    const answer = await withZeep('diplomMelumati', {
      fin: '0TEST01',
      seriya: 'ƏB',
      nomre: '000123',
    })
    expect(lastOf('diplomMelumati')?.body).toBe('{"fin":"0TEST01","seriya":"ƏB","nomre":"000123"}')
    expect(answer).toMatchObject([
      {
        muessise: person,
        verilmeTarixi: '2002-07-01',
        etibarlidir: true,
        orta: '4.50',
        qiymetler: { item: [5, 4] },
      },
      { seriya: 'AC', etibarlidir: false },
    ])
  })

  it('gets a declared failure as a Fault with typed detail', async () => {
    expect(await withZeep('diplomMelumati', { fin: '1TEST01' })).toMatchObject({
      fault: 'Diplom tapılmadı',
      code: 'S:Client',
      detail: { status: 404, kod: 'TAPILMADI', izah: 'Diplom yoxdur' },
    })
  })
})

describe('Node’s soap', () => {
  it('asks for VÖEN by path and query', async () => {
    const answer = await withNode('voenTap', { fin: '0TEST01', novu: ['FIZIKI', 'HUQUQI'] })
    expect(lastOf('voenTap')?.query).toBe('novu=FIZIKI&novu=HUQUQI')
    expect(answer).toMatchObject({ voenler: [{ voen: '9900000022', ad: person, novu: 'FIZIKI' }] })
  })

  it('asks for diplomas with a body', async () => {
    const answer = await withNode('diplomMelumati', { fin: '0TEST01', seriya: 'ƏB' })
    expect(lastOf('diplomMelumati')?.body).toBe('{"fin":"0TEST01","seriya":"ƏB"}')
    expect(answer).toMatchObject({
      diplomlar: [
        { muessise: person, etibarlidir: true, qiymetler: { item: [5, 4] } },
        { seriya: 'AC', etibarlidir: false },
      ],
    })
  })

  it('gets a declared failure as a Fault with its detail', async () => {
    const call = withNode('diplomMelumati', { fin: '1TEST01' })
    await expect(call).rejects.toMatchObject({
      root: { Envelope: { Body: { Fault: { faultstring: 'Diplom tapılmadı' } } } },
    })
  })
})
