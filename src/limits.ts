/**
 * Every limit of the bus, in one place, with its unit in its name. This file imports nothing, and
 * every module and adapter may import it.
 *
 * `defaultLimits` may be changed in `config/bus.yaml` under `limits`; what is not named there has the
 * value given here. The limits below it are fixed: they bound what foreign bytes can cost.
 */
export const defaultLimits = {
  // Messages over HTTP.
  /** Request line and header fields of one request. */
  headBytesMax: 16_384,
  headersMax: 100,
  /** Above this no service may be set; the default of a service is far lower. */
  payloadBytesMax: 67_108_864,
  /** Payloads of requests held by one worker at one time. */
  payloadBytesInFlightMax: 268_435_456,
  /** Of them, those of one consumer: far below the whole, so that none takes the others' room. */
  payloadBytesPerConsumerMax: 67_108_864,
  /** Payloads of replies held by one worker, from the provider's first byte to the consumer's last. */
  replyBytesInFlightMax: 268_435_456,
  replyBytesPerConsumerMax: 67_108_864,
  /** A message that is carried by way of the disk, as large ones with attachments are. */
  spooledBytesMax: 67_108_864,
  /** Messages on the disk of one worker at one time: requests, and as much again of replies. */
  spoolBytesMax: 2_147_483_648,
  spoolBytesPerConsumerMax: 536_870_912,
  /** From the first byte of a request to the last byte of its head. */
  requestHeadTimeoutMs: 10_000,
  /** From the first byte of a request to the last byte of its body. */
  requestTimeoutMs: 60_000,
  /** A consumer that takes nothing of its reply for so long is cut off. */
  replyIdleTimeoutMs: 20_000,
  /** From the first byte of a reply until the consumer has taken the last. */
  replyTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  /** Open connections of consumers to one worker. */
  connectionsMax: 4_096,

  // Exchanges in progress in one worker.
  exchangesMax: 1_024,
  /** Far below the whole, so that no consumer takes the others' places. */
  exchangesPerConsumerMax: 256,
  /** Of one consumer over all services, workers and nodes; 0 for no such limit. Each exchange is counted in the database then. */
  consumerRatePerSecond: 0,

  // Trust.
  /** How far a signed creation time may lie from the bus's clock, either way. */
  freshnessMs: 300_000,
  /** How long a message id stays taken. Never shorter than twice the freshness. */
  replayWindowMs: 86_400_000,

  // Providers.
  connectTimeoutMs: 3_000,
  connectionsPerProviderMax: 128,
  /** Failures in a row that close a service, for all or for one consumer (`service-breakers.ts`). */
  breakerFailuresMax: 5,
  breakerOpenMs: 5_000,
  /** Deliveries of one idempotent request in all. */
  deliveryAttemptsMax: 2,

  // Message log.
  logQueueRowsMax: 20_000,
  /** Records waiting to be written, those with large payloads apart from the others. */
  logQueueBytesMax: 67_108_864,
  logLargeQueueBytesMax: 268_435_456,
  /** A commit that takes longer counts as failed. */
  logCommitTimeoutMs: 10_000,
  /** A request without outcome is recorded as unresolved after this; above any service's time limit. */
  unresolvedAfterMs: 300_000,
  sweepEveryMs: 5_000,

  // Registry.
  /** A snapshot older than this is no longer believed, and everything is refused. */
  registryStaleMsMax: 10_000,
  revocationRefreshEveryMs: 60_000,

  // Start and stop.
  /** How long a stopping worker waits for the exchanges in progress and for slow readers. */
  drainTimeoutMs: 200_000,
  workerReadyTimeoutMs: 30_000,
  /** Workers report twice a second; one that is silent for so long hangs, and is killed. */
  workerSilentMsMax: 30_000,
}

export type Limits = Readonly<typeof defaultLimits>

// Providers.

/** Circuit breakers that one worker keeps: of failing services, and of consumers failing at a service. */
export const breakersMax = 4_096
/** A breaker that could let a probe pass and saw no failure for so long is forgotten. */
export const breakerForgetMs = 600_000
/** Failing services that a worker names on the health page; the metric counts all. */
export const failingServicesShownMax = 20

// REST lane.

/** Longest values of an envelope's header fields after decoding, in UTF-16 code units. */
export const messageIdCharsMax = 100
export const tokenCharsMax = 64
export const textCharsMax = 500
/** Requests of one connection that wait for their replies (pipelining); what comes above is not read. */
export const pipelinedMax = 16
/**
 * What is taken at least for a payload of more than one chunk, and kept free for a reply before its
 * request is delivered; above it, room grows with what has come.
 */
