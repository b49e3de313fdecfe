/** Mediation between protocols: fixed limits, with their units in their names. */

// Mediation between protocols.

export const mappingLimits = {
  /** Objects and arrays within each other in a message that is carried into XML; the Envelope has room around it. */
  depthMax: 90,
  /**
   * What a message may cost beyond its own bytes: properties that its objects have or might have, and characters of names
   * and values that the contract adds. Of types with 2,000 optional elements that are not there, the dearest found, so many
   * hold a worker for about 150 ms.
   */
  stepsMax: 524_288,
  /** Characters of a message in XML. */
  xmlCharsMax: 33_554_432,
  /** Places told of in one message; what follows them is not looked at. */
  violationsMax: 20,
  /** Problems told of in one contract. */
  problemsMax: 100,
  /** Types, elements and attributes of one service's messages, as far as they can be reached. */
  propertiesMax: 20_000,
  /** A number with its exponent written out. */
  digitsMax: 400,
  /** One `mapping.yaml`. */
  refinementBytesMax: 262_144,
  rulesMax: 2_000,
  /** Names in the path of a rule. */
  pathDepthMax: 64,
  /** A path, a name, a constant of a rule. */
  textCharsMax: 1_024,
} as const

/** What a JSON message can cost when it is held to its contract. */
export const jsonCheckLimits = {
  /** Told of one message. */
  violationsMax: 20,
  /** In a larger message only the first violation is looked for. */
  allViolationsBytesMax: 65_536,
  /** A longer text has no format but `byte`. */
  formatCharsMax: 2_048,
  /** RFC 5321 §4.5.3.1: local part, @, domain. */
  emailCharsMax: 320,
  /** Steps of a pattern, its repetitions written out. */
  patternStepsMax: 1_000,
  /** Remembered of one pattern; then it begins anew. */
  patternStatesMax: 512,
  queryParametersMax: 256,
  /** Of a number and a divisor, written out without exponent; a longer one is a multiple of nothing. */
  exactDigitsMax: 400,
  /** At one value of a message, by variants within variants. */
  looksMax: 1_000,
  /** Of a violation. */
  pathCharsMax: 500,
} as const

// Contracts.

/** A message that is carried over between protocols: it is taken apart in memory. */
export const mediatedBytesMax = 4_194_304
