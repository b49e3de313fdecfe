import { xsdLimits } from '../../limits/contracts.js'
import type { ElementDeclaration, ModelGroup, Particle, Wildcard } from '../schema-model.js'
import { ContentTooLarge } from './content-error.js'

/*
 * A content model as places (Glushkov): each element or wildcard of the model, with those that may come next.
 * A repetition that is counted at run time is one place; others are written out.
 */
export interface Place {
  readonly term: ElementDeclaration | Wildcard
  /** The particle that it is, by its path; places written out of one have the same. */
  readonly origin: string
  /** How often it stands there in a row; undefined for once. */
  readonly count: { readonly min: number; readonly max: number } | undefined
  /** Numbers of the places that may follow. */
  readonly follow: Set<number>
}

export interface Places {
  readonly all: readonly Place[]
  readonly first: readonly number[]
  readonly last: ReadonlySet<number>
  readonly isOptional: boolean
}

interface Part {
  readonly isOptional: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const empty: Part = { isOptional: true, first: [], last: [] }

/** @param writtenOut origins that may not be counted. @throws ContentTooLarge */
export function placesOf(particle: Particle, writtenOut: ReadonlySet<string>): Places {
  const builder = new PlaceBuilder(writtenOut)
  const { isOptional, first, last } = builder.particle(particle, '')
  return { all: builder.all, first, last: new Set(last), isOptional }
}

class PlaceBuilder {
  readonly all: Place[] = []
  #links = 0
  #parts = 0

  constructor(readonly writtenOut: ReadonlySet<string>) {}

  particle(particle: Particle, path: string): Part {
    const { min, max, term } = particle
    // Groups within groups double without adding a place.
    if (++this.#parts > xsdLimits.contentLinksMax) throw new ContentTooLarge('xs:group')
    if (max === 0) return empty
    if (max === 1 || (max === Infinity && min <= 1)) {
      const part = this.#once(term, path)
      if (max === Infinity) this.#link(part.last, part.first)
      return { ...part, isOptional: part.isOptional || min === 0 }
    }
    if (!isGroup(term) && !this.writtenOut.has(path)) {
      const place = this.#add(term, path, { min: Math.max(min, 1), max })
      return { isOptional: min === 0, first: [place], last: [place] }
    }
    return this.#repeated(particle, path)
  }

  /** A repetition written out: a{2,4} is a a (a (a)?)?. */
  #repeated({ min, max, term }: Particle, path: string): Part {
    const copies = max === Infinity ? min : max
    let before: Part = empty
    let first: readonly number[] = []
    let isOptional = min === 0
    const last: number[] = []
    for (let copy = 1; copy <= copies; copy++) {
      const part = this.#once(term, path)
      if (part.first.length === 0) return empty
      // Of what may be empty, every copy may be left out.
      isOptional ||= part.isOptional
      if (copy === 1) first = part.first
      else this.#link(before.last, part.first)
      if (copy >= min || isOptional) last.push(...part.last)
      before = part
    }
    if (max === Infinity) this.#link(before.last, before.first)
    return { isOptional, first, last }
  }

  #once(term: Particle['term'], path: string): Part {
    if (!isGroup(term)) {
      const place = this.#add(term, path, undefined)
      return { isOptional: false, first: [place], last: [place] }
    }
    const parts = term.particles.map((each, index) =>
      this.particle(each, `${path}.${String(index)}`),
    )
    return term.kind === 'choice' ? choiceOf(parts) : this.#sequence(parts)
  }

  #sequence(parts: readonly Part[]): Part {
    let first: number[] = []
    let last: number[] = []
    let isOptional = true
    for (const part of parts) {
      this.#link(last, part.first)
      if (isOptional) first = [...first, ...part.first]
      last = part.isOptional ? [...last, ...part.last] : [...part.last]
      isOptional &&= part.isOptional
    }
    return { isOptional, first, last }
  }

  #add(term: Place['term'], origin: string, count: Place['count']): number {
    if (this.all.length >= xsdLimits.contentPlacesMax) {
      throw new ContentTooLarge(`maxOccurs (> ${String(xsdLimits.contentPlacesMax)})`)
    }
    return this.all.push({ term, origin, count, follow: new Set() }) - 1
  }

  #link(from: readonly number[], to: readonly number[]): void {
    this.#links += from.length * to.length
    if (this.#links > xsdLimits.contentLinksMax) {
      throw new ContentTooLarge(`xs:choice, xs:sequence (> ${String(xsdLimits.contentLinksMax)})`)
    }
    for (const place of from) for (const next of to) this.all[place]?.follow.add(next)
  }
}

function choiceOf(parts: readonly Part[]): Part {
  if (parts.length === 0) return empty
  return {
    isOptional: parts.some((part) => part.isOptional),
    first: parts.flatMap((part) => part.first),
    last: parts.flatMap((part) => part.last),
  }
}

function isGroup(term: Particle['term']): term is ModelGroup {
  return term.kind === 'sequence' || term.kind === 'choice' || term.kind === 'all'
}
