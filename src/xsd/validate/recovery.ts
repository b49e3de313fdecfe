import {
  stepOf,
  type ContentState,
  type Step,
  type WildcardStep,
} from '../content/content-model.js'

/** Required elements that a message may leave out in a row and be told so by name. */
const skippedMax = 16

/**
 * Looks for the element further on, past elements that are required and not there. Only along places where
 * nothing else may stand, so that nobody is told that a variant of a choice is missing.
 */
export function stateAccepting(
  from: ContentState,
  namespace: string,
  localName: string,
): { step: Step | WildcardStep; skipped: readonly string[] } | undefined {
  const skipped: string[] = []
  let state = from
  while (skipped.length < skippedMax) {
    const next = requiredStep(state)
    if (!next) return undefined
    skipped.push(next.declaration.name.localName)
    state = next.target
    const step = stepOf(state, namespace, localName)
    if (step && !step.isAgain) return { step, skipped }
  }
  return undefined
}

/**
 * The element without which the content does not go on: the one step, or, after optional ones, the one whose
 * state the others lead to as well. Undefined at a choice.
 */
function requiredStep(state: ContentState): Step | undefined {
  const steps = [...state.steps.values()].filter((step) => !step.isAgain)
  if (state.isFinal || state.wildcards.length > 0) return undefined
  return steps.find((step) => steps.every((other) => other === step || leadsTo(other.target, step)))
}

function leadsTo(state: ContentState, step: Step): boolean {
  const { name } = step.declaration
  return stepOf(state, name.namespace, name.localName)?.target === step.target
}
