import { checkShape } from '../../src/mediation/check-shape.js'
import { compileCodec } from '../../src/mediation/codec.js'
import { deriveShape } from '../../src/mediation/derive-shape.js'
import type { ElementProperty } from '../../src/mediation/shape.js'
import { readJson } from '../../src/json/read-json.js'
import { writeJson } from '../../src/json/write-json.js'
import { ContractBreach } from '../../src/violation/violation.js'
import { readXml } from '../../src/xml/read-xml.js'
import type { ElementDeclaration, Particle, Term } from '../../src/xsd/schema-model.js'
import { element, namespace, sequence } from './schema-by-hand.js'

/** A codec between texts. */
export function textCodec(shape: ElementProperty) {
  const codec = compileCodec(checkShape(shape))
  return {
    toJson(xml: string): string {
      const document = readXml(Buffer.from(xml))
      return writeJson(codec.toJson(document, document.root)).toString()
    },
    toXml(json: string): string {
      return Buffer.from(codec.toXml(readJson(Buffer.from(json)))).toString()
    },
  }
}

export function codecFor(declaration: ElementDeclaration) {
  return textCodec(deriveShape(declaration))
}

/** Of an element `Sorgu` with a sequence of these. */
export function messageOf(...members: readonly (Term | Particle)[]) {
  return codecFor(element('Sorgu', sequence(...members)))
}

/** That element, as the codec writes it. */
export function body(content: string): string {
  return `<n1:Sorgu xmlns:n1="${namespace}">${content}</n1:Sorgu>`
}

/** What is wrong with a message, place by place. */
export function breachesOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (!(error instanceof ContractBreach)) throw error
    return error.violations.map(({ path, rule }) => `${path} ${rule}`)
  }
  return []
}
