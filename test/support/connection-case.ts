import { v7 as newId } from 'uuid'
import type { AdminDatabase } from '../../src/admin/admin-database.store.js'
import type { ConnectionApplication } from '../../src/conformity/application.js'
import type { CaseState } from '../../src/connection/case-state.js'
import { addCase, addStep } from '../../src/connection/case.store.js'

/** An application of a system, with what a test says otherwise. */
export function sampleApplication(
  objectId: string,
  changes: Partial<ConnectionApplication> = {},
): ConnectionApplication {
  const [instance, memberClass, member] = objectId.split('/')
  const person = { post: 'mühəndis', email: 'a@example.az', phone: '+994 12 000 00 00' }
  return {
    kind: 'system',
    member: `${instance}/${memberClass}/${member}` as ConnectionApplication['member'],
    domain: 'PORTAL',
    objectId,
    name: { az: 'Sürücülük vəsiqələri', en: 'Driving licences' },
    declaration: {},
    certificateRequest: undefined,
    contract: undefined,
    probes: undefined,
    regulation: undefined,
    personalData: undefined,
    dataObjects: [],
    asksFor: [],
    duplicateReason: undefined,
    softwareStatement: 'bəli',
    securityStatement: 'bəli',
    responsible: { name: 'A. Qurbanov', ...person },
    technical: { name: 'L. Həsənova', ...person },
    hosting: { place: 'own', address: 'Bakı' },
    ownCheck: undefined,
    ...changes,
  }
}

const wayToOpinion: readonly CaseState[] = ['SUBMITTED', 'CHECKING', 'OPINION_POSITIVE']

/** A case whose application stands, and that has its positive opinion. @returns its id */
export async function caseWithOpinion(
  database: AdminDatabase,
  application: ConnectionApplication,
  openedAt = new Date(),
): Promise<string> {
  const id = newId()
  const { kind, member, domain, objectId } = application
  const by = { actor: 'L. Həsənova', role: 'MEMBER_ADMIN' }
  await database.transaction(async (client) => {
    const wanted = { id, kind, member, domain, objectId, application, openedAt }
    if (!(await addCase(client, wanted, by))) throw new Error('the object has an open case')
    for (const state of wayToOpinion) {
      const opinion = {
        id: newId(),
        number: 'RƏY-2026/0001',
        kind: 'opinion',
        digest: '0',
      } as const
      const documents = state === 'OPINION_POSITIVE' ? [opinion] : []
      await addStep(client, id, { state, at: openedAt, by, documents })
    }
  })
  return id
}
