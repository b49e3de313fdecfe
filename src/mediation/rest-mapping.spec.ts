import { describe, expect, it } from '@jest/globals'
import { breachesOf } from '../../test/support/codec.js'
import {
  bodyIn,
  diplomFace,
  faceOf,
  httpReply,
  soapRequest,
  voenTapFace,
} from '../../test/support/views.js'
import type { DerivedHttpRequest } from '../exchange/exchange.js'
import type { ServiceMapping } from './service-mapping.js'

const voenTap = await voenTapFace()
const diplom = await diplomFace()
const voen = 'urn:sluice:service:AZ:GOV:VN:VERGI:voenTap:v1'
const dip = 'urn:sluice:service:AZ:GOV:TN:DIPLOM:diplomMelumati:v1'

function requestOf({ mapping }: { readonly mapping: ServiceMapping }, body: string) {
  const derived = mapping.request(soapRequest(body)) as DerivedHttpRequest
  return { ...derived, payload: Buffer.from(derived.payload).toString() }
}

function replyOf(
  { mapping }: { readonly mapping: ServiceMapping },
  ...reply: Parameters<typeof httpReply>
) {
  const content = mapping.reply(httpReply(...reply))
  if (content.format !== 'soap') throw new Error('no SOAP')
  expect(content.withEnvelope(Buffer.from('x'))).toEqual(Buffer.from('x'))
  return { status: content.status, body: bodyIn(content.envelope) }
}

describe('SC-04, step 1: a SOAP consumer of voenTap', () => {
  it('asks with its parameters in path and query', () => {
    const xml = `<v:voenTap xmlns:v="${voen}"><v:fin>0TEST01</v:fin><v:novu>FIZIKI</v:novu><v:novu>HUQUQI</v:novu><v:sehife>2</v:sehife></v:voenTap>`
    expect(requestOf(voenTap, xml)).toEqual({
      format: 'http',
      method: 'GET',
      path: '/voen/0TEST01',
      query: 'novu=FIZIKI&novu=HUQUQI&sehife=2',
      rawHeaders: ['Accept', 'application/json, application/problem+json'],
      payload: '',
    })
  })

  it('gets what was found', () => {
    const json =
      '{"voenler":[{"voen":"9900000022","ad":"Nümunəyev Ə. Ş.","novu":"FIZIKI","lagvTarixi":null}]}'
    expect(replyOf(voenTap, 200, json)).toEqual({
      status: 200,
      body:
        `<n1:voenTapResponse xmlns:n1="${voen}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n1:voenler><n1:voen>9900000022</n1:voen>` +
        '<n1:ad>Nümunəyev Ə. Ş.</n1:ad><n1:novu>FIZIKI</n1:novu><n1:lagvTarixi xsi:nil="true"/></n1:voenler></n1:voenTapResponse>',
    })
    expect(replyOf(voenTap, 200, '{"voenler":[]}').body).toBe(
      `<n1:voenTapResponse xmlns:n1="${voen}"></n1:voenTapResponse>`,
    )
  })

  it('gets a failure that the contract declares as a Fault with its detail', () => {
    expect(replyOf(voenTap, 404, '{"title":"Tapılmadı"}', 'application/problem+json')).toEqual({
      status: 500,
      body:
        '<S:Fault><faultcode>S:Client</faultcode><faultstring>Xəta</faultstring><detail>' +
        `<n1:voenTapFault404 xmlns:n1="${voen}" status="404"><n1:title>Tapılmadı</n1:title></n1:voenTapFault404></detail></S:Fault>`,
    })
    expect(replyOf(voenTap, 503, '{"title":"x"}').body).toContain('<n1:voenTapFaultDefault')
  })
})
