import { describe, expect, it } from '@jest/globals'
import type { RestServiceInSoap } from '../../src/views/rest-service.js'
import { contractLane } from '../support/contract-lane.js'
import { describedBy } from '../support/contract-samples.js'
import { queueReply, queueRequest } from '../support/queue-messages.js'
import { randomObject, randomSample } from '../support/random-json-schema.js'
import { Random } from '../support/random-xml.js'
import { validatorOf } from '../support/xsd-oracle.js'
import { bodyIn, echoOf, faceOf, httpReply, soapRequest } from '../support/views.js'

/** The JSON of an answer, in XML; and the JSON that comes of that XML as a request. */
function thereAndBack({ mapping }: RestServiceInSoap, json: string): { xml: string; back: string } {
  const content = mapping.reply(httpReply(200, json))
  if (content.format !== 'soap') throw new TypeError('no SOAP')
  const xml = bodyIn(content.envelope)
  const asked = xml.replaceAll('voenTapResponse', 'voenTap')
  const request = mapping.request(soapRequest(asked))
  return { xml, back: Buffer.from(request.payload).toString() }
}

async function expectKept(schema: unknown, values: readonly string[], schemas?: unknown) {
  const face = await faceOf(echoOf(schema, schemas))
  using oracle = validatorOf(face.schema)
  for (const json of values) {
    const { xml, back } = thereAndBack(face, json)
    expect(back).toBe(json)
    expect(oracle.refusal(xml)).toBeUndefined()
  }
}

describe('JSON in a queue, in XML and back', () => {
  it('keeps every value of random schemas, whichever way it goes', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const { schema, value } = randomObject(random, 0)
      const { contract, rules } = await contractLane(
        describedBy(
          { service: 'AZ/GOV/VN/VERGI/voenTap/v1' },
          'messages.schema.json',
          JSON.stringify({ $defs: { request: schema, reply: schema } }),
        ),
      )
      const { mapping } = rules.contracts.get(contract.digest)
      const soap = mapping('soap', 'mq')
      const queue = mapping('mq', 'rest')
      for (let count = 0; count < 4; count++) {
        const json = value(random, 0)
        const reply = soap?.reply(queueReply(200, json))
        if (reply?.format !== 'soap') throw new TypeError('no SOAP')
        const asked = bodyIn(reply.envelope).replaceAll('voenTapResponse', 'voenTap')
        const request = soap?.request(soapRequest(asked))
        if (request?.format !== 'mq') throw new TypeError('no message')
        const sent = queueRequest(Buffer.from(request.payload).toString(), {
          contentType: request.contentType,
        })
        const posted = queue?.request(sent)
        if (posted?.format !== 'http') throw new TypeError('no HTTP')
        expect(Buffer.from(posted.payload).toString()).toBe(json)
      }
    }
  }, 60_000)
})

describe('JSON in XML and back', () => {
  it('keeps every value of random schemas, and libxml2 accepts what is in between', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed)
      const { schema, value } = random.once(4) ? randomSample(random) : randomObject(random, 0)
      const values = Array.from({ length: 6 }, () => value(random, 0))
      await expectKept(schema, values)
    }
  }, 60_000)

  it('keeps an object that holds itself, by itself and in arrays', async () => {
    const Sobe = {
      type: 'object',
      required: ['ad', 'altlar'],
      properties: {
        ad: { type: 'string' },
        altlar: { type: 'array', items: { $ref: '#/components/schemas/Sobe' } },
        bas: { anyOf: [{ $ref: '#/components/schemas/Sobe' }, { type: 'null' }] },
      },
    }
    const json =
      '{"ad":"Əsas","altlar":[{"ad":"ә","altlar":[]},{"ad":"","altlar":[{"ad":"x","altlar":[],"bas":null}]}],' +
      '"bas":{"ad":"Baş","altlar":[]}}'
    await expectKept({ $ref: '#/components/schemas/Sobe' }, [json], { Sobe })
  })

  it('keeps what allOf is made of', async () => {
    const Sexs = { type: 'object', required: ['ad'], properties: { ad: { type: 'string' } } }
    const schema = {
      allOf: [
        { $ref: '#/components/schemas/Sexs' },
        { type: 'object', properties: { fin: { type: 'string' } }, required: ['fin'] },
      ],
    }
    await expectKept(schema, ['{"ad":"Ə","fin":"0TEST01"}'], { Sexs })
  })
})
