import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClientAsync } from 'soap'
import { busWsdl } from '../../adapters/soap/wsdl.js'
import { bundleWsdl } from '../../src/wsdl/bundle-wsdl.js'
import { readWsdl } from '../../src/wsdl/read-wsdl.js'
import { command, describeWith } from '../support/command.js'
import { accepted } from '../support/wsdl-corpus.js'

const address = 'https://bus.example/soap'
let folder: string
const pathOf = (name: string): string => join(folder, `${name}.wsdl`)

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

describe.each(accepted)('the WSDL that the bus serves for $name', ({ name, files, main }) => {
  it('is one for the bus itself, with the same operations', () => {
    const served = busWsdl(bundleWsdl(files, main), { address, hasAttachments: false })
    const again = readWsdl(new Map([['served.wsdl', served]]), 'served.wsdl')
    const names = ({ operations }: typeof again) => operations.map((each) => each.name)
    expect(names(again)).toEqual(names(readWsdl(files, main)))
  })

  it('is read by Node’s soap, which finds the fields', async () => {
    const client = await createClientAsync(pathOf(name))
    const described = client.describe() as Record<string, Record<string, Record<string, unknown>>>
    for (const { name: operation, input } of readWsdl(files, main).operations) {
      for (const ports of Object.values(described)) {
        for (const port of Object.values(ports)) {
          const found = port[operation] as { input: Record<string, unknown> }
          const fields = Object.keys(found.input).filter((each) => !/^(?:targetNS)/.test(each))
          const { type } = input.body
          const { content } = type as Extract<typeof type, { kind: 'complex' }>
          const isEmpty = content.kind !== 'elements'
          expect([operation, fields.length > 0]).toEqual([operation, !isEmpty])
        }
      }
    }
  })
})

;(await describeWith('zeep'))('zeep', () => {
  it('reads the WSDL that the bus serves for each, with its operations', async () => {
    const paths = accepted.map(({ name }) => pathOf(name))
    const script = 'test/support/read-wsdl-with-zeep.py'
    const said = await command('/usr/bin/python3', [script, ...paths])
    const found = JSON.parse(said.toString()) as Record<string, Record<string, [string, string?]>>
    for (const { name, files, main } of accepted) {
      for (const { name: operation, input } of readWsdl(files, main).operations) {
        const signature = found[pathOf(name)]?.[operation]?.[0]
        expect([name, operation, typeof signature]).toEqual([name, operation, 'string'])
        expect(input.body.name.localName).not.toBe('')
      }
    }
  })
})
