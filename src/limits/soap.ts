/** Signed SOAP messages: fixed limits, with their units in their names. */

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
/** base64 of a token: a certificate, or a path of them. */
export const securityTokenCharsMax = 32_768
/** Text of a SignedInfo's values, of a token reference and of a time: none is longer in earnest. */
export const signatureValueCharsMax = 2_048
