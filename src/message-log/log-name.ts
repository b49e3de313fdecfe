/**
 * The log that an entry belongs to: one an exchange domain, and one for what belongs to none, such as
 * refusals of strangers.
 */
export function logNameOf(domain: string | undefined): string {
  return domain === undefined ? 'unassigned' : `domain/${domain}`
}
