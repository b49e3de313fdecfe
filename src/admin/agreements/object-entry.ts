import { z } from 'zod'
import {
  memberOf,
  providerOf,
  type ServiceId,
  type SubsystemId,
} from '../../exchange/identifier.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import { hostingPlaces, resourceKinds } from '../../registry/resource.js'
import { Problem } from '../problem.js'
import { serviceFields, subsystemFields } from '../registry/fields.js'
import { subsystemDocument, type Wrapped } from '../registry/wrapped.js'
import { placeOfIssue } from '../schema-issue.js'

/**
 * What a participant may say of its object. Standing, owner and what belongs to another object are the desk's to say; whether the rest is
 * right in every part, the reader of declarations says.
 */
const systemFields = subsystemFields.omit({ domain: true, name: true, successor: true })
const offeredFields = serviceFields.omit({ name: true, contract: true })
const resourceFields = z
  .strictObject({
    kind: z.enum(resourceKinds),
    legalBasis: z.string(),
    identifiers: z.array(z.string()),
    dataObjects: z.array(z.record(z.string(), z.unknown())),
    hosting: z.strictObject({ place: z.enum(hostingPlaces), address: z.string() }),
    contact: z.record(z.string(), z.unknown()),
    state: z.boolean(),
    registerNumber: z.string().nullable(),
    offeredBy: z.array(z.string()),
    readBy: z.array(z.string()),
    important: z.boolean(),
  })
  .partial()

type Fields = Readonly<Record<string, unknown>>

/** The part of a declaration that has the object. */
export interface ObjectEntry {
  /**
   * @param more - what the desk says of it
   * @param system - of a service whose system is not there yet: what that is to be
   */
  document(more: Fields, system?: Fields): Wrapped
  /** Its owner and standing in the registry; undefined where it is new. */
  present(content: RegistryContent): { readonly owner: string; readonly status: string } | undefined
}

/** @throws Problem UNPROCESSABLE with the places in the application */
export function objectEntry(connectionCase: ConnectionCase): ObjectEntry {
  switch (connectionCase.kind) {
    case 'system':
      return systemEntry(connectionCase)
    case 'service':
      return serviceEntry(connectionCase)
    case 'resource':
      return resourceEntry(connectionCase)
  }
}

function systemEntry({ objectId, domain, member, application }: ConnectionCase): ObjectEntry {
  const fields = {
    ...{ ...declared(systemFields, application.declaration), domain },
    // Its name stays that of the member which has merged into the owner.
    ...(memberOf(objectId as SubsystemId) !== member && { owner: member }),
  }
  return {
    document: (more) => subsystemDocument(objectId, { ...fields, name: application.name, ...more }),
    present: ({ subsystems }) => subsystems.find(({ id }) => id === objectId),
  }
}

function serviceEntry({ objectId, application }: ConnectionCase): ObjectEntry {
  const { contract, name } = application
  const fields = {
    ...declared(offeredFields, application.declaration),
    ...(contract !== undefined && { contract: { digest: contract } }),
  }
  const system = providerOf(objectId as ServiceId)
  return {
    document(more, of = {}) {
      const [code, version] = objectId.split('/').slice(4)
      const services = [{ code, version, ...fields, name, ...more }]
      const { document, prefix } = subsystemDocument(system, { ...of, services })
      return { document, prefix: `${prefix}/services/0` }
    },
    present({ services, subsystems }) {
      const service = services.find(({ id }) => id === objectId)
      const owner = subsystems.find(({ id }) => id === system)?.owner
      return service && owner ? { owner, status: service.status } : undefined
    },
  }
}

function resourceEntry({ objectId, member, application }: ConnectionCase): ObjectEntry {
  const { hosting, responsible, name } = application
  const fields = {
    ...(hosting && { hosting }),
    ...(responsible && {
      contact: { name: responsible.name, email: responsible.email, phone: responsible.phone },
    }),
    ...declared(resourceFields, application.declaration),
  }
  const [instance] = objectId.split('/')
  return {
    document: (more) => ({
      document: {
        instance,
        resources: [{ id: objectId, owner: member, ...fields, name, ...more }],
      },
      prefix: '/resources/0',
    }),
    present: ({ resources }) => resources.find(({ id }) => id === objectId),
  }
}

/** The system that a case is about: that of a service, or the system itself; undefined for a resource. */
export function systemOf({ kind, objectId }: ConnectionCase): SubsystemId | undefined {
  if (kind === 'resource') return undefined
  return kind === 'service' ? providerOf(objectId as ServiceId) : (objectId as SubsystemId)
}

const fieldsOf = { system: systemFields, service: offeredFields, resource: resourceFields } as const

/**
 * What cannot be declared of such an object is refused with the application, and not first at the registration, when it cannot change any more.
 * @throws Problem UNPROCESSABLE with the places
 */
export function checkDeclaration({
  kind,
  declaration,
}: Pick<ConnectionCase['application'], 'kind' | 'declaration'>): void {
  declared(fieldsOf[kind], declaration, '/declaration')
}

function declared<Schema extends z.ZodType<Record<string, unknown>>>(
  schema: Schema,
  declaration: ConnectionCase['application']['declaration'],
  pointerTo: string = declarationPointer,
): z.infer<Schema> {
  const read = schema.safeParse(declaration)
  if (read.success) return read.data
  const places = read.error.issues.map((issue) => placeOfIssue(issue, true, undefined))
  throw new Problem('UNPROCESSABLE', {
    errors: places.map(({ pointer, detail }) => ({
      pointer: `${pointerTo}${pointer}`,
      detail,
    })),
  })
}

/** Where an application has what becomes an entry of the registry. */
export const declarationPointer = '/application/declaration'