export const payloadStepBytes = 65_536
/** Smaller chunks of a payload are copied together at once, as each costs more than its bytes. */
export const payloadPartBytesMin = 16_384
/** A message with attachments that is longer than this goes by way of the disk. */
export const spoolAboveBytes = 1_048_576
/** A file of the spool is written and read in pieces of so many bytes. */
export const spoolPieceBytes = 262_144
/** What a message on disk takes of the memory's budget while it comes, is read and goes on. */
export const spooledMemoryBytes = 4 * spoolPieceBytes
/** A longer reply is written piece by piece, so that its reader's progress is seen. */
export const replyPieceBytes = 262_144
/** Spellings of the bus's own authority that a worker remembers. */
export const authoritiesMax = 256
/** Providers to which a worker keeps connections, and addresses it remembers the parts of. */
export const poolsMax = 1_024
export const addressesMax = 4_096
/** How much of a refused request is still read, so that its sender sees the answer and no reset. */
export const lingerBytesMax = 16_777_216
export const lingerMs = 2_000

// Signed messages.

/** Signatures in one message. */
export const signaturesMax = 4
/** Components that one signature covers. */
export const componentsMax = 64
/**
 * Refusals that a worker signs with RSA for strangers, whose messages say that they are signed so: it costs
 * ten times as much as with P-256, and who asks in vain should cost little.
 */
export const strangerRsaSignaturesPerSecondMax = 20
/** Certificates kept in one worker with the verdict on them. One takes about 6 kB. */
export const verdictsMax = 20_000

// Signed SOAP messages.

/** How much of an envelope is read before its signer is known; its Header must end within. */
export const soapStartBytesMax = 65_536
/** Beginnings of messages held by one worker whose senders it does not know yet. */
export const soapStartsBytesMax = 67_108_864
/** An envelope up to this is read whole at once; of a longer one the Header comes first, by itself. */
export const soapOnePassBytesMax = 16_384
/** References of one SignedInfo: header blocks, Timestamp, token, Body and attachments. */
export const referencesMax = 64
/** Blocks in one Header. */
export const headerBlocksMax = 64
/** Prefixes in one InclusiveNamespaces list, and its length. */
export const inclusivePrefixesMax = 64
/** Parts of one multipart beside the SOAP part; each needs a reference. */
export const attachmentsMax = 48
/** Header fields of one part of a multipart, line ends included, and how many there may be. */
export const partHeadBytesMax = 4_096
export const partHeadersMax = 16
export const contentIdCharsMax = 255
/** An XML attachment of a message on disk that is canonicalised, for which it has to be in memory. */
export const xmlAttachmentBytesMax = 4_194_304
/**
 * A canonical Body that has to be in memory may have this, or so many times the bytes of its envelope: a declaration
 * of a thousand bytes may be due at each of its elements.
 */
export const canonicalBytesMin = 1_048_576
export const canonicalTimesMax = 8
/** A provider's description of its service, with everything in it. */
export const wsdlBytesMax = 4_194_304
/** base64 of a token: a certificate, or a path of them. */
export const securityTokenCharsMax = 32_768
/** Text of a SignedInfo's values, of a token reference and of a time: none is longer in earnest. */
export const signatureValueCharsMax = 2_048

// Certificates, revocation lists and the search for a path.

export const certificateBytesMax = 65_536
export const revocationListBytesMax = 33_554_432
export const revocationListFetchMsMax = 30_000
/** Head of the answer of a list's source. */
export const revocationListHeadBytesMax = 16_384
/** Nesting of DER values. */
export const derDepthMax = 24
export const extensionsMax = 64
/** Names, subtrees, policies or distribution points in one extension. */
export const listItemsMax = 1_024
/** Comparisons of names with subtrees in one path. */
export const nameComparisonsMax = 250_000
/** Certificates in a path, trust anchor and end entity included. */
export const pathCertificatesMax = 10
/** Complete paths that are tried for one certificate. */
export const pathsMax = 32
/** Steps of search and signature checks spent on one certificate, revocation included. */
export const workMax = 2_000
/** RSA keys outside are refused: too weak below, too slow to verify above. */
export const rsaBitsMin = 2_048
export const rsaBitsMax = 8_192
/** The bus's own RSA key: signing with more bits takes many times as long as with 2048. */
export const busRsaBitsMax = 3_072

// XML.

export const xmlLimits = {
  /** One document. */
  bytesMax: 67_108_864,
  /** Tags, text runs, comments, attributes and namespace declarations of one document, together. */
  nodesMax: 2_000_000,
  /** Elements within elements; the root has depth 1. */
  depthMax: 100,
  attributesPerElementMax: 64,
  /** Distinct prefixes, the default namespace counted as one. */
  namespacesInScopeMax: 64,
  /** A name with its prefix. */
  nameBytesMax: 512,
  namespaceNameBytesMax: 1_024,
  /** Different names and namespace names in one document. */
  namesMax: 16_384,
  /** An xml:base that inclusive C14N 1.1 joins with others. */
  baseBytesMax: 2_048,
  /** The XML declaration, whose white space would else be without end. */
  declarationBytesMax: 512,
  /** Names and namespaces that a process remembers from one document to the next. */
  symbolsKeptMax: 2_048,
}

