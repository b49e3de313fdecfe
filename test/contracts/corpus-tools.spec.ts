import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClientAsync, HttpClient } from 'soap'
import { busWsdl } from '../../adapters/soap/wsdl.js'
import { bundleWsdl } from '../../src/wsdl/bundle-wsdl.js'
import { readWsdl } from '../../src/wsdl/read-wsdl.js'
import { readXml } from '../../src/xml/read-xml.js'
import { validateElement } from '../../src/xsd/validate-element.js'
import { command, describeWith } from '../support/command.js'
import { accepted, type CorpusOperation } from '../support/wsdl-corpus.js'

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const soap12 = 'http://www.w3.org/2003/05/soap-envelope'
const address = 'https://bus.example/soap'
let folder: string
const pathOf = (name: string): string => join(folder, `${name}.wsdl`)

/** Keeps what would be sent. */
class SilentClient extends HttpClient {
  sent = ''

  override request(...[, data, callback]: Parameters<HttpClient['request']>): never {
    this.sent = String(data)
    callback(new Error('not sent'))
    return undefined as never
  }
}

/** What is wrong with the Body of an envelope that a client made. */
function violations(
  files: ReadonlyMap<string, Uint8Array>,
  main: string,
  name: string,
  envelope: string,
): string[] {
  const { operations, schemas } = readWsdl(files, main)
  const operation = operations.find((each) => each.name === name)
  const version = operation?.soapVersion === '1.2' ? soap12 : soap11
  const document = readXml(Buffer.from(envelope))
  const body = document.child(document.root, version, 'Body')
  const payload = body === undefined ? undefined : document.firstChild(body)
  if (operation === undefined || payload === undefined) return ['no payload']
  const found = validateElement(document, payload, operation.input.body, schemas)
  return found.map(({ path, rule }) => `${path} ${rule}`)
}

const zeepCallOf = ({ call, zeepCall }: CorpusOperation) =>
  zeepCall === undefined ? call : (zeepCall ?? undefined)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-corpus-'))
  for (const { name, files, main } of accepted) {
    const wsdl = bundleWsdl(files, main)
    await writeFile(pathOf(name), busWsdl(wsdl, { address, hasAttachments: false }))
  }
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe.each(accepted)(
  'the WSDL that the bus serves for $name',
  ({ name, files, main, operations = {} }) => {
    it('is one for the bus itself, with the same operations', () => {
      const served = busWsdl(bundleWsdl(files, main), { address, hasAttachments: false })
      const again = readWsdl(new Map([['served.wsdl', served]]), 'served.wsdl')
      const names = ({ operations: all }: typeof again) => all.map((each) => each.name)
      expect(names(again)).toEqual(names(readWsdl(files, main)))
    })

    it('is read by Node’s soap, which calls as the contract wants it', async () => {
      const httpClient = new SilentClient()
      const forceSoap12Headers = readWsdl(files, main).operations[0]?.soapVersion === '1.2'
      const client = await createClientAsync(pathOf(name), { httpClient, forceSoap12Headers })
      const described = JSON.stringify(client.describe())
      for (const [operation, { call }] of Object.entries(operations)) {
        expect(described).toContain(`"${operation}":{"input":{`)
        if (call === undefined) continue
        const ask = client[`${operation}Async`] as (args: unknown) => Promise<unknown>
        await expect(ask.call(client, call)).rejects.toThrow('not sent')
        expect([httpClient.sent, ...violations(files, main, operation, httpClient.sent)]).toEqual([
          httpClient.sent,
        ])
      }
    })
  },
)

;(await describeWith('zeep'))('zeep', () => {
  it('reads the WSDL that the bus serves for each, and calls as the contract wants it', async () => {
    const asked = accepted.map(({ name, operations = {} }) => {
      const calls = Object.entries(operations).map(([key, said]) => [key, zeepCallOf(said) ?? null])
      return JSON.stringify([pathOf(name), Object.fromEntries(calls)])
    })
    const script = 'test/support/read-wsdl-with-zeep.py'
    const said = await command('/usr/bin/python3', [script, ...asked])
    const found = JSON.parse(said.toString()) as Record<string, Record<string, string>>
    for (const { name, files, main, operations = {} } of accepted) {
      for (const [operation, asks] of Object.entries(operations)) {
        const sent = found[pathOf(name)]?.[operation] ?? ''
        expect([name, operation, sent]).not.toEqual([name, operation, ''])
        if (zeepCallOf(asks) !== undefined)
          expect([sent, ...violations(files, main, operation, sent)]).toEqual([sent])
      }
    }
  })
})
