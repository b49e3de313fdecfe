import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { contractLane, jsonRequest, type ContractLane } from '../../test/support/contract-lane.js'
import { describedBy, soapContract } from '../../test/support/contract-samples.js'
import { echoOf, soapRequest } from '../../test/support/views.js'
import { readXml } from '../xml/read-xml.js'
import { ContractBreach } from '../violation/violation.js'
import { Fault } from '../exchange/fault.js'
import { checkPayload } from '../xsd/check-payload.js'
import { createValidate } from './validate.js'

/* What is made for the provider keeps all of the provider's contract, not only what the consumer's side can say. */

const service = 'AZ/GOV/VN/VERGI/voenTap/v1'

const beyondXmlSchema = {
  type: 'object',
  required: ['adlar'],
  properties: {
    adlar: {
      type: 'array',
      minItems: 1,
      maxItems: 4,
      uniqueItems: true,
      items: { type: 'string', maxLength: 9 },
    },
    məbləğ: { type: 'number', multipleOf: 0.25 },
    kod: { type: 'string', pattern: '^0|^1' },
  },
}

function refusalOf({ authorised, rules }: ContractLane, inside: string, level: 'block' | 'off') {
  const body = `<voenTap xmlns="urn:sluice:service:AZ:GOV:VN:VERGI:voenTap:v1">${inside}</voenTap>`
  const protocols = { consumer: 'soap', provider: 'rest' }
  const request = authorised(soapRequest(body), { request: level }, protocols)
  // In memory, as a message that is carried over is.
  const verified = { ...request.verified, payload: Buffer.from(body) }
  try {
    return createValidate(rules)({ ...request, verified })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `${error.code} ${error.places.map(({ path }) => path).join(' ')}`
  }
}

describe('a request that SOAP consumers make of a REST service', () => {
  it('that keeps the contract is carried over', async () => {
    const lane = await contractLane(
      describedBy({ service }, 'openapi.json', echoOf(beyondXmlSchema)),
    )
    const good = '<adlar>Əli</adlar><adlar>Ülkər</adlar><məbləğ>0.75</məbləğ><kod>001</kod>'
    expect(refusalOf(lane, good, 'block')).toMatchObject({
      mappingVersion: expect.stringMatching(/^[\w-]{43}$/),
      derived: { format: 'http', method: 'PUT' },
    })
    expect(lane.breaches).toEqual([])
  })

  it.each([
    ['uniqueItems', '<adlar>Əli</adlar><adlar>Əli</adlar>', '/adlar'],
    ['multipleOf', '<adlar>Əli</adlar><məbləğ>0.60</məbləğ>', '/məbləğ'],
    ['a pattern of several starts', '<adlar>Əli</adlar><kod>200</kod>', '/kod'],
  ])('is refused at any level where XML Schema cannot say it: %s', async (_, inside, path) => {
    const lane = await contractLane(
      describedBy({ service }, 'openapi.json', echoOf(beyondXmlSchema)),
    )
    for (const level of ['block', 'off'] as const) {
      expect(refusalOf(lane, inside, level)).toBe(`REQUEST_INVALID ${path}`)
    }
    expect(lane.breaches).toMatchObject([
      { side: 'request', level: 'block' },
      { side: 'request', level: 'block' },
    ])
  })
})

describe('a Body that is made for a SOAP provider', () => {
  it('keeps the schema, or the request is refused', async () => {
    const { contract } = await contractLane(soapContract({ service }))
    const { description } = contract
    if (description.protocol !== 'soap' || !description.mapping) throw new Error('no mapping')
    const { mapping, operation, wsdl } = description
    const odd = fc.oneof(
      fc.constantFrom('OTEST01', ' 0TEST01', '\u0000', '\ud800', '<&]]>', ''),
      fc.string({ unit: anyCharacter, maxLength: 10 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    )
    const mostly = <T>(good: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: odd })
    const requests = fc.record(
      {
        SenedNomresi: mostly(fc.string({ unit: 'grapheme', maxLength: 8 })),
        Fin: mostly(fc.constant('0TEST01')),
        Say: mostly(fc.integer()),
      },
      { requiredKeys: ['SenedNomresi', 'Fin'] },
    )
    let carried = 0
    fc.assert(
      fc.property(requests, (body) => {
        let made
        try {
          made = mapping.request(jsonRequest(body, { path: '/r1/x' }))
        } catch (error) {
          expect(error).toBeInstanceOf(ContractBreach)
          return
        }
        if (made.format !== 'soap') throw new Error('no SOAP')
        carried++
        const document = readXml(made.body)
        const { input } = operation
        expect(checkPayload(document, document.root, input.body, wsdl.schemas)).toEqual([])
      }),
      { numRuns: 1_000 },
    )
    expect(carried).toBeGreaterThan(200)
  })
})