// Services, as declared in the registry.

/** Limits of one service. */
export interface ServiceLimits {
  /** Total time from delivery to the last byte of the answer, milliseconds. */
  readonly timeLimitMs: number
  readonly requestBytesMax: number
  readonly replyBytesMax: number
  /** Exchanges of this version of the service in progress at one time, per worker. */
  readonly concurrentMax: number
}

/** What a service has where its declaration says nothing. */
export const serviceLimitDefaults: ServiceLimits = {
  timeLimitMs: 30_000,
  requestBytesMax: 1_048_576,
  replyBytesMax: 10_485_760,
  concurrentMax: 64,
}

/** No declaration may ask for less. */
export const serviceLimitFloors: ServiceLimits = {
  timeLimitMs: 100,
  requestBytesMax: 1_024,
  replyBytesMax: 1_024,
  concurrentMax: 1,
}

/**
 * No declaration may ask for more. 64 MiB leaves room for the 50 MB payloads the bus must carry; two
 * minutes end before a stopping worker gives up waiting and before the sweep calls a request unresolved.
 */
export const serviceLimitCaps: ServiceLimits = {
  timeLimitMs: 120_000,
  requestBytesMax: 67_108_864,
  replyBytesMax: 67_108_864,
  concurrentMax: 1_024,
}

/** Payload read for a service the registry does not know: enough to log and refuse the request. */
export const unknownServicePayloadBytesMax = 65_536

// Declarations of the registry.

export const declarationBytesMax = 16_777_216
export const declarationProblemsMax = 200
export const certificateFileBytesMax = certificateBytesMax
export const declarationTextCharsMax = 1_000
export const addressCharsMax = 2_000
export const soapActionCharsMax = 500
/** Brackets within brackets; a declaration needs four. */
export const declarationBracketsMax = 16
/** Indentation, dashes and question marks at the start of a line, each of which may nest once. */
export const declarationIndentMax = 100

// The command line.

/** Longest wait for an answer of the bus, which ends every exchange within its service's own limit. */
export const sendAnswerMsMax = serviceLimitCaps.timeLimitMs + 30_000
export const sendAnswerBytesMax = 268_435_456
/** One file, or standard input, that a command reads. */
export const commandFileBytesMax = 268_435_456
/** Exchanges that `log show --last` shows at one time. */
export const exchangesShownMax = 1_000
export const commandConnectTimeoutMs = 5_000
export const commandStatementTimeoutMs = 60_000

// Worker processes.

/** How far the heap of a worker grows beyond what lived at the last full collection before the next. */
export const workerHeapGrowthPercent = 300
/**
 * Small buffers of a worker are cut from slabs of this size. A slab lives as long as the last of them, which are held
 * for an exchange.
 */
export const workerBufferSlabBytes = 32_768

// Message log.

export const messageLogLimits = {
  /** Transactions in flight, and connections, of one process; the last is for large records. */
  connectionsMax: 2,
  /** A larger record waits in another queue, so that small ones do not wait behind it. */
  smallRecordBytesMax: 65_536,
  batchRecordsMax: 250,
  /** A record above this makes a batch of its own. */
  batchBytesMax: 1_048_576,
  largeBatchBytesMax: 4_194_304,
  queueRecordsMax: defaultLimits.logQueueRowsMax,
  queueBytesMax: defaultLimits.logQueueBytesMax,
  largeQueueBytesMax: defaultLimits.logLargeQueueBytesMax,
  /** Share of a queue that one consumer, or one stranger's address, may take. */
  queuePartyShareMax: 0.5,
  /**
   * How long a connection rests after a transaction. Under load several records go out together then,
   * which saves 40 % of the database's work at half load; one that comes alone does not wait.
   */
  restMs: 2,
  /**
   * One-way messages have one connection of their own, and one queue, so that those of one sender become durable in
   * the order in which they came, whatever their size.
   */
  oneWay: { connectionsMax: 1, smallRecordBytesMax: Infinity, isOrdered: true },
  /**
   * Refusals of strangers, of whose requests nothing was verified, have a connection of their own.
   * It writes 9,600 in a second at most; those beyond are told of in one entry for many.
   */
  strangers: {
    connectionsMax: 1,
    batchRecordsMax: 192,
    // Whoever waits here holds one of the places of `exchangesMax`.
    queueRecordsMax: 384,
    queueBytesMax: 1_048_576,
    restMs: 20,
  },
  /** How often refusals that got no entry of their own are told of. */
  lostRefusalsEveryMs: 10_000,
  /** Message ids a process remembers, to refuse replays without asking the database. */
  recentIdsMax: 50_000,
  /** First and longest pause between attempts to connect. */
  retryMinMs: 100,
  retryMaxMs: 2_000,
  /** Payloads that one data key encrypts, and how long it is used. */
  dataKey: { payloadsMax: 1_000_000, ageMsMax: 86_400_000 },
  /** How far back the first sweep after a start looks. */
  sweepBackMs: 604_800_000,
  /** Requests marked, or message ids forgotten, in one transaction. */
  sweepBatchMax: 500,
}

