/** An application, as a file or as the body of a request. */
export const applicationBytesMax = 262_144

export const applicationLimits = {
  /** A name, a title, a post, an address. */
  lineCharsMax: 500,
  /** A statement, a reason, a purpose. */
  textCharsMax: 10_000,
  /** A certificate request, or a certificate, in PEM. */
  pemCharsMax: 16_384,
  /** Of one request that a probe sends. */
  probeBodyCharsMax: 65_536,
  targetCharsMax: 2_000,
  /** What the applicant's own kit wrote: a protocol with fifteen lines in two languages. */
  ownCheckCharsMax: 65_536,
  /** Data objects, categories. */
  listedMax: 100,
  codeCharsMax: 200,
  /** Of a regulation: a day. */
  answerMsMax: 86_400_000,
  /** How deep an application nests, and of how many values it is. */
  depthMax: 12,
  valuesMax: 5_000,
  /** Flaws that are told of at one time. */
  flawsMax: 50,
} as const

/** What a check may do to an endpoint: three calls and two handshakes, each within these. */
export const probeLimits = {
  lookUpMsMax: 5_000,
  connectMsMax: 10_000,
  /** Of one call, whatever the contract asks for. */
  callMsMax: 30_000,
  /** Of all that is asked of an endpoint. */
  allMsMax: 90_000,
  headBytesMax: 16_384,
  answerBytesMax: 4_194_304,
  /** How much of what came is quoted to the applicant. */
  quotedCharsMax: 120,
  /** Flaws of a contract, and places of an answer, that one line tells of. */
  toldMax: 5,
} as const
