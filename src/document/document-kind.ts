/** What the connection desk puts into writing. */
export const documentKinds = [
  'application',
  'missing-data',
  'check-protocol',
  'opinion',
  'negative-opinion',
  'justified-demand',
  'improvement',
  'refusal',
  'security-opinion',
  'agreement',
  'agreement-annex',
  'act-of-connection',
] as const
export type DocumentKind = (typeof documentKinds)[number]
