import { describe, expect, it } from '@jest/globals'
import { memoryIo } from '../../test/support/command-io.js'
import { c14n } from './c14n.js'

const document = `<?xml version="1.0"?>
<s:Envelope xmlns:s="urn:s" xmlns:t="urn:t" xml:lang="az" xml:base="http://a/">
  <s:Body id="body" type='t:x'><ad>Əli<!-- c --></ad></s:Body>
</s:Envelope>
`
const files = {
  'message.xml': document,
  'broken.xml': '<a>\n<b></a>',
  'twice.xml': '<a Id="x"><b id="x"/></a>',
}

async function run(...args: string[]) {
  const io = memoryIo(files)
  const written: Buffer[] = []
  const write = (octets: Uint8Array): void => void written.push(Buffer.from(octets))
  const { out, err, readFile } = io
  const code = await c14n(args, { out, err, readFile, write })
  return { code, octets: Buffer.concat(written).toString(), text: io.text, errors: io.errors }
}

describe('sluice c14n', () => {
  it('writes the canonical octets and nothing else: exclusive, without comments', async () => {
    const body = '<s:Body id="body" type="t:x"><ad>Əli</ad></s:Body>'
    expect(await run('message.xml')).toEqual({
      code: 0,
      octets: `<s:Envelope xmlns:s="urn:s" xml:base="http://a/" xml:lang="az">\n  ${body}\n</s:Envelope>`,
      text: '',
      errors: '',
    })
  })

  it.each([
    [[], '<s:Body xmlns:s="urn:s" id="body" type="t:x"><ad>Əli</ad></s:Body>'],
    [
      ['--comments'],
      '<s:Body xmlns:s="urn:s" id="body" type="t:x"><ad>Əli<!-- c --></ad></s:Body>',
    ],
    [
      ['--inclusive-prefixes', ' t  #default '],
      '<s:Body xmlns:s="urn:s" xmlns:t="urn:t" id="body" type="t:x"><ad>Əli</ad></s:Body>',
    ],
    [
      ['--inclusive'],
      '<s:Body xmlns:s="urn:s" xmlns:t="urn:t" id="body" type="t:x" xml:base="http://a/" xml:lang="az"><ad>Əli</ad></s:Body>',
    ],
    [
      ['--c14n11', '--comments'],
      '<s:Body xmlns:s="urn:s" xmlns:t="urn:t" id="body" type="t:x" xml:base="http://a/" xml:lang="az"><ad>Əli<!-- c --></ad></s:Body>',
    ],
  ])('--id body %j', async (options, octets) => {
    const result = await run('message.xml', '--id', 'body', ...options)
    expect(result).toEqual({ code: 0, octets, text: '', errors: '' })
  })

  it.each([
    [['broken.xml'], 'an end tag does not match its start tag (line 2, column 6)'],
    [['twice.xml', '--id', 'x'], 'two elements have the same Id (line 1, column 14)'],
    [['message.xml', '--id', 'nobody'], 'No element has the Id "nobody".'],
  ])('refuses %j', async (args, message) => {
    expect(await run(...args)).toEqual({ code: 1, octets: '', text: '', errors: message })
  })

  it.each([
    [[], 'One document at a time.'],
    [['message.xml', 'broken.xml'], 'One document at a time.'],
    [['none.xml'], 'none.xml: cannot be read'],
    [['message.xml', '--xpath', '/a'], 'Unknown option'],
    [['message.xml', '--inclusive', '--c14n11'], 'Either --inclusive or --c14n11.'],
    [['message.xml', '--inclusive', '--inclusive-prefixes', 'a'], 'belongs to exclusive C14N'],
  ])('is used wrongly: %j', async (args, message) => {
    const { code, octets, errors } = await run(...args)
    expect({ code, octets }).toEqual({ code: 2, octets: '' })
    expect(errors).toContain(message)
  })

  it('explains itself', async () => {
    const { code, text } = await run('--help')
    expect(code).toBe(0)
    expect(text).toMatch(/^Usage: sluice c14n FILE/)
  })
})
