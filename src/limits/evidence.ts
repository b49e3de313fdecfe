/** Evidence containers and receipts: fixed limits, with their units in their names. */

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
