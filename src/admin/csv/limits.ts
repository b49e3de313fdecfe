/** Tables that are taken and given as CSV. */
export const csvLimits = {
  bytesMax: 4_194_304,
  linesMax: 10_000,
  cellCharsMax: 32_768,
} as const
