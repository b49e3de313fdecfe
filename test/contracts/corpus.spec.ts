import { describe, expect, it } from '@jest/globals'
import { compileCodec } from '../../src/mediation/codec.js'
import { MappingError } from '../../src/mediation/mapping-problem.js'
import { noRefinement } from '../../src/mediation/refinement.js'
import { soapMapping, type SoapServiceMapping } from '../../src/mediation/soap-mapping.js'
import { bundleWsdl } from '../../src/wsdl/bundle-wsdl.js'
import { readWsdl } from '../../src/wsdl/read-wsdl.js'
import { WsdlError } from '../../src/wsdl/wsdl-error.js'
import type { WsdlDescription, WsdlMessage, WsdlOperation } from '../../src/wsdl/wsdl-model.js'
import { readXml } from '../../src/xml/read-xml.js'
import { validateElement } from '../../src/xsd/validate-element.js'
import { businessValues } from '../support/business-values.js'
import {
  accepted,
  corpus,
  type CorpusMessages,
  type CorpusOperation,
} from '../support/wsdl-corpus.js'
import { oracleOfBody } from '../support/wsdl-oracle.js'

/** Each violation of a message as `path rule`. */
function violations({ schemas }: WsdlDescription, { body }: WsdlMessage, xml: string): string[] {
  const document = readXml(Buffer.from(xml))
  const found = validateElement(document, document.root, body, schemas)
  return found.map(({ path, rule }) => `${path} ${rule}`)
}

function operationNamed(description: WsdlDescription, name: string): WsdlOperation {
  const found = description.operations.find((each) => each.name === name)
  if (!found) throw new Error(`no operation ${name}`)
  return found
}

/** The messages of both directions, with what the corpus says of them. */
function* sides(
  operation: WsdlOperation,
  said: CorpusOperation,
): Generator<{ message: WsdlMessage; messages: CorpusMessages; side: 'request' | 'reply' }> {
  yield { message: operation.input, messages: said.request, side: 'request' }
  if (said.reply) yield { message: operation.output!, messages: said.reply, side: 'reply' }
}

describe.each(corpus.filter(({ refused }) => refused !== undefined))(
  'a WSDL as of $name',
  ({ files, main, refused }) => {
    it('is refused by name, with file and line', () => {
      expect(() => readWsdl(files, main)).toThrow(WsdlError)
      let told: string[] = []
      try {
        readWsdl(files, main)
      } catch (error) {
        told = (error as WsdlError).message.split('\n')
      }
      expect(told.map((each, at) => each.slice(0, refused![at]?.length ?? 0))).toEqual(refused)
    })
  },
)

describe.each(accepted)('a WSDL as of $name', ({ files, main, operations = {} }) => {
  const description = readWsdl(files, main)
  const bundle = bundleWsdl(files, main)
  const all = Object.entries(operations)

  it('has its operations', () => {
    expect(description.operations.map(({ name }) => name)).toEqual(Object.keys(operations))
    for (const [name, said] of all) {
      const { style, soapVersion, soapAction, faults, output } = operationNamed(description, name)
      expect({ style, soapVersion, soapAction, faults: faults.map((each) => each.name) }).toEqual({
        style: said.style ?? 'document',
        soapVersion: said.soapVersion ?? '1.1',
        soapAction: said.soapAction,
        faults: said.faults ?? [],
      })
      expect(output === undefined).toBe(said.reply === undefined)
    }
  })

  it('accepts good messages and tells the place of what is bad, as libxml2 judges', () => {
    for (const [name, said] of all) {
      for (const { message, messages } of sides(operationNamed(description, name), said)) {
        const oracle = oracleOfBody(bundle, description, message)
        for (const xml of messages.good) {
          expect([xml, ...violations(description, message, xml)]).toEqual([xml])
          expect([xml, oracle.refusal(Buffer.from(xml))]).toEqual([xml, undefined])
        }
        for (const [first, xml] of messages.bad ?? []) {
          expect(violations(description, message, xml)[0]).toBe(first)
          expect([xml, oracle.refusal(Buffer.from(xml))]).toEqual([xml, expect.any(String)])
        }
        oracle.dispose()
      }
    }
  })

  it('has a form in JSON that keeps every value, or none, said by name', () => {
    for (const [name, said] of all) {
      const operation = operationNamed(description, name)
      let mapping: SoapServiceMapping
      try {
        mapping = soapMapping({ operation, refinement: noRefinement, contractDigest: name })
      } catch (error) {
        expect(error).toBeInstanceOf(MappingError)
        for (const text of said.unmapped ?? ['mapped']) {
          expect((error as MappingError).message).toContain(text)
        }
        continue
      }
      expect([name, said.unmapped]).toEqual([name, undefined])
      for (const { message, messages, side } of sides(operation, said)) {
        const codec = compileCodec(mapping.shapes[side]!)
        for (const xml of messages.good) {
          const document = readXml(Buffer.from(xml))
          const back = Buffer.from(codec.toXml(codec.toJson(document, document.root))).toString()
          expect(businessValues(back)).toEqual(businessValues(xml))
          expect(violations(description, message, back)).toEqual([])
        }
      }
    }
  })

  it('means the same in one document, byte for byte the same each time', () => {
    const reordered = new Map([...files].reverse())
    expect(bundleWsdl(reordered, main)).toEqual(bundle)
    const again = readWsdl(new Map([['one.wsdl', bundle]]), 'one.wsdl')
    expect(bundleWsdl(new Map([['one.wsdl', bundle]]), 'one.wsdl').toString()).toBe(
      bundle.toString(),
    )
    expect(bundle.toString()).not.toMatch(/schemaLocation|:include|location="[^"]*\.(?:wsdl|xsd)/)
    expect(again.operations.map(withoutTypes)).toEqual(description.operations.map(withoutTypes))
    expect([...again.schemas.elements.keys()].sort()).toEqual(
      [...description.schemas.elements.keys()].sort(),
    )
    for (const [name, said] of all) {
      for (const { message, messages } of sides(operationNamed(again, name), said)) {
        for (const xml of messages.good) expect(violations(again, message, xml)).toEqual([])
        for (const [first, xml] of messages.bad ?? []) {
          expect(violations(again, message, xml)[0]).toBe(first)
        }
      }
    }
  })
})

/** An operation without the components that its elements lead to. */
function withoutTypes({ input, output, faults, ...rest }: WsdlOperation) {
  const message = (each: WsdlMessage) => ({ ...each, body: each.body.name })
  return {
    ...rest,
    input: message(input),
    output: output && message(output),
    faults: faults.map(({ name, element }) => ({ name, element: element.name })),
  }
}
