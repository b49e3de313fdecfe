import { contractLimits } from '../../limits/contracts.js'

/** A contract's folder as it comes: what is in it has `contractLimits`, and is mostly text, which packs well. */
export const contractArchiveBytesMax = contractLimits.bytesMax
/** Contracts written for services of one system; none ever goes, so somebody has to look when there are so many. */
export const contractsPerSystemMax = 1_000
