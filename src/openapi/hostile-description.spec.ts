import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { problemsOf, sampleFiles } from '../../test/support/openapi-samples.js'
import { descriptionLimits } from '../limits/contracts.js'

describe('hostile descriptions', () => {
  it('bounds what aliases, depth and length of a file can cost', async () => {
    const laughs = ['a: &a [x, x]']
    for (let level = 0; level < 25; level++) {
      const before = level === 0 ? 'a' : `a${level - 1}`
      laughs.push(`a${level}: &a${level} [*${before}, *${before}]`)
    }
    expect((await problemsOf(laughs.join('\n')))[0]).toMatch(/^(file|limit) /)
    expect((await problemsOf('a: &a [*a]'))[0]).toMatch(/^(file|limit) /)
    expect((await problemsOf('['.repeat(100_000)))[0]).toMatch(/^(file|limit) /)
    expect(
      (await problemsOf(`{"a":${'['.repeat(101)}${']'.repeat(101)}}`, 'openapi.yaml'))[0],
    ).toMatch(/^limit .*depthMax/)
    expect((await problemsOf(' '.repeat(descriptionLimits.bytesMax + 1)))[0]).toMatch(/bytesMax/)
    const many = `[${'0,'.repeat(descriptionLimits.itemsMax)}0]`
    expect((await problemsOf({ 'openapi.json': many }, 'openapi.json'))[0]).toMatch(/itemsMax/)
    const chain = Array.from({ length: descriptionLimits.definitionsMax + 2 }, (_, at) => [
      `A${at}`,
      { $ref: `#/components/schemas/A${at + 1}` },
    ])
    const schema = { $ref: '#/components/schemas/A0' }
    const response = { description: 'OK', content: { 'application/json': { schema } } }
    const long = JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'T', version: '1' },
      paths: { '/a': { get: { responses: { 200: response } } } },
      components: { schemas: Object.fromEntries(chain) as unknown },
    })
    expect((await problemsOf({ 'openapi.json': long }, 'openapi.json'))[0]).toMatch(
      /definitionsMax/,
    )
  })

  it('reads any mutilated description, or refuses it with an error of its own', async () => {
    const source = Buffer.from(sampleFiles('teskilat').get('openapi.json') ?? [])
    await fc.assert(
      fc.asyncProperty(
        fc.nat(source.length - 1),
        fc.nat(40),
        fc.constantFrom(
          '',
          '{}',
          '[]',
          'null',
          '1',
          '"$ref":"#"',
          '"__proto__":1',
          '\u0000',
          '"a":',
        ),
        async (start, length, put) => {
          const text = Buffer.concat([
            source.subarray(0, start),
            Buffer.from(put),
            source.subarray(start + length),
          ])
          for (const name of ['openapi.json', 'openapi.yaml']) {
            await problemsOf({ [name]: text.toString() }, name)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