export type MessageLogLimits = Readonly<typeof messageLogLimits>

// Health.

/** Workers report twice a second; one that has not for so long is busy beyond reason, or hangs. */
export const healthReportAgeMsMax = 5_000

// Following the registry.

/** How often followers ask for the generation, in case a notification was lost. */
export const registryPollMs = 500

// Transparency logs (C2SP).

/** A checkpoint with its signatures has a few hundred bytes. */
export const noteBytesMax = 65_536
export const noteSignaturesMax = 64

// Sequencing: the logs as trees.

/** Roots of full tiles that a reader of the trees keeps, some 150 bytes each. */
export const tileRootsKeptMax = 32_768

// Audit log: administrators' acts.

/** An entry of an act. Entries go out in C2SP tiles, which count their bytes with 16 bits. */
export const actEntryBytesMax = 65_535
/** The name of an actor, an account, a role. */
export const actNameCharsMax = 200
/** A reason, and what an act is done to. */
export const actReasonCharsMax = 2_000
export const actsPerStatement = 500
/** Acts that `log acts` shows at one time, and how often it looks for new ones. */
export const actsShownMax = 1_000
export const actsFollowEveryMs = 1_000
// Signed data (CMS) and timestamps.

/** A SignedData with the certificates and revocation lists in it. */
export const cmsBytesMax = 4_194_304
/** Certificates, revocation lists or digests in one SignedData. */
export const cmsCertificatesMax = 16
/** Attributes of one signer, and values of one attribute. */
export const cmsAttributesMax = 32
/** A request to a timestamping authority, and what it answers: a token with a few certificates. */
export const timestampRequestBytesMax = 4_096
export const timestampResponseBytesMax = 131_072
export const timestampTokenBytesMax = 131_072
/** Authorities that a configuration names, and the file with whoever vouches for one. */
export const timestampAuthoritiesMax = 8
export const timestampTrustFileBytesMax = 1_048_576
/** How far the clock of a timestamping authority may be from the one here, and from the truth by its own word. */
export const timestampSkewMsMax = 300_000
export const timestampAccuracyMsMax = 60_000
/** How long one authority may take, and the head of its answer. */
export const timestampMsMax = 10_000
export const timestampHeadBytesMax = 16_384
/** An authority that failed is left alone for half a turn, then for twice as long each time, up to this. */
export const timestampRetryMsMax = 900_000
// Evidence containers.

/** One container, as it is written and read; two messages of the largest size fit. */
export const containerBytesMax = 268_435_456
/** What its files hold together, whatever their packing says. */
export const containerContentBytesMax = 268_435_456
/** An exchange of a path of ten certificates on each side has less than a hundred. */
export const containerFilesMax = 256
export const containerNameBytesMax = 100
/** The list of files that the seal covers. */
export const containerManifestBytesMax = 262_144
/** Archive files that are named to whoever looks for an exchange that is in one of them. */
export const archiveFilesNamedMax = 20
/** Archive files from which one exchange is exported: its halves lie in two at most. */
export const archiveFilesGivenMax = 16
// Receipts.

/** One that an RSA key of 8192 bits signed, for the log with the longest name in the largest batch, has two thirds of this. */
export const receiptCharsMax = 4_096
/** How long a node that stops may take to have its last checkpoints stamped. */
export const lastStampMsMax = 5_000

export const sequencingLimits = {
  /** From the beginning of one pass to that of the next: a receipt promises a place within a second. */
  passEveryMs: 400,
  /** Entries of exchanges, and acts, that get their places in one transaction. */
  passRowsMax: 10_000,
  /** An entry that waits longer for its place shows in health. */
  waitingMsMax: 10_000,
  lookEveryMs: 5_000,
  /** Entries that are looked at then, at most. */
  waitingLookedAtMax: 20_000,
  /** Partitions of the message log are made so many days ahead, and looked after so often. */
  partitionDaysAhead: 7,
  partitionsEveryMs: 600_000,
} as const
// Log API, witnesses.

