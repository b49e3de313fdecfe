/** Limits of what the registry takes, beside those of messages in `src/limits.ts`. */
export const registryLimits = {
  pointerCharsMax: 500,
  subjectRulesMax: 8,
  omittedFieldsMax: 64,
  zonesMax: 16,
  ratePerSecondMax: 100_000,
  dailyQuotaMax: 1_000_000_000,
  /** Of one resource: what it holds, by what its records are found, services that offer or read it. */
  dataObjectsMax: 256,
  identifiersMax: 16,
  relationsMax: 256,
  /** As JSON: an act has it twice, before and after, within `actEntryBytesMax`. */
  resourceBytesMax: 28_000,
  /** Of one system with personal data. */
  categoriesMax: 64,
} as const
