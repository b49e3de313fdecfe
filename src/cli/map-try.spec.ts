import { describe, expect, it } from '@jest/globals'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryIo } from '../../test/support/command-io.js'
import { mapTry } from './map-try.js'

const contract = 'contracts/DIN/GCQ/yoxlaSexsiyyet/v1'
const reply =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
  '<YoxlaSexsiyyetResponse xmlns="urn:example:din:gcq:v1"><Tapildi>false</Tapildi></YoxlaSexsiyyetResponse>' +
  '</s:Body></s:Envelope>'
const files = {
  'request.json': '{"vesiqeNomresi":"00000001","fin":"0TEST01"}',
  'bad.json': '{"vesiqeNomresi":5,"x\\u001b":1}',
  'none.json': '{',
  'reply.xml': reply,
  'broken.xml': '<a>',
  'empty.xml':
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
}

async function run(...args: string[]) {
  const io = memoryIo(files)
  const code = await mapTry(args, io)
  return { code, text: io.text, errors: io.errors }
}

const tried = (direction: string, file: string) =>
  run('--contract', contract, '--direction', direction, file)

describe('sluice map try', () => {
  it('shows a request: input, output, and the way of each value', async () => {
    const { code, text, errors } = await tried('request', 'request.json')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(text.split('\n')).toEqual([
      'JSON:',
      '  {"vesiqeNomresi":"00000001","fin":"0TEST01"}',
      'XML:',
      '  <n1:YoxlaSexsiyyetRequest xmlns:n1="urn:example:din:gcq:v1"><n1:SenedNovu>SV</n1:SenedNovu><n1:SenedNomresi>00000001</n1:SenedNomresi><n1:Fin>0TEST01</n1:Fin></n1:YoxlaSexsiyyetRequest>',
      'Values:',
      '  from (JSON)     to (XML)       value       rules',
      '  –               /SenedNovu     "SV"        constant',
      '  /vesiqeNomresi  /SenedNomresi  "00000001"  name',
      '  /fin            /Fin           "0TEST01"   name',
    ])
  })

  it('shows a reply', async () => {
    const { code, text } = await tried('reply', 'reply.xml')
    expect(code).toBe(0)
    expect(text).toContain('JSON:\n  {"tapildi":false}\n')
    expect(text).toContain('  /Tapildi    /tapildi   false  name')
  })

  it('names every place where a message breaks the contract, in both languages', async () => {
    const { code, text, errors } = await tried('request', 'bad.json')
    expect({ code, text }).toEqual({ code: 1, text: '' })
    expect(errors.split('\n')).toEqual([
      '/x\ufffd: The contract has no such field / Xidmətin təsvirində belə sahə yoxdur',
      '/fin: A required field is missing: fin / Məcburi sahə yoxdur: fin',
      '/vesiqeNomresi: Wrong type of value; expected: string / Qiymətin növü səhvdir; gözlənilir: string',
    ])
  })

  it('names what cannot be carried over without loss', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'map-try-'))
    writeFileSync(join(folder, 'contract.yaml'), 'contract: 1\ndescription: service.wsdl\n')
    writeFileSync(join(folder, 'mapping.yaml'), 'mapping: 1\nnmaes: x\n')
    writeFileSync(join(folder, 'service.wsdl'), '<a/>')
    const { code, errors } = await run(
      '--contract',
      folder,
      '--direction',
      'request',
      'request.json',
    )
    expect(code).toBe(1)
    expect(errors).not.toBe('')
  })

  it.each([
    ['request', 'none.json', 1, 'the JSON text ends too early'],
    ['reply', 'broken.xml', 1, 'line 1'],
    ['reply', 'empty.xml', 2, 'nothing in its Body'],
    ['reply', 'no.xml', 2, 'cannot be read'],
    ['both', 'reply.xml', 2, '--direction is request or reply'],
  ])('%s of %s: exit code %i', async (direction, file, code, told) => {
    const result = await tried(direction, file)
    expect(result.code).toBe(code)
    expect(result.errors).toContain(told)
  })

  it.each([
    [['--direction', 'reply', 'reply.xml'], '--contract is missing'],
    [['--contract', 'contracts/none', '--direction', 'reply', 'reply.xml'], 'cannot be read'],
    [['--contract', 'contracts', '--direction', 'reply', 'reply.xml'], 'there is no contract.yaml'],
    [
      ['--contract', 'contracts/TN/DIPLOM/diplomMelumati/v1', '--direction', 'reply', 'reply.xml'],
      'not described by a WSDL',
    ],
    [['--contract', contract, '--direction', 'reply'], 'One message at a time'],
    [['--what'], 'Unknown option'],
  ])('is used wrongly: %j', async (args, told) => {
    const { code, errors } = await run(...args)
    expect(code).toBe(2)
    expect(errors).toContain(told)
  })

  it('explains itself', async () => {
    const { code, text } = await run('--help')
    expect(code).toBe(0)
    expect(text).toMatch(/^Usage: sluice map try/)
  })
})
