import { endAnnexOf } from '../../agreement/annex.store.js'
import type { CaseEffects } from '../../connection/case-effects.js'
import type { AreaParts } from '../area-parts.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { AgreementPapers } from './agreement-papers.js'
import { addAnnexOf } from './annexing.js'
import { connectObject } from './connecting.js'
import { registerObject, rehearseRegistration } from './registering.js'
import { checkKey } from './system-certificate.js'

/** What cases bring about in agreements, in the registry and in certificates, on this node. */
export function makeCaseEffects(
  { database, documents, ca }: Pick<AreaParts, 'database' | 'documents' | 'ca'>,
  now: () => Date = () => new Date(),
): CaseEffects {
  const changes = new RegistryChanges(database.pool, now)
  const papers = new AgreementPapers(documents, now)
  return {
    rehearsed: (client, connectionCase, caller) =>
      rehearseRegistration(client, connectionCase, caller, { changes, now }),
    keyLooked: (client, connectionCase) => checkKey(client, connectionCase, 'registration'),
    concluded: (client, connectionCase, caller) =>
      addAnnexOf(client, connectionCase, caller, { papers, now }),
    async registered(client, connectionCase, caller) {
      await registerObject(client, connectionCase, caller, { changes, ca, now })
      return []
    },
    connected: (client, connectionCase, caller) =>
      connectObject(client, connectionCase, caller, { changes, papers, now }),
    archived: (client, { id }) => endAnnexOf(client, id, now()),
  }
}
