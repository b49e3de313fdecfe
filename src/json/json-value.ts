/**
 * JSON as it stands in a message: nothing is lost on the way from text to value and back. A number keeps its
 * digits, an object its order, and no name is special (`__proto__` is a name like any other).
 */
export type JsonValue = string | boolean | null | JsonNumber | JsonArray | JsonObject

/** A number by its text (RFC 8259 §6), because `1.50` and 2^53 + 1 are more than a double holds. */
export class JsonNumber {
  readonly text: string

  /** @param text - a number after RFC 8259 §6; not checked here */
  constructor(text: string) {
    this.text = text
  }
}

export type JsonArray = readonly JsonValue[]

export type JsonObject = ReadonlyMap<string, JsonValue>
