import type { TestDatabase } from './database.js'
import { ownerPool, recordNothing, writeOf } from './registry-database.js'
import { sampleMember, sampleSubsystem } from './registry-samples.js'
import { RegistryStore } from '../../src/registry/registry.store.js'

/** What matrix and fuzz know to be there: names that lead somewhere. */
export const known = {
  domain: 'PORTAL',
  otherDomain: 'SENED',
  member: 'AZ/GOV/DIN',
  otherMember: 'AZ/GOV/VN',
  subsystem: 'AZ/GOV/DIN/GCQ',
  /** Named after one member, and owned by another. */
  movedSubsystem: 'AZ/GOV/VN/KOHNE',
} as const

/** Puts a small registry into a test database. */
export async function fillAdminRegistry({
  ownerUrl,
}: Pick<TestDatabase, 'ownerUrl'>): Promise<void> {
  const pool = ownerPool(ownerUrl)
  const codes = ['MURACIET', known.domain, known.otherDomain]
  const domains = codes.map((code) => ({
    ...{ code, name: { az: code, en: code }, status: 'active' as const },
  }))
  const members = [known.member, known.otherMember].map((id) => sampleMember(id))
  const owner = sampleMember(known.member).id
  const subsystems = [
    sampleSubsystem(known.subsystem),
    sampleSubsystem(known.movedSubsystem, { owner }),
  ]
  const store = new RegistryStore(pool, recordNothing)
  await store.apply(() => writeOf({ domains, members, subsystems }))
  await pool.end()
}
