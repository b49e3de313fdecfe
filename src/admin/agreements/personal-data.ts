import type { ConnectionCase } from '../../connection/connection-case.js'
import { folded } from '../../registry/folded.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import { isKeyedByPin, pinIdentifier } from '../../registry/resource.js'
import { Problem } from '../problem.js'
import { systemOf } from './object-entry.js'

/**
 * The entry of the second State Register that an object with personal data has, or gets by its application.
 * @param contractHasPersonalData - whether the contract of a service says so
 * @returns the declaration of a new entry; undefined where there is one, or none is needed
 * @throws Problem CONFLICT for personal data without an entry
 */
export function personalDataEntry(
  connectionCase: ConnectionCase,
  content: Pick<RegistryContent, 'personalData' | 'resources'>,
  contractHasPersonalData: boolean,
): object | undefined {
  const { application, objectId } = connectionCase
  const holder = systemOf(connectionCase) ?? objectId
  const isThere = content.personalData.some(
    ({ id, status }) => status === 'active' && (id === holder || id === objectId),
  )
  if (isThere) return undefined
  if (application.personalData) return { id: holder, ...application.personalData }
  if (!contractHasPersonalData && !namesPersons(connectionCase, content)) return undefined
  throw new Problem('CONFLICT', {
    detail: {
      az: 'Obyektdə fərdi məlumatlar var, amma fərdi məlumatların informasiya sistemlərinin reyestrində qeydi yoxdur: müraciətə personalData əlavə edin',
      en: 'The object holds personal data and has no entry in the register of personal-data systems: add personalData to the application',
    },
  })
}

/** Whether it gives, asks for or is found by what is a person's: the PIN, or data of a resource that is kept by PIN. */
function namesPersons(
  { application }: ConnectionCase,
  { resources }: Pick<RegistryContent, 'resources'>,
): boolean {
  const { dataObjects, asksFor, declaration } = application
  const { identifiers, subjects } = declaration
  if (Array.isArray(subjects) && subjects.length > 0) return true
  const found: readonly unknown[] = Array.isArray(identifiers) ? identifiers : []
  const named = [...dataObjects, ...asksFor, ...found]
  const keys = new Set(named.filter((each) => typeof each === 'string').map(folded))
  if (keys.has(pinIdentifier)) return true
  return resources
    .filter(isKeyedByPin)
    .some((resource) => resource.dataObjects.some(({ code }) => keys.has(folded(code))))
}
