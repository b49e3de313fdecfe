import { beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryIo } from '../../test/support/command-io.js'
import {
  describedBy,
  messageContract,
  soapContract,
  writeContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
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

const run = (...args: string[]) => runWith(files, ...args)

async function runWith(texts: Readonly<Record<string, string>>, ...args: string[]) {
  const io = memoryIo(texts)
  const code = await mapTry(args, io)
  return { code, text: io.text, errors: io.errors }
}

const tried = (
  direction: string,
  file: string,
  folder = contract,
  more: Readonly<Record<string, string>> = {},
) => runWith({ ...files, ...more }, '--contract', folder, '--direction', direction, file)

function folderOf(contents: SampleFiles): Promise<string> {
  return writeContract(mkdtempSync(join(tmpdir(), 'map-try-')), contents)
}

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

  it('takes a message without its files', async () => {
    const pledges = 'contracts/QKDK/GIROV/arayisMuracieti/v1'
    const sample = readFileSync(`${pledges}/samples/good/muraciet.request.json`, 'utf8')
    const { code, text } = await tried('request', 'a.json', pledges, { 'a.json': sample })
    expect(code).toBe(0)
    expect(text).toContain('<n1:mebleg>12500.00</n1:mebleg>')
  })

  it('names what is wrong with the contract, in both languages', async () => {
    const folder = await folderOf({
      ...soapContract({ service: 'AZ/GOV/VN/VERGI/yoxla/v1' }),
      'mapping.yaml': 'mapping: 1\nrequest: [{ path: /Yoxdur, name: a }]\n',
    })
    const { code, errors } = await tried('request', 'request.json', folder)
    expect(code).toBe(1)
    expect(errors).toMatch(/^mapping.yaml: .*\/Yoxdur.* \/ /)
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
    [['--contract', contract, '--direction', 'reply'], 'One message at a time'],
    [['--what'], 'Unknown option'],
  ])('is used wrongly: %j', async (args, told) => {
    const { code, errors } = await run(...args)
    expect(code).toBe(2)
    expect(errors).toContain(told)
  })

  it('is used wrongly with a folder that is no contract, or has one face only', async () => {
    const none = await tried('reply', 'reply.xml', 'contracts/TN/DIPLOM/diplomMelumati')
    expect(none).toMatchObject({ code: 1 })
    expect(none.errors).toContain('The folder has no contract.yaml / ')
    const service = 'AZ/GOV/VN/VERGI/yoxla/v1'
    const alone = { service, settings: 'mapping: none\n' }
    for (const one of [messageContract(alone), soapContract(alone)]) {
      const { code, errors } = await tried('reply', 'reply.xml', await folderOf(one))
      expect({ code, errors }).toEqual({
        code: 2,
        errors: `${service} is for consumers of its own protocol alone.`,
      })
    }
  })

  it('shows what a message of a contract about messages becomes', async () => {
    const service = 'AZ/GOV/VN/VERGI/yoxla/v1'
    const folder = await folderOf(messageContract({ service }))
    const xml =
      '<yoxla xmlns="urn:sluice:service:AZ:GOV:VN:VERGI:yoxla:v1"><fin>0TEST01</fin></yoxla>'
    const request = await tried('request', 'a.xml', folder, { 'a.xml': xml })
    expect(request.code).toBe(0)
    expect(request.text).toContain('{"fin":"0TEST01"}')
    const json = '{"tapildi":true,"soyad":"Əliyev"}'
    const reply = await tried('reply', 'a.json', folder, { 'a.json': json })
    expect(reply.code).toBe(0)
    expect(reply.text).toContain('soyad>Əliyev</')
  })

  it('explains itself', async () => {
    const { code, text } = await run('--help')
    expect(code).toBe(0)
    expect(text).toMatch(/^Usage: sluice map try/)
  })
})

