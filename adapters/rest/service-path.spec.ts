import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { isSegment } from '../../src/exchange/identifier.js'
import { Fault } from '../../src/exchange/fault.js'
import { parseServicePath, restOf } from './service-path.js'

const base = '/r1/AZ/GOV/DIN/GCQ/finAxtaris'

function expectRefusal(run: () => unknown): void {
  expect(run).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID', field: 'path' }))
}

describe('the address of a service (X-Road REST v1 §4.1)', () => {
  it.each([
    [base, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, ''],
    [`${base}/`, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, '/'],
    [`${base}/v1`, 'AZ/GOV/DIN/GCQ/finAxtaris', 'v1', ''],
    [`${base}/v1/`, 'AZ/GOV/DIN/GCQ/finAxtaris', 'v1', '/'],
    [`${base}/v12/a/b`, 'AZ/GOV/DIN/GCQ/finAxtaris', 'v12', '/a/b'],
    [`${base}/%761/a`, 'AZ/GOV/DIN/GCQ/finAxtaris', 'v1', '/a'],
    [`${base}/v0/a`, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, '/v0/a'],
    [`${base}/v1a`, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, '/v1a'],
    [`${base}/v1/v2`, 'AZ/GOV/DIN/GCQ/finAxtaris', 'v1', '/v2'],
    [`${base}/a%2Fb//%C9%99`, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, '/a%2Fb//%C9%99'],
    [`${base}/.well-known/x..y`, 'AZ/GOV/DIN/GCQ/finAxtaris', undefined, '/.well-known/x..y'],
    ['/r1/AZ/GOV/DIN/GCQ/%C9%99sas', 'AZ/GOV/DIN/GCQ/əsas', undefined, ''],
  ])('%s', (path, serviceCode, version, rest) => {
    expect(parseServicePath(path)).toEqual({ serviceCode, version, rest })
    expect(restOf(path)).toBe(rest)
  })

  it.each([
    '/r2/AZ/GOV/DIN/GCQ/finAxtaris',
    '/r1',
    '/r1/',
    '/r1/AZ/GOV/DIN/GCQ',
    '/r1/AZ/GOV/DIN/GCQ/',
    '/r1//GOV/DIN/GCQ/x',
    '/r1/AZ/gov/DIN/GCQ/x',
    '/r1/AZ/GOV/DIN/GCQ/%',
    '/r1/AZ/GOV/DIN/GCQ/%zz',
    '/r1/AZ/GOV/DIN/GCQ/%ff',
    '/r1/AZ/GOV/DIN/GCQ/%c0%af',
    '/r1/AZ/GOV/DIN/GCQ/a%2Fb',
    '/r1/AZ/GOV/DIN/GCQ%2Fx',
    '/r1/AZ/GOV/DIN%2fGCQ/x',
    '/r1/AZ/GOV/DIN/GCQ/a%252Fb',
    '/r1/AZ/GOV/DIN/GCQ/a%5Cb',
    '/r1/AZ/GOV/DIN/GCQ/a%00b',
    '/r1/AZ/GOV/DIN/GCQ/..',
    '/r1/AZ/GOV/DIN/GCQ/%2e%2e',
  ])('%s is refused', (path) => {
    expectRefusal(() => parseServicePath(path))
  })

  it.each([
    '/..',
    '/.',
    '/a/../b',
    '/a/..',
    '/%2e%2e/b',
    '/.%2E/b',
    '/%2e/b',
    '/a%2f..%2fb',
    '/..%2fb',
    '/..%5cb',
    '/a/..;x=1/b',
    '/..%3bx/b',
    '/%252e%252e/b',
    '/%25252e%25252e/b',
    '/%ef%bc%8e%ef%bc%8e/b',
    '/..%20/b',
    '/.%09./b',
    '/..%00/b',
    '/..%c0%afb',
    '/%c0%ae%c0%ae/b',
    '/%u002e%u002e/b',
    '/a%0d%0aX:%20y',
    '//evil.test/b',
    `/%${'25'.repeat(40)}2e`,
    '/v1/../../x',
  ])('%s may not leave the base address (RFC 3986 §5.2.4)', (rest) => {
    expectRefusal(() => parseServicePath(`${base}${rest}`))
    expectRefusal(() => restOf(`${base}/v1${rest}`))
  })

  it('any identifier comes back from its encoded path', () => {
    const segment = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }).filter(isSegment)
    fc.assert(
      fc.property(segment, segment, segment, segment, (instance, member, subsystem, service) => {
        const code = [instance, 'GOV', member, subsystem, service]
        const path = `/r1/${code.map(encodeURIComponent).join('/')}`
        expect(parseServicePath(path).serviceCode).toBe(code.join('/'))
      }),
    )
  })

  it('any text is read or refused, never anything else', () => {
    const piece = fc.constantFrom(
      '/',
      'r1',
      'AZ',
      'GOV',
      '%',
      '%2',
      '%2F',
      '.',
      '..',
      ';',
      'v1',
      'ə',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }), (pieces) => {
        const path = `/r1/${pieces.join('')}`
        try {
          expect(path.endsWith(parseServicePath(path).rest)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(Fault)
        }
      }),
    )
  })
})
