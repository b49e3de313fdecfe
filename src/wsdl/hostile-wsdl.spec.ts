import { describe, expect, it } from '@jest/globals'
import { mutated, Random } from '../../test/support/random-xml.js'
import { corpus } from '../../test/support/wsdl-corpus.js'
import { changed, filesOf, told, wsdlNamespaces } from '../../test/support/wsdl-samples.js'
import { wsdlFilesMax, wsdlLimits } from '../limits/contracts.js'
import { bundleWsdl } from './bundle-wsdl.js'
import { readWsdl } from './read-wsdl.js'
import { WsdlError } from './wsdl-error.js'

describe('a hostile WSDL', () => {
  const importing = (location: string): string =>
    `<definitions ${wsdlNamespaces} targetNamespace="urn:t"><import namespace="urn:t" location="${location}"/></definitions>`

  it('may import itself and others in a circle, and is read once', () => {
    const files = {
      'a.wsdl': changed(['<types>', '<import namespace="urn:t" location="b.wsdl"/><types>']),
      'b.wsdl': importing('a.wsdl').replace(
        '</definitions>',
        '<import namespace="urn:t" location="b.wsdl"/></definitions>',
      ),
    }
    expect(readWsdl(filesOf(files), 'a.wsdl').operations).toHaveLength(1)
    expect(bundleWsdl(filesOf(files), 'a.wsdl').toString()).not.toContain('import')
  })

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://127.0.0.1/x.wsdl',
    '..%2f..%2fx',
    '',
    '.',
    '__proto__',
    'constructor',
  ])('gets nothing by importing "%s"', (location) => {
    expect(told({ 'a.wsdl': importing(location) })[0]).toContain(
      'a.wsdl:1: The imported WSDL is not among the files',
    )
  })

  it('may have so many files, operations, parts and faults, and no more', () => {
    const chain: Record<string, string> = {}
    for (let file = 0; file <= wsdlFilesMax; file++)
      chain[`${file}.wsdl`] = importing(`${file + 1}.wsdl`)
    chain['a.wsdl'] = importing('0.wsdl')
    expect(told(chain)[0]).toContain(`There are more than ${wsdlFilesMax} WSDL files`)
    const names = Array.from({ length: 5_000 }, (_, at) => `op${at}`)
    const operations = (content: string): string =>
      names.map((name) => `<operation name="${name}">${content}</operation>`).join('')
    const many = changed(
      ['<portType name="P">', `<portType name="P">${operations('<input message="t:in"/>')}`],
      [
        '</operation></binding>',
        `</operation>${operations('<input><soap:body use="literal"/></input>')}</binding>`,
      ],
    )
    expect(told({ 'a.wsdl': many })).toEqual([
      expect.stringContaining(`more than ${wsdlLimits.operationsMax} operations`),
    ])
    const parts = '<part name="p" element="t:A"/>'
    expect(
      told({ 'a.wsdl': changed([parts, parts.repeat(wsdlLimits.partsMax + 1)]) })[0],
    ).toContain('There are more than 256 of "part"')
  })

  it('is told of up to a number of problems, however many there are', () => {
    const imports = '<import namespace="urn:b" location="b.wsdl"/>'.repeat(50_000)
    expect(told({ 'a.wsdl': changed(['<types>', `${imports}<types>`]) })).toHaveLength(
      wsdlLimits.problemsMax,
    )
  })
})

// The same WSDLs on every run. For others: XML_FUZZ_SEED=7 XML_FUZZ_DOCUMENTS=100000.
const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const runs = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 1_000)

describe(`broken WSDLs (seed ${seed}, ${runs} runs)`, () => {
  it('are read and put into one document, or refused with nothing but a WsdlError', () => {
    const random = new Random(seed)
    let read = 0
    for (let left = runs; left > 0; left--) {
      const { files, main } = random.of(corpus)
      const broken = new Map(files)
      const path = random.of([...files.keys()])
      broken.set(path, mutated(random, Buffer.from(files.get(path)!)))
      try {
        const operations = readWsdl(broken, main).operations.map(({ name }) => name)
        const bundle = bundleWsdl(broken, main)
        const again = readWsdl(new Map([['one.wsdl', bundle]]), 'one.wsdl')
        expect(again.operations.map(({ name }) => name)).toEqual(operations)
        read++
      } catch (error) {
        if (!(error instanceof WsdlError)) throw error
      }
    }
    expect(read).toBeGreaterThan(runs / 20)
    expect(read).toBeLessThan(runs)
  })
})
