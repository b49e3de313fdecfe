/** Contracts: WSDL, XML Schema, OpenAPI, JSON Schema, faces and metaservices: fixed limits, with their units in their names. */

// Signed SOAP messages.

/** A provider's description of its service, with everything in it. */
export const wsdlBytesMax = 4_194_304

// Contracts: WSDL.

/** WSDL files that one description is made of. */
export const wsdlFilesMax = 64
/** Of one description, which comes from an agency: what bounds the time that reading it takes. */
export const wsdlLimits = {
  /** Operations of all port types. */
  operationsMax: 1_000,
  /** Parts of one message. */
  partsMax: 256,
  /** `soap:header` and `mime:part` of one input or output, and faults of one operation. */
  bindingPartsMax: 256,
  /** Told in one refusal. */
  problemsMax: 100,
} as const

// Metaservices.

/** What the bus answers itself is held to these. */
export const metaserviceLimits = {
  timeLimitMs: 5_000,
  requestBytesMax: 65_536,
  replyBytesMax: 16_777_216,
  concurrentMax: 32,
}

// XML Schema.

export const xsdLimits = {
  /** Schema documents of one contract. */
  documentsMax: 256,
  /** Declarations, types and particles of one contract. */
  componentsMax: 100_000,
  /** Places of one content model, with every repetition written out that cannot be counted. */
  contentPlacesMax: 4_096,
  contentStatesMax: 8_192,
  /** Which place may follow which. */
  contentLinksMax: 1_000_000,
  /** Instructions of one pattern, with every repetition written out. */
  patternStepsMax: 4_096,
  /** Instructions times characters of one value: what a match may cost. */
  patternWorkMax: 16_777_216,
  /** States of a pattern's automaton, found when it is registered; with more it is refused. */
  patternStatesMax: 4_200,
  /** Instructions in all these states together. */
  patternStateStepsMax: 32_768,
  /** Other than ASCII, transitions of one state that are remembered. */
  patternTransitionsMax: 256,
  /** Groups within groups. */
  nestingMax: 100,
  /** What a violation says of the values or names that were expected. */
  termCharsMax: 200,
  /** Problems that one error tells. */
  problemsMax: 100,
  /** Violations of one message, unless the caller says less. */
  violationsMax: 20,
} as const

// OpenAPI and JSON Schema contracts.

/** What the files of a contract in YAML or JSON may have; they come from an agency. */
export const descriptionLimits = {
  /** One file. */
  bytesMax: 2_097_152,
  /** One file, its YAML aliases written out. */
  valuesMax: 200_000,
  depthMax: 100,
  /** Members of one array: some of them are compared each with each. */
  itemsMax: 5_000,
  /** How often YAML may take what stands elsewhere, counted with what it contains. */
  aliasesMax: 1_000,
  /** References from one to the next, until something is there. */
  referenceHopsMax: 16,
  operationsMax: 500,
  /** Schemas that others refer to. */
  definitionsMax: 1_000,
  /** Told in one refusal. */
  problemsMax: 100,
} as const

// Faces of a service in the other protocol.

export const viewLimits = {
  /** Problems told of in one contract. */
  problemsMax: 100,
  /** Schemas that are made of one another. */
  schemaDepthMax: 64,
  /** Fields of all objects of one service, as far as they can be reached. */
  membersMax: 10_000,
  /** Of one field. */
  documentationCharsMax: 2_000,
  /** Characters of a pattern that is carried into XML Schema. */
  patternCharsMax: 500,
} as const

// Contracts.

/** A contract's folder, samples among it. */
export const contractLimits = {
  filesMax: 500,
  bytesMax: 4_194_304,
  /** Folders within folders. */
  folderDepthMax: 6,
  pathCharsMax: 300,
  /** Of the registry's form, inflated: base64 of all files with their names. */
  unpackedBytesMax: 8_388_608,
  settingsBytesMax: 65_536,
  /** Of one list in contract.yaml. */
  listedMax: 1_000,
  /** Contracts that a worker has ready at one time; one that is asked for again is made again. */
  readyMax: 512,
  /** Problems of one contract that are told. */
  problemsMax: 200,
} as const

/** Of the thread in which a node reads a contract that is brought to it. */
export const contractThreadLimits = {
  msMax: 60_000,
  heapMebibytesMax: 768,
  /** One is read, and the next one waits. */
  inLineMax: 2,
} as const

/** Places at which a message breaks its contract that its sender is told of. */
export const faultPlacesMax = 10
/** A path in a message as it is told of; longer ones are cut. */
export const faultPathCharsMax = 300

/** Control of execution, as a contract declares it. */
export const controlLimits = {
  /** Days before the deadline on which both sides are reminded, where the contract says nothing. */
  reminderDays: 3,
  reminderDaysMax: 60,
  /** Hours within which a recipient is to accept it, likewise. */
  noticeHours: 24,
  noticeHoursMax: 720,
  /** Codes of one event's kind. */
  codesMax: 20,
  codeCharsMax: 100,
  /** Years of the deadlines that are believed. */
  deadlineYearMin: 1970,
  deadlineYearMax: 2199,
} as const
