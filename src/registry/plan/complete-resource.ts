import type { DeclaredPersonalData, DeclaredResource } from '../declaration/declaration.js'
import { memberInResource, type InformationResource, type PersonalDataSystem } from '../resource.js'
import { anyName, kept, whole, type Complete } from './whole-entry.js'

const stateClasses = new Set(['GOV', 'MUN'])

/** What a resource has to say of itself; what state bodies hold is in the first State Register, unless they say no. */
export const completeResource: Complete<DeclaredResource, InformationResource> = (
  declared,
  existing,
) => {
  const { id, patch } = declared
  const { kind, name, legalBasis, identifiers, dataObjects, hosting, contact } = patch
  const needed = whole(
    declared,
    {
      kind: kind ?? existing?.kind,
      name: name ?? existing?.name,
      legalBasis: legalBasis ?? existing?.legalBasis,
      identifiers: identifiers ?? existing?.identifiers,
      dataObjects: dataObjects ?? existing?.dataObjects,
      hosting: hosting ?? existing?.hosting,
      contact: contact ?? existing?.contact,
    },
    {
      ...{ kind: 'other', name: anyName, legalBasis: '', identifiers: [], dataObjects: [] },
      hosting: { place: 'own', address: '' },
      contact: { name: '', email: '', phone: '' },
    },
  )
  return {
    id,
    owner: patch.owner ?? existing?.owner ?? memberInResource(id),
    ...needed,
    state: patch.state ?? existing?.state ?? stateClasses.has(id.split('/')[1] ?? ''),
    registerNumber: kept(patch.registerNumber, existing?.registerNumber),
    offeredBy: patch.offeredBy ?? existing?.offeredBy ?? [],
    readBy: patch.readBy ?? existing?.readBy ?? [],
    status: patch.status ?? existing?.status ?? 'active',
    successor: kept(patch.successor, existing?.successor),
    important: patch.important ?? existing?.important ?? false,
    archivePlace: kept(patch.archivePlace, existing?.archivePlace),
  }
}

export const completePersonalData: Complete<DeclaredPersonalData, PersonalDataSystem> = (
  declared,
  existing,
) => {
  const { id, patch } = declared
  const needed = whole(
    declared,
    {
      purpose: patch.purpose ?? existing?.purpose,
      categories: patch.categories ?? existing?.categories,
      legalBasis: patch.legalBasis ?? existing?.legalBasis,
    },
    { purpose: '', categories: [''], legalBasis: '' },
  )
  return {
    id,
    ...needed,
    noPinReason: kept(patch.noPinReason, existing?.noPinReason),
    registerNumber: kept(patch.registerNumber, existing?.registerNumber),
    status: patch.status ?? existing?.status ?? 'active',
  }
}
