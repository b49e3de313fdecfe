const reasonTexts: Readonly<Record<number, string>> = {
  1: 'key compromise',
  2: 'compromise of the authority',
  3: 'affiliation changed',
  4: 'superseded',
  5: 'cessation of operation',
  6: 'on hold',
  9: 'privilege withdrawn',
  10: 'compromise of the attribute authority',
}

/** CRLReason of RFC 5280 §5.3.1 in words. */
export function reasonText(reason: number): string {
  return reasonTexts[reason] ?? 'no reason given'
}
