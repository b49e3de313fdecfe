import { inspect } from 'node:util'

/**
 * A value that never reaches a log line: it prints and serialises as `[secret]`, and only `reveal`
 * gives it out, which a reviewer can search for.
 */
export class Secret<Value> {
  readonly #value: Value

  constructor(value: Value) {
    this.#value = value
  }

  reveal(): Value {
    return this.#value
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
