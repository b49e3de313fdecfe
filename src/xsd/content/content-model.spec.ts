import { describe, expect, it } from '@jest/globals'
import { Random } from '../../../test/support/random-xml.js'
import { readXml } from '../../xml/read-xml.js'
import { builtInType } from '../built-in-types.js'
import type { ComplexType, ElementDeclaration, Particle, SchemaSet } from '../schema-model.js'
import { validateElement } from '../validate-element.js'
import { AmbiguousContent } from './content-error.js'

const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const models = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 600)
const noSchemas: SchemaSet = { elements: new Map(), types: new Map() }

function declaration(localName: string, type: ElementDeclaration['type']): ElementDeclaration {
  return {
    kind: 'element',
    name: { namespace: '', localName },
    type,
    isNillable: false,
    isAbstract: false,
    defaultValue: undefined,
    fixedValue: undefined,
    substitutes: [],
    documentation: '',
    hint: undefined,
  }
}

const letters = ['a', 'b', 'c'].map((name) => declaration(name, builtInType('string')!))

function elementWith(particle: Particle): ElementDeclaration {
  const type: ComplexType = {
    kind: 'complex',
    name: undefined,
    isAbstract: false,
    base: undefined,
    derivation: undefined,
    derived: [],
    attributes: [],
    anyAttribute: undefined,
    content: { kind: 'elements', isMixed: false, particle },
  }
  return declaration('r', type)
}

function randomParticle(random: Random, depth: number): Particle {
  const min = random.below(3)
  const max = random.once(4) ? Infinity : Math.max(min, 1) + random.below(3)
  const occurs = random.once(2) ? { min: 1, max: 1 } : { min, max }
  if (depth === 2 || random.once(2)) return { ...occurs, term: random.of(letters) }
  const particles = Array.from({ length: 1 + random.below(3) }, () =>
    randomParticle(random, depth + 1),
  )
  return { ...occurs, term: { kind: random.of(['sequence', 'choice']), particles } }
}

/** Where a particle may end in a word, from a place on: by trying everything. */
function endsOf(particle: Particle, word: string, from: number): Set<number> {
  const ends = new Set<number>()
  let reached = new Set([from])
  for (let times = 0; times <= Math.min(particle.max, particle.min + word.length + 1); times++) {
    if (times >= particle.min) for (const end of reached) ends.add(end)
    reached = new Set([...reached].flatMap((at) => [...onceFrom(particle.term, word, at)]))
  }
  return ends
}

function onceFrom(term: Particle['term'], word: string, from: number): Set<number> {
  if (term.kind === 'element') {
    return new Set(word[from] === term.name.localName ? [from + 1] : [])
  }
  if (term.kind === 'any') return new Set()
  if (term.kind === 'choice') {
    return new Set(term.particles.flatMap((each) => [...endsOf(each, word, from)]))
  }
  let reached = new Set([from])
  for (const each of term.particles) {
    reached = new Set([...reached].flatMap((at) => [...endsOf(each, word, at)]))
  }
  return reached
}

describe(`a content model (seed ${seed}, ${models} models)`, () => {
  it('takes what trying every way takes, or is refused as ambiguous', () => {
    const random = new Random(seed)
    const seen = { taken: 0, refused: 0, ambiguous: 0 }
    for (let left = models; left > 0; left--) {
      const particle = randomParticle(random, 0)
      const element = elementWith(particle)
      for (let words = 0; words < 30; words++) {
        const word = Array.from({ length: random.below(9) }, () => random.of(['a', 'b', 'c'])).join(
          '',
        )
        const xml = readXml(Buffer.from(`<r>${word.replace(/./g, '<$&/>')}</r>`))
        const expected = endsOf(particle, word, 0).has(word.length)
        try {
          const found = validateElement(xml, xml.root, element, noSchemas)
          if ((found.length === 0) !== expected) {
            expect({ particle: JSON.stringify(particle), word, found }).toBe(expected)
          }
        } catch (error) {
          if (!(error instanceof AmbiguousContent)) throw error
          seen.ambiguous++
          break
        }
        seen[expected ? 'taken' : 'refused']++
      }
    }
    expect(Math.min(seen.taken, seen.refused, seen.ambiguous)).toBeGreaterThan(models / 10)
  })
})
