/** Limits of what the registry takes, beside those of messages in `src/limits.ts`. */
export const registryLimits = {
  pointerCharsMax: 500,
  subjectRulesMax: 8,
  omittedFieldsMax: 64,
  zonesMax: 16,
  ratePerSecondMax: 100_000,
  dailyQuotaMax: 1_000_000_000,
} as const
