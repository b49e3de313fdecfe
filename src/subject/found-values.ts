import { subjectLimits } from '../limits/persons.js'

/** A message of which it cannot be said about whom it is. The message names the rule and never a value. */
export class SubjectError extends Error {
  override readonly name = 'SubjectError'
}

/** The values at one place of a message, as many as there may be. */
export class FoundValues {
  readonly texts: string[] = []

  /** @throws SubjectError for one too many */
  add(text: string): void {
    // What says nothing is about nobody; that somebody is named is asked for elsewhere.
    if (text === '') return
    if (this.texts.length >= subjectLimits.valuesMax) {
      throw new SubjectError(`a message names at most ${subjectLimits.valuesMax} persons`)
    }
    this.texts.push(text)
  }
}
