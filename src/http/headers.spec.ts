import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { endToEnd, firstValue, headBytes, joinedValue, without } from './headers.js'

const all = (): boolean => true

describe('fields of one connection or host do not travel on (RFC 9110 §7.6.1, X-Road REST v1 §4.3)', () => {
  it.each([
    ...['Connection', 'Keep-Alive', 'Proxy-Connection', 'Transfer-Encoding', 'TE', 'Trailer'],
    ...['Upgrade', 'Host', 'Content-Length', 'Expect', 'Proxy-Authorization', 'HTTP2-Settings'],
    ...['User-Agent', 'Server'],
  ])('%s', (name) => {
    expect(endToEnd(['X-A', '1', name, 'x', 'X-A', '2'], all)).toEqual(['X-A', '1', 'X-A', '2'])
  })

  it('nor those that Connection names, wherever they stand', () => {
    const raw = ['X-Hop', '1', 'Connection', 'close, X-HOP , x-other', 'X-Other', '2', 'X-A', '3']
    expect(endToEnd(raw, all)).toEqual(['X-A', '3'])
  })

  it('but never those of the message itself, nor spellings that CGI takes for them', () => {
    const raw = ['Connection', 'x-road-id, content-type', 'X-Road-Id', '1', 'Content-Type', 't']
    expect(endToEnd([...raw, 'X_Road_Service', 'forged'], all)).toEqual(raw.slice(2))
  })

  it.each([
    ...['X-Forwarded-For', 'Forwarded', 'X-HTTP-Method-Override', 'X-Original-URL', 'Cookie'],
    ...['Set-Cookie', 'Strict-Transport-Security', 'Alt-Svc'],
  ])('%s, which would speak for the bus or change what was signed', (name) => {
    expect(endToEnd([name, 'x', 'X-A', '2'], all)).toEqual(['X-A', '2'])
  })

  it('names, values, order and repetitions of the others stay', () => {
    const name = fc.stringMatching(/^[A-Za-z]{1,12}$/).map((text) => `X-${text}`)
    const field = fc.tuple(name, fc.string())
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const raw = fields.flat()
        expect(endToEnd(raw, all)).toEqual(raw)
      }),
    )
  })
})

describe('reading fields', () => {
  const raw = ['A', '1', 'b', '2', 'a', '3']

  it('finds the first value and joins all values, whatever the case', () => {
    expect(firstValue(raw, 'a')).toBe('1')
    expect(joinedValue(raw, 'a')).toBe('1, 3')
    expect(firstValue(raw, 'c')).toBeUndefined()
    expect(joinedValue(raw, 'c')).toBeUndefined()
  })

  it('removes by name', () => {
    expect(without(raw, ['a'])).toEqual(['b', '2'])
  })

  it('writes a head in its bytes', () => {
    expect(headBytes('GET / HTTP/1.1', ['A', '\u00e9']).toString('latin1')).toBe(
      'GET / HTTP/1.1\r\nA: \u00e9\r\n\r\n',
    )
  })
})