/** Hashes in one consistency proof (C2SP tlog-witness). */
export const consistencyProofHashesMax = 63
/** An old size, a proof and a checkpoint. */
export const addCheckpointBytesMax = noteBytesMax + 4_096
/** Answers of a witness: a line for each of its keys, or a size. */
export const witnessAnswerBytesMax = 16_384
/** One request to a log or a witness, from connecting to the last byte. */
export const logRequestMsMax = 10_000
/** Everything that following a log by its tiles takes, once. */
export const logFollowMsMax = 120_000
export const logResponseHeadBytesMax = 16_384
/** Logs that one witness keeps apart, and misconduct of each that it keeps as a file. */
export const witnessedLogsMax = 256
export const misconductFilesMax = 16

/** What one listener of a witness bears. */
export const witnessServerLimits = {
  connectionsMax: 256,
  requestsInFlightMax: 32,
  requestMsMax: 10_000,
  idleMsMax: 15_000,
  headBytesMax: 8_192,
}

/** What the log API bears; its listener is the supervisor's and takes nothing from exchanges. */
export const logApiLimits = {
  connectionsMax: 512,
  requestsInFlightMax: 64,
  /** Bundles are the largest answers: 256 entries, 16 MiB at the very most. */
  bundlesInFlightMax: 4,
  requestsPerSecondMax: 1_000,
  /** Of them, those from one address: 65,536 entries a second of a log of hashes. */
  requestsPerAddressSecondMax: 256,
  pathCharsMax: 512,
  /** The address of a search, with its query string. */
  searchCharsMax: 6_000,
  /** From the first byte of a request to its last. */
  requestMsMax: 10_000,
  /** From the head of a request to the last byte of its answer, or the connection is cut. */
  answerMsMax: 60_000,
  idleMsMax: 15_000,
  databaseConnectionsMax: 4,
  /** Of their own: searches that take long take none from the logs. */
  searchConnectionsMax: 2,
  statementMsMax: 10_000,
}
/** C2SP tlog-tiles: the length of an entry in a bundle has 16 bits. No longer one is logged. */
export const bundleEntryBytesMax = 65_535
/** Shorter tokens could be guessed. */
export const entriesTokenCharsMin = 32

/** Witnesses of one bus; each is asked in every turn. */
export const witnessesMax = 16
/** How often witnesses are handed the newest checkpoints, and after what time without them health says so. */
export const witnessPushEveryMs = 10_000
export const witnessLagMsMax = 300_000
/** Newest cosignatures of a log among which a witness's last one is looked for. */
export const cosignaturesLookedAtMax = 1_024
// Search of exchanges.

export const searchFillLimits = {
  /** Entries looked at in one transaction; one transaction's own are never parted. */
  entriesPerBatchMax: 20_000,
  batchesPerTurnMax: 5,
}
export type SearchFillLimits = Readonly<typeof searchFillLimits>

/** Exchanges of one page, unless the query says another number, and at most. */
export const searchPageDefault = 50
export const searchPageMax = 500
/** A message id or correlation id that is looked for. */
export const searchTextCharsMax = 1_000
/** Combinations of consumer, provider, service and outcome that one search goes through. */
export const searchPartiesMax = 50_000
/** How often exchanges that have ended are added to the search tables. */
export const searchFillEveryMs = 2_000
/** Health says so when exchanges that ended longer ago cannot be found yet. */
export const searchLagMsMax = 300_000
/** One search in the database. */
export const searchStatementTimeoutMs = 30_000
// Archive of the logs, retention, legal hold.

export const archiveLimits = {
  /** How long a day must be over before it may go: its last exchanges end, and get an outcome. */
  dayRestMs: 3_600_000,
  /** Entries of one archive file; more make several files. */
  fileEntriesMax: 4_194_304,
  /** Entries of one member of a file; also of one query. A bundle of C2SP tlog-tiles. */
  bundleEntries: 256,
  /** Records of one member of the index by exchange id. */
  indexRecords: 8_192,
  /** A larger ciphertext is read from the database in pieces of this size, bytes. */
  pieceBytes: 1_048_576,
  /** Ciphertexts up to this size are read many at a time, bytes. */
  smallPayloadBytes: 65_536,
  /** How long the writers of the log may have to wait for one try at dropping partitions. */
  lockWaitMs: 200,
  lockRetries: 50,
  lockPauseMs: 500,
  /** Sequence rows forgotten in one transaction. */
  forgottenRowsMax: 10_000,
} as const

export const archiveStatementTimeoutMs = 600_000

/** What a file that calls itself an archive of a log may have. */
export const archiveFileLimits = {
  membersMax: 65_536,
  manifestBytesMax: 33_554_432,
  smallMemberBytesMax: 4_194_304,
  entryBytesMax: 65_535,
  dataKeysBytesMax: 16_777_216,
  nonceBytesMax: 64,
  timestampsMax: 64,
} as const

