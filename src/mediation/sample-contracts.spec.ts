import { describe, expect, it } from '@jest/globals'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { answerFor, bodyFor, restRequest, soapReply } from '../../test/support/soap-mapping.js'
import { readJson } from '../json/read-json.js'
import { writeJson } from '../json/write-json.js'
import { canonicalOctets } from '../xml/c14n/canonicalise.js'
import { c14nMethod } from '../xml/c14n/method.js'
import { readXml } from '../xml/read-xml.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { compileCodec } from './codec.js'
import type { FileForm } from './file-face.js'
import { noRefinement, readRefinement } from './refinement.js'
import { soapMapping, type SoapServiceMapping } from './soap-mapping.js'

const folders = readdirSync('contracts', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('service.wsdl'))
  .map((path) => join('contracts', path, '..'))

function mappingIn(folder: string): SoapServiceMapping {
  const names = readdirSync(folder).filter((name) => /\.(wsdl|xsd)$/.test(name))
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name))]))
  const { operations } = readWsdl(files, 'service.wsdl')
  const settings = parse(readFileSync(join(folder, 'contract.yaml'), 'utf8')) as {
    operation?: string
    attachments?: FileForm
  }
  const operation = operations.find(({ name }) => name === settings.operation) ?? operations[0]!
  const refined = join(folder, 'mapping.yaml')
  const refinement = existsSync(refined) ? readRefinement(readFileSync(refined)) : noRefinement
  const { attachments = 'none' } = settings
  return soapMapping({ operation, refinement, contractDigest: '', attachments })
}

/** A sample of a message with a file is the message alone. */
function requestFor(mapping: SoapServiceMapping, json: string): Uint8Array {
  const { request, files } = mapping.shapes
  return files.request.parts.length > 0
    ? compileCodec(request).toXml(readJson(Buffer.from(json)))
    : Buffer.from(bodyFor(mapping, restRequest(json)))
}

/** Prefixes apart, which mean nothing. */
function canonical(xml: Uint8Array): string {
  const text = canonicalOctets(
    readXml(xml),
    c14nMethod('http://www.w3.org/2001/10/xml-exc-c14n#'),
    {},
  )
  return text
    .toString()
    .replace(/ xmlns(:[^=]+)?="[^"]*"/g, '')
    .replace(/<(\/?)[^\s:<>]+:/g, '<$1')
}

const samples = folders.flatMap((folder) =>
  readdirSync(join(folder, 'samples/good'))
    .filter((name) => name.endsWith('.xml'))
    .map((name) => [join(folder, 'samples/good', name), folder] as const)
    .filter(([path]) => existsSync(path.replace(/xml$/, 'json'))),
)

describe('the sample agencies’ messages', () => {
  it.each(samples)('%s', (path, folder) => {
    const mapping = mappingIn(folder)
    const xml = readFileSync(path)
    const json = writeJson(readJson(readFileSync(path.replace(/xml$/, 'json')))).toString()
    if (path.endsWith('.request.xml')) {
      expect(canonical(requestFor(mapping, json))).toBe(canonical(xml))
    } else {
      expect(answerFor(mapping, soapReply(xml.toString())).json).toBe(json)
    }
  })

  it('are there', () => {
    expect(samples.length).toBeGreaterThan(5)
  })
})
