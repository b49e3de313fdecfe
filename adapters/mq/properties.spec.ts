import { describe, expect, it } from '@jest/globals'
import type { MessageProperties } from 'amqplib'
import fc from 'fast-check'
import { mqLimits } from '../../src/limits/queues.js'
import { boundedProperties, readProperties } from './properties.js'

const given = (properties: object): MessageProperties => properties as MessageProperties
const { headersMax, headCharsMax } = mqLimits

describe('what stands outside a message’s body', () => {
  it('is read where it is simple', () => {
    const headers = { 'sluice-status': 200, x: 'y' }
    const read = readProperties(given({ contentType: 'application/json', type: 't', headers }))
    expect(read).toMatchObject({ contentType: 'application/json', type: 't', headers })
  })

  it('is refused by name where the broker would forget the message, or where it is too much', () => {
    const code = 'REQUEST_INVALID'
    expect(readProperties(given({ expiration: '1' }))).toMatchObject({ code, field: 'expiration' })
    const many = Object.fromEntries(Array.from({ length: headersMax + 1 }, (_, at) => [at, at]))
    expect(readProperties(given({ headers: many }))).toMatchObject({ code, field: 'headers' })
    const long = { x: 'y'.repeat(headCharsMax) }
    expect(readProperties(given({ headers: long }))).toMatchObject({ code, field: 'headers' })
    expect(boundedProperties(given({ expiration: '1' }))).not.toHaveProperty('code')
  })

  it('is bounded, and of texts and simple values alone, whatever was sent', () => {
    const table = fc.dictionary(fc.string(), fc.anything(), { maxKeys: headersMax + 8 })
    const property = fc.anything()
    const sent = fc.record(
      {
        contentType: property,
        messageId: property,
        correlationId: property,
        replyTo: property,
        type: property,
        headers: table,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(sent, (properties) => {
        const read = readProperties(given(properties))
        if ('code' in read) return
        const { headers, ...texts } = read
        for (const text of Object.values(texts)) {
          expect(['string', 'undefined']).toContain(typeof text)
        }
        expect(Object.getPrototypeOf(headers)).toBeNull()
        for (const value of Object.values(headers)) {
          expect(['string', 'number', 'boolean']).toContain(typeof value)
        }
      }),
    )
  })
})
