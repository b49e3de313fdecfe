/** The description of the API that serves it: made once the API is there. */
export class Description {
  #make: (() => object) | undefined
  #document: object | undefined

  /** @param make - asked once, when somebody first wants to read it */
  set(make: () => object): void {
    this.#make = make
  }

  /** The OpenAPI document. */
  get document(): object {
    this.#document ??= this.#make?.()
    if (!this.#document) throw new Error('the API is not there yet')
    return this.#document
  }
}