describe('sluice map try of a REST service', () => {
  const service = 'AZ/GOV/TN/DIPLOM/diplomlar/v1'
  const namespace = 'urn:sluice:service:AZ:GOV:TN:DIPLOM:diplomlar:v1'
  const diplom = {
    type: 'object',
    required: ['nomre', 'bal'],
    properties: {
      nomre: { type: 'string', maxLength: 6 },
      bal: { type: 'number', multipleOf: 0.01 },
      iller: { type: 'array', uniqueItems: true, maxItems: 9, items: { type: 'integer' } },
    },
  }
  const json = (schema: unknown) => ({ 'application/json': { schema } })
  const problem = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } }
  const openApi = {
    openapi: '3.0.3',
    info: { title: 'Diplomlar', version: '1' },
    paths: {
      '/{seriya}': {
        get: {
          operationId: 'goster',
          parameters: [
            { name: 'seriya', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'il', in: 'query', schema: { type: 'integer', format: 'int32' } },
            { name: 'X-Dil', in: 'header', schema: { type: 'string' } },
          ],
          responses: {
            200: { description: 'Diplom', content: json(diplom) },
            404: {
              description: 'Yoxdur',
              content: { 'application/problem+json': { schema: problem } },
            },
          },
        },
      },
      '/': {
        post: {
          operationId: 'yaz',
          requestBody: { required: true, content: json(diplom) },
          responses: { 201: { description: 'Yazıldı' } },
        },
      },
    },
  }
  let folder: string

  beforeAll(async () => {
    folder = await folderOf(describedBy({ service }, 'openapi.json', JSON.stringify(openApi)))
  })

  const request = (content: string) =>
    tried('request', 'a.xml', folder, {
      'a.xml':
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
        `<diplomlar xmlns="${namespace}">${content}</diplomlar></s:Body></s:Envelope>`,
    })
  const reply = (answer: unknown, text = JSON.stringify(answer)) =>
    tried('reply', 'a.json', folder, { 'a.json': text })

  /** What is shown below a title. */
  const shown = (text: string, title: string): string[] => {
    const lines = text.split('\n')
    const from = lines.indexOf(`${title}:`) + 1
    const to = lines.findIndex((line, at) => at > from && /^\S/.test(line))
    return lines.slice(from, to < 0 ? undefined : to).map((line) => line.trim())
  }

  it('shows the HTTP request that a request becomes', async () => {
    const { code, text, errors } = await request(
      '<goster><seriya>ABƏ</seriya><il>2002</il><x-dil>az</x-dil></goster>',
    )
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(shown(text, 'HTTP')).toEqual([
      'GET /AB%C6%8F?il=2002',
      'Accept: application/json, application/problem+json',
      'x-dil: az',
    ])
    expect(shown(text, 'Values')).toEqual([
      'from (XML)      to (HTTP)       value  rules',
      '/goster/seriya  /path(seriya)   "ABƏ"',
      '/goster/il      /query(il)      2002',
      '/goster/x-dil   /header(x-dil)  "az"',
    ])
  })

  it('shows its body, numbers as they stand', async () => {
    const { text } = await request('<yaz><nomre>1</nomre><bal>91.50</bal></yaz>')
    expect(shown(text, 'HTTP')).toEqual([
      'POST /',
      'Accept: application/json',
      'Content-Type: application/json',
      '',
      '{"nomre":"1","bal":91.50}',
    ])
    expect(shown(text, 'Values').slice(1)).toEqual([
      '/yaz/nomre  /nomre     "1"',
      '/yaz/bal    /bal       91.50',
    ])
  })

  it('shows what an answer becomes, of which operation it is', async () => {
    const text = '{"method":"GET","path":"/AB","status":200,"body":{"nomre":"1","bal":91.50}}'
    const { code, text: told } = await reply(undefined, text)
    expect(code).toBe(0)
    expect(shown(told, 'XML')).toEqual([
      `<n1:diplomlarResponse xmlns:n1="${namespace}"><n1:goster><n1:nomre>1</n1:nomre><n1:bal>91.50</n1:bal></n1:goster></n1:diplomlarResponse>`,
    ])
    expect(shown(told, 'Values').slice(1)).toEqual([
      '/nomre       /goster/nomre  "1"',
      '/bal         /goster/bal    91.50',
    ])
    const empty = await reply({ method: 'POST', path: '/' })
    expect(empty.text).toContain('yaz')
  })

  it('shows the Fault of a failure that the contract declares', async () => {
    const { text } = await reply({
      method: 'GET',
      path: '/AB',
      status: 404,
      body: { title: 'Yoxdur' },
    })
    expect(shown(text, 'XML')[0]).toMatch(/^<S:Fault><faultcode>S:Client<.*title>Yoxdur<\//)
  })

  it.each([
    ['<goster><seriya>..</seriya></goster>', '/goster/seriya: '],
    ['<goster/>', '/goster/seriya: '],
    // XML Schema cannot say that members are unique; the provider's own description does.
    [
      '<yaz><nomre>1</nomre><bal>1</bal><iller><item>1</item><item>1</item></iller></yaz>',
      '/iller',
    ],
  ])('names the place of %s', async (content, place) => {
    const { code, errors } = await request(content)
    expect({ code, errors }).toMatchObject({ code: 1, errors: expect.stringContaining(place) })
  })

  it.each([
    [{ method: 'GET', path: '/AB', status: 200, body: { nomre: '1' } }, 1, '/bal: '],
    [{ method: 'GET', path: '/AB', status: 500 }, 1, '/: '],
    [{ method: 'GET', path: '/AB/CD', status: 200 }, 2, 'no operation GET /AB/CD'],
    [{ nomre: '1', bal: 1 }, 2, 'several operations'],
  ])('refuses the answer %j', async (answer, code, told) => {
    const result = await reply(answer)
    expect(result.code).toBe(code)
    expect(result.errors).toContain(told)
  })

  it('takes the samples of the contracts in the repository', async () => {
    const diploma = 'contracts/TN/DIPLOM/diplomMelumati/v1'
    const sample = readFileSync(`${diploma}/samples/good/bir.reply.json`, 'utf8')
    const { code, text } = await tried('reply', 'a.json', diploma, { 'a.json': sample })
    expect(code).toBe(0)
    expect(text).toContain('<n1:verilmeTarixi>2002-07-01</n1:verilmeTarixi>')
  })
})
