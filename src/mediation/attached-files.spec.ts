import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { breachesOf } from '../../test/support/codec.js'
import { elementOf, messageSchema } from '../../test/support/scenario-schemas.js'
import { answerFor, mappingOf, soapReply } from '../../test/support/soap-mapping.js'
import { echoOf, faceOf, soapRequest } from '../../test/support/views.js'
import type { SpoolableAttachment } from '../exchange/soap-content.js'
import { mediatedBytesMax } from '../limits/mediation.js'

const schema =
  messageSchema('Sorgu', 'fin: string') +
  messageSchema('Cavab', 'ad: string', 'sened: base64Binary', 'surat: base64Binary?')
const mapping = mappingOf({
  request: elementOf(schema, 'Sorgu'),
  reply: elementOf(schema, 'Cavab'),
})
const pdf = randomBytes(1_000)

function attachment(contentId: string, content: Uint8Array = pdf): SpoolableAttachment {
  return { contentId, rawHeaders: ['Content-Type', 'application/pdf'], content }
}

function include(href: string): string {
  return `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="${href}"/>`
}

function cavab(sened: string, surat = ''): string {
  return `<n:Cavab xmlns:n="urn:example:az"><n:ad>Ə</n:ad><n:sened>${sened}</n:sened>${surat}</n:Cavab>`
}

function packed(body: string, ...attachments: SpoolableAttachment[]) {
  return soapReply(body, { attachments, isXop: true })
}

describe('an answer that is packed as MTOM', () => {
  it('holds its attachments as base64 in JSON', () => {
    const reply = packed(
      cavab(include('cid:a%3D1@x'), `<n:surat>\n ${include('CID:b')}\n</n:surat>`),
      ...[attachment('a=1@x'), attachment('b', Buffer.from('b'))],
    )
    expect(answerFor(mapping, reply).json).toBe(
      `{"ad":"Ə","sened":"${pdf.toString('base64')}","surat":"Yg=="}`,
    )
  })

  it('holds any bytes unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const { json } = answerFor(mapping, packed(cavab(include('cid:a')), attachment('a', bytes)))
        const { sened } = JSON.parse(json) as { sened: string }
        expect(Buffer.from(sened, 'base64').equals(bytes)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    [
      'an attachment that nothing refers to',
      packed(cavab('YQ=='), attachment('a')),
      '/ attachment',
    ],
    ['an Include of nothing', packed(cavab(include('cid:b'))), '/sened/Include unknown'],
    ['an Include of no attachment', packed(cavab(include('http://a'))), '/sened/Include unknown'],
    ['an Include that is no URI', packed(cavab(include('cid:%'))), '/sened/Include unknown'],
    [
      'an attachment that stands twice',
      packed(cavab(include('cid:a'), `<n:surat>${include('cid:a')}</n:surat>`), attachment('a')),
      '/surat/Include unknown',
    ],
    [
      'an Include beside text',
      packed(cavab(`YQ==${include('cid:a')}`), attachment('a')),
      '/sened/Include unknown',
    ],
    [
      'an Include where no base64 stands',
      packed(cavab('YQ==').replace('Ə', include('cid:a')), attachment('a')),
      '/ad/Include unknown',
    ],
    [
      'an Include of a message that is not packed so',
      soapReply(cavab(include('cid:a')), { attachments: [attachment('a')] }),
      '/sened/Include unknown',
    ],
  ])('is refused with %s', (_, reply, breach) => {
    expect(breachesOf(() => mapping.reply(reply))).toEqual([breach])
  })

  it('is refused with attachments that mediation does not hold in memory', () => {
    const spooled = { length: 5, async *pieces() {} }
    const large = Buffer.alloc(mediatedBytesMax)
    const refused: unknown = expect.objectContaining({
      code: 'RESPONSE_INVALID',
      field: 'attachments',
    })
    const replies = [
      packed(cavab(include('cid:a')), { ...attachment('a'), content: spooled }),
      packed(cavab(include('cid:a')), attachment('a', large), attachment('b', Buffer.from('b'))),
    ]
    for (const reply of replies) expect(() => mapping.reply(reply)).toThrow(refused)
  })
})

describe('a request that is packed as MTOM', () => {
  const namespace = 'urn:sluice:service:AZ:GOV:VN:VERGI:voenTap:v1'
  const face = faceOf(
    echoOf({
      type: 'object',
      required: ['sened'],
      properties: { sened: { type: 'string', format: 'byte' } },
    }),
  )
  const request = (content: string, ...attachments: SpoolableAttachment[]) => ({
    ...soapRequest(`<v:voenTap xmlns:v="${namespace}"><v:sened>${content}</v:sened></v:voenTap>`),
    ...{ attachments, isXop: true },
  })

  it('holds its attachments as base64 in JSON', async () => {
    const { mapping: toRest } = await face
    const derived = toRest.request(request(include('cid:a'), attachment('a')))
    expect(Buffer.from(derived.payload).toString()).toBe(`{"sened":"${pdf.toString('base64')}"}`)
  })

  it('is refused where something would be lost, or is too large', async () => {
    const { mapping: toRest } = await face
    const act =
      (...what: Parameters<typeof request>) =>
      () =>
        toRest.request(request(...what))
    expect(breachesOf(act('YQ==', attachment('a')))).toEqual(['/ attachment'])
    const large = attachment('a', Buffer.alloc(mediatedBytesMax + 1))
    expect(act(include('cid:a'), large)).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
    )
  })
})