/** How long payloads are kept where the configuration says nothing else, days. */
export const defaultPayloadRetentionDays = 1_825
/** A data key that a process may still have in use is not forgotten, milliseconds. */
export const dataKeyRestMs = 2_592_000_000
/** Holds shown at one time, and in force at one time. */
export const legalHoldsMax = 1_000
// Verifying the logs.

export const verifyLimits = {
  /** An entry has its place within a second as a rule; a sequencer that stands still for longer is an alarm. */
  unsequencedMsMax: 60_000,
  /** How old the newest cosignature of a witness may be whose key was given. */
  cosignatureAgeMsMax: 86_400_000,
  /** As long as a bus by default keeps message ids. */
  replayWindowMs: defaultLimits.replayWindowMs,
}

// Names of logs.

/** Of a domain's code in percent-encoding: the file of a log's last checkpoint has it in its name. */
export const domainCodeEncodedCharsMax = 200

// Entries of exchanges. `bundleEntryBytesMax` bounds each as a whole.

/** Of the name of a field that a refusal's entry names, in UTF-16 code units; some come from the message. */
export const faultFieldCharsMax = 500
/** Logs that one act of an archive speaks of: the longest name takes some 350 bytes of its entry. */
export const archiveLogsPerActMax = 150
/** Counts by service in the act of an erasure; beyond that their sum is said, and a digest over the counts. */
export const servicesInActBytesMax = 40_000
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

// JSON.

