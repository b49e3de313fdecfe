// libxml2, compiled to WebAssembly, is the oracle. It has to be imported at run time.
const libxml2 = await import('libxml2-wasm')

/** What libxml2 says of documents by one schema; its memory is given back when it goes out of use. */
export interface XsdOracle extends Disposable {
  /** Why it refuses a document; undefined when it accepts it. */
  refusal(xml: string): string | undefined
}

/** @throws Error where libxml2 does not accept the schema */
export function validatorOf(schema: string): XsdOracle {
  const document = libxml2.XmlDocument.fromString(schema)
  const validator = libxml2.XsdValidator.fromDoc(document)
  return {
    refusal(xml) {
      const message = libxml2.XmlDocument.fromString(xml)
      try {
        validator.validate(message)
        return undefined
      } catch (error) {
        return (error as Error).message
      } finally {
        message.dispose()
      }
    },
    [Symbol.dispose]() {
      validator.dispose()
      document.dispose()
    },
  }
}
