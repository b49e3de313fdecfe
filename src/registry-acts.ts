import type { Act } from './audit-log/act.js'
import type { EntryChange, Noun } from './registry/plan/plan.js'

/** What one thing of each kind is called. */
export const nounWords: Readonly<Record<Noun, string>> = {
  domains: 'domain',
  authorities: 'authority',
  members: 'member',
  subsystems: 'subsystem',
  services: 'service',
  certificates: 'certificate',
  accessRights: 'access right',
  resources: 'information resource',
  personalData: 'system with personal data',
}

/** The acts of whoever changes the registry: one for each thing added or changed. */
export function registryActs(
  changes: readonly EntryChange[],
  author: Omit<Act, 'kind' | 'subject' | 'before' | 'after'>,
): Act[] {
  return changes.map(({ noun, id, before, after }) => ({
    ...author,
    kind: 'registry.apply',
    subject: `${nounWords[noun]} ${id}`,
    before,
    after,
  }))
}