/** What a JSON text may have, a message's or a contract's. */
export const jsonLimits = {
  bytesMax: defaultLimits.payloadBytesMax,
  /** Arrays and objects inside one another. */
  depthMax: 100,
  /** Values of all kinds, and names of members: what bounds the memory that a small text can take. */
  valuesMax: 2_000_000,
  /** A number's text is kept; no double needs as much. */
  numberCharsMax: 1_024,
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
/** Places at which a message breaks its contract that its sender is told of. */
export const faultPlacesMax = 10
/** A path in a message as it is told of; longer ones are cut. */
export const faultPathCharsMax = 300
/** A message that is carried over between protocols: it is taken apart in memory. */
export const mediatedBytesMax = 4_194_304

/** The broker of the MQ lane. */
export const brokerLimits = {
  connectTimeoutMs: 5_000,
  reconnectMsMin: 200,
  reconnectMsMax: 5_000,
} as const

/** One-way messages that wait for their delivery. */
export const outboxLimits = {
  /** A message that says nothing of its expiry is tried for so long. */
  expiryMs: 604_800_000,
  /** And none for longer. */
  expiryMsMax: 2_592_000_000,
  /** Payload of one message: it is read back into memory to be delivered. */
  payloadBytesMax: 16_777_216,
  /** Payloads that one worker has read back at one time; a larger one alone. */
  recalledBytesMax: 67_108_864,
  /** Messages accepted a moment ago whose content is kept until they are delivered, and their payloads. */
  freshMessagesMax: 2_048,
  freshBytesMax: 16_777_216,
  /** Lanes that one worker delivers at one time, and that wait for their turn; more are found when they are looked for again. */
  lanesMax: 32,
  lanesWaitingMax: 10_000,
  /** Messages of a lane that are looked up at one time. */
  laneBatchMax: 32,
  /** Payloads of a lane that are read back before their turn; the next one whatever its size. */
  laneAheadBytesMax: 1_048_576,
  /** Pauses between attempts, doubling; each is cut by up to half at random. */
  retryMsMin: 1_000,
  retryMsMax: 300_000,
  /** How often is looked for lanes that nobody told of, and for workers that came or went. */
  lookEveryMs: 1_000,
  /** What one notification of the database holds, and what waits to be told to other workers; they look by themselves too. */
  signalBytesMax: 7_000,
  signalsUnsentMax: 1_000,
  /** Connections of a worker that read messages back, beside the one that holds its partitions. */
  connectionsMax: 2,
  statementTimeoutMs: 15_000,
  reconnectMsMin: 100,
  reconnectMsMax: 2_000,
  /** Notices of one sender told at one time, senders in one round, rounds beside each other, and how long one may take. */
  noticeBatchMax: 64,
  noticeSendersMax: 8,
  noticeRoundsMax: 2,
  noticeTimeMs: 15_000,
  /** Senders that wait for their turn, or rest because they could not be told; more are found by the next look. */
  noticeSendersWaitingMax: 10_000,
  /** For so long a notice is tried that cannot be told. */
  noticeTriedForMs: 604_800_000,
  /** Notices that were told are kept for so long, for senders who ask. */
  noticesKeptMs: 2_592_000_000,
  /** Characters of a ground in a recipient's or an operator's words. */
  groundCharsMax: 500,
  /** An answer's body that is looked into for its words. */
  groundBytesMax: 65_536,
  /** A message that waits for longer is shown by health. */
  oldestMsMax: 3_600_000,
  /** Messages shown by one command. */
  shownMax: 1_000,
} as const

// One-way messages at the edge.

/** What asks the database what became of messages, in each worker. */
export const messageDeskLimits = {
  connectionsMax: 2,
  statementTimeoutMs: 4_000,
  /** How often a notice that came before the outcome of its delivery is held up, and for how long each time. */
  outcomeWaitsMax: 20,
  outcomePauseMs: 100,
} as const

/**
 * Messages with a taken id that are looked up at one time, in each worker; of others it is not said whose repeat they are.
 * Above `messagesInProgressMax`: after a kill the broker hands all of those over again, and none may be told a refusal.
 */
export const repeatsAskedMax = 512
/** How far ahead a sender may say that its message expires, milliseconds: 30 days. */
export const messageExpiryMsMax = 2_592_000_000

// Signatures on messages of queues.

/** Longest detached JWS, in characters; its protected header holds the whole envelope, 64 recipients at most. */
export const mqSignatureCharsMax = 65_536
/** How long a recipient's signed notice may have waited: as long as the longest a message may. */
export const mqNoticeAgeMsMax = 30 * 86_400_000

/** What the bus makes at the broker, and how it looks after it. */
export const brokerKeepingLimits = {
  /** Between two looks at rights and queues, when nothing in the registry has changed. */
  lookEveryMs: 5_000,
  /** Everything is declared again, in case somebody deleted some of it. */
  declareAgainEveryMs: 60_000,
  requestMsMax: 10_000,
  answerBytesMax: 16_777_216,
  /** A message that was handed out so often without being acknowledged is a dead letter. */
  deliveriesMax: 20,
  /** Above that a queue of a subsystem takes no more. */
  queueBytesMax: 1_073_741_824,
  /** Dead letters; the oldest make room. */
  deadBytesMax: 268_435_456,
  /** What subsystems publish for no queue, or so that nobody can read it; the oldest make room. */
  unroutableBytesMax: 67_108_864,
  /** Queues whose trouble is told one by one. */
  troublesToldMax: 20,
} as const

/** The broker that a node starts for itself. */
export const privateBrokerLimits = {
  readyMsMax: 120_000,
  stopMsMax: 15_000,
  /** Above that it takes no more from publishers. */
  memoryBytesMax: 536_870_912,
  /** Below that it takes no more either. */
  diskBytesMin: 268_435_456,
  /** What quorum queues have in memory before it goes to their files. */
  walBytesMax: 67_108_864,
  /**
   * After so many entries of its log a quorum queue that is empty forgets them. By RabbitMQ's own 4,096 most of what was
   * read long since is written to a file of its queue all the same.
   */
  forgetAfterEntries: 512,
} as const
// MQ lane towards the broker: what a worker publishes, and notices that it reads.

export const publisherLimits = {
  /** Messages that wait for the broker's confirm, and their bytes; one alone may be as large as any message. */
  unconfirmedMax: 2_048,
  unconfirmedBytesMax: 67_108_864,
  /** Until a channel that the broker closed is opened again. */
  reopenAfterMs: 200,
} as const

export const noticesInLimits = {
  /** Notices of recipients that a worker has in hand at one time. */
  prefetch: 64,
  /** A notice of this size at most is read; it says a number and a date, or a ground. */
  bytesMax: 65_536,
  /** First and longest pause where the message log cannot take one. */
  retryMsMin: 250,
  retryMsMax: 10_000,
  /** Attempts after errors that nobody foresaw; then it is a dead letter. */
  unforeseenAttemptsMax: 5,
  /** How long a notice to a sender, or a dead letter, waits for its confirm. */
  publishMsMax: 10_000,
} as const

/** How often answers that were dropped are told of. */
export const droppedAnswersToldEveryMs = 10_000
/** Answers that wait at the broker for one worker; it takes them as they come. */
export const answerQueueBytesMax = 134_217_728

// MQ lane towards consumers.

/** Messages of queues. */
export const mqLimits = {
  /** A message's body. Brokers keep what they hand out in memory, and prefetch counts messages, not bytes. */
  payloadBytesMax: 16_777_216,
  headersMax: 64,
  /** Names and texts of one message's properties and headers together, in UTF-16 code units. */
  headCharsMax: 65_536,
  /** Headers of a dead letter that are kept, in bytes: amqplib writes 65,536 of one message, and the bus adds its own. */
  deadHeadBytesMax: 49_152,
  /** Messages of one queue that one worker has without having answered them. */
  requestPrefetch: 16,
  messagePrefetch: 32,
  /** Of a queue with larger bodies than so many bytes: these wait in memory before they are counted to any budget. */
  largeBodyBytesMin: 262_144,
  largePrefetch: 2,
  /** Messages that the broker took out of a queue. */
  poisonedPrefetch: 4,
  /** Of all queues, in one worker; what came beyond waits there. Apart, so that slow providers do not hold messages up. */
  requestsInProgressMax: 384,
  messagesInProgressMax: 256,
  /** Subsystems that one worker reads queues of: a connection has 2,047 channels, and each queue takes one. */
  ownersMax: 1_000,
  /** A queue that could not be read is tried again: after the first, doubled up to the second. */
  queueRetryMsMin: 250,
  queueRetryMsMax: 15_000,
  /** A message that the bus cannot take now is tried again: after the first, doubled up to the second. */
  pauseMsMin: 100,
  pauseMsMax: 5_000,
  /** A request that another worker carries: its outcome is waited for, and looked for as often. */
  firstOutcomeMsMax: 120_000,
  firstOutcomePauseMsMax: 1_000,
  /** Longest pause until a message is tried again that could be neither carried nor put aside. */
  messageRetryMsMax: 300_000,
  /** Until the broker has confirmed a reply. */
  confirmTimeoutMs: 10_000,
  /**
   * For so long a reply that the broker does not take is tried; then its request goes back to its queue. Below the half
   * hour after which a broker takes back what is not acknowledged.
   */
  replyTriedForMs: 600_000,
  /** Recipients of one message. */
  recipientsMax: 64,
  /**
   * A message's body times its recipients: each has an entry with a payload of its own, and those are sealed and wait for
   * the log at one time.
   */
  copiesBytesMax: 67_108_864,
  /** Longest life of a one-way message, from the moment it was signed. */
  expiresAfterMsMax: 2_592_000_000,
  /** A temporary reply queue's own part of its name. */
  replySuffixCharsMax: 64,
} as const

/** What one subsystem's user may have open at the broker, by RabbitMQ's names. */
export const brokerUserLimits = { 'max-connections': 64, 'max-channels': 256 } as const

/** Of a queue for replies that a subsystem makes itself: RabbitMQ's names; bytes, and milliseconds without a reader. */
export const ownQueueBounds = {
  'max-length-bytes': 67_108_864,
  overflow: 'reject-publish',
  expires: 3_600_000,
} as const

// Messages that were put aside at the broker, as commands look at them.

export const letterLimits = {
  /** In one list. */
  shownMax: 200,
  /** Until one is found. */
  lookedThroughMax: 10_000,
  connectMsMax: 10_000,
} as const

/** Messages of others that `sluice send --mq` holds while it waits for its own. */
export const sendMailHeldMax = 64
/* What is said of end users, and where messages say about whom they are. */

/** A user assertion: compact JWS. */
export const assertionCharsMax = 4_096

export const assertionLimits = {
  /** From `iat` to `exp`. */
  lifetimeMsMax: 300_000,
  /** Taxpayer's numbers, and telephone numbers, of one person. */
  identifiersPerTypeMax: 16,
  idCharsMax: 100,
  /** Of a subsystem's or a service's identifier: six segments of 100 characters. */
  identifierCharsMax: 605,
} as const

export const subjectLimits = {
  /** Values that one message may have at the places of its subjects. */
  valuesMax: 64,
  /** Of a value that could be somebody's identifier. */
  valueCharsMax: 64,
} as const

/** What tells persons which exchanges were about them, in each worker. */
export const personDeskLimits = {
  connectionsMax: 2,
  statementTimeoutMs: 5_000,
  pageDefault: 50,
  pageMax: 200,
} as const
// OCSP (RFC 6960): answers about certificates of accepted authorities.

/** An answer with its responder's certificate has two or three kilobytes. */
export const ocspAnswerBytesMax = 65_536
/** Certificates that one answer speaks of: the bus asks for one, answers made beforehand hold a few more. */
export const ocspStatusesMax = 64
/** Certificates that come with an answer. */
export const ocspCertificatesMax = 8
export const ocspAnswerHeadBytesMax = 16_384
export const ocspAskMsMax = 10_000
/** For so long the responder's clock may be ahead of the bus's. */
export const ocspClockSkewMsMax = 300_000
/** For so long an answer holds that does not say until when it does, from its `thisUpdate` on. */
export const ocspAnswerAgeMsMax = 3_600_000
/** Questions under way at one time. */
export const ocspAskedAtOnceMax = 8
/** Each certificate is asked about again after this, or half of its answer's time where that is shorter. */
export const ocspAskEveryMsMax = 300_000
/** After so many questions without any answer a responder is left alone until the next turn. */
export const ocspSilencesMax = 3
/** Questions of one batch, whose answers are written by one statement: each statement is a new generation of the registry. */
export const ocspAnswersPerWriteMax = 256
