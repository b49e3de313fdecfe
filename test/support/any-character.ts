import fc from 'fast-check'

const surrogatesFrom = 0xd800
const surrogates = 0x800

/**
 * Any character of Unicode, as `fc.string({ unit: 'binary' })` has them. That one first makes a table of all 1.1 million, which takes
 * each spec file a second of a processor and 85 MB.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .noBias(fc.nat({ max: 0x10ffff - surrogates }))
  .map((at) => String.fromCodePoint(at < surrogatesFrom ? at : at + surrogates))
