import type { XmlElement } from '../../xml/document.js'
import { keyOf, type ElementDeclaration, type Wildcard } from '../schema-model.js'
import { shortList } from '../facet-checks.js'
import {
  stepOf,
  type ContentModel,
  type ContentState,
  type Step,
  type WildcardStep,
} from '../content/content-model.js'
import { stateAccepting } from './recovery.js'
import type { Validation } from './validation.js'

/** What is done with an element that has found its place. */
export interface ElementVisitor {
  declared(element: XmlElement, declaration: ElementDeclaration): void
  wild(element: XmlElement, wildcard: Wildcard): void
}

/** Holds the elements inside an element to a content model. */
export function validateContent(
  validation: Validation,
  element: XmlElement,
  model: ContentModel,
  visitor: ElementVisitor,
): void {
  if (model.kind === 'all') validateAll(validation, element, model, visitor)
  else validateSequence(validation, element, model.start, visitor)
}

function validateSequence(
  validation: Validation,
  element: XmlElement,
  start: ContentState,
  visitor: ElementVisitor,
): void {
  const { document } = validation
  let state = start
  let count = 0
  let child = document.firstChild(element)
  for (; child !== undefined; child = document.nextSibling(child)) {
    if (validation.isFull) return
    const namespace = document.namespace(child)
    const localName = document.localName(child)
    let step = stepOf(state, namespace, localName)
    if (!step) {
      step = recovered(validation, element, child, state, count)
      if (!step) continue
    } else if (!step.isAgain && state.count && count < state.count.min) {
      validation.add(element, 'tooFew', state.count.min)
    }
    count = step.isAgain ? count + 1 : 1
    if (step.isAgain && count > (state.count?.max ?? Infinity)) {
      validation.add(child, 'tooMany', state.count?.max)
    }
    state = step.target
    visit(child, step, visitor)
  }
  if (state.count && count < state.count.min) validation.add(element, 'tooFew', state.count.min)
  else if (!state.isFinal) validation.addMissing(element, expectedIn(state))
}

function visit(child: XmlElement, step: Step | WildcardStep, visitor: ElementVisitor): void {
  if ('declaration' in step) visitor.declared(child, step.declaration)
  else visitor.wild(child, step.wildcard)
}

/**
 * An element that may not come next is noted. Where something required was left out before it, that is what
 * is noted, and validation goes on after it; otherwise as if the element were not there.
 */
function recovered(
  validation: Validation,
  parent: XmlElement,
  child: XmlElement,
  state: ContentState,
  count: number,
): Step | WildcardStep | undefined {
  const { document } = validation
  const namespace = document.namespace(child)
  const localName = document.localName(child)
  if (state.count && count < state.count.min) {
    validation.add(parent, 'tooFew', state.count.min)
    return undefined
  }
  const found = stateAccepting(state, namespace, localName)
  if (!found) {
    const expected = expectedIn(state)
    validation.add(child, expected === '' ? 'unknown' : 'unexpected', expected)
    return undefined
  }
  for (const name of found.skipped) validation.addMissing(parent, name)
  return found.step
}

/** Names that may come next, as a text. */
function expectedIn(state: ContentState): string {
  const names = [...state.steps.keys()]
  if (state.wildcards.length > 0) names.push('*')
  return shortList(names)
}

function validateAll(
  validation: Validation,
  element: XmlElement,
  model: ContentModel & { kind: 'all' },
  visitor: ElementVisitor,
): void {
  const { document } = validation
  const seen = new Set<number>()
  let child = document.firstChild(element)
  if (child === undefined && model.isOptional) return
  for (; child !== undefined; child = document.nextSibling(child)) {
    if (validation.isFull) return
    const name = { namespace: document.namespace(child), localName: document.localName(child) }
    const found = model.byKey.get(keyOf(name))
    if (!found) {
      validation.add(
        child,
        'unexpected',
        shortList(model.members.map((each) => each.declaration.name.localName)),
      )
      continue
    }
    if (seen.has(found.position)) validation.add(child, 'repeated')
    seen.add(found.position)
    visitor.declared(child, found.declaration)
  }
  // A type may have thousands of members, and its elements none.
  for (const position of model.required) {
    const member = seen.has(position) ? undefined : model.members[position]
    if (member) validation.addMissing(element, member.declaration.name.localName)
  }
}
