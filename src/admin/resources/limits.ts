/** Limits of the area of information resources. */
export const resourceAreaLimits = {
  /** Of one picture of relations; what is beyond is left out, and the answer says so. */
  graphNodesMax: 5_000,
  graphEdgesMax: 20_000,
  /** Data objects of one question. */
  codesAskedMax: 64,
  searchCharsMax: 200,
  titleCharsMax: 200,
  /** Of a list of what has to be connected, and of a table of agencies. */
  listLinesMax: 2_000,
  agencyLinesMax: 1_000,
  countMax: 1_000_000_000,
} as const
