/** What can be wrong with a log. */
export const defectKinds = [
  'changed',
  'missing',
  'inserted',
  'swapped',
  'cut',
  'forked',
  'stale',
  'bad stamp',
  'unsequenced too long',
] as const
export type DefectKind = (typeof defectKinds)[number]
