import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { entryJson } from '../../registry/plan/entry-json.js'
import type { Service } from '../../registry/service.js'
import { accessRightStatuses } from '../../registry/access-right.js'
import { partyStatuses } from '../../registry/member.js'
import { serviceStatuses } from '../../registry/service.js'

/** Entries of the registry as the API gives them. */

const name = z.object({ az: z.string(), en: z.string() })
const moment = z.iso.datetime()

export const memberSchema = z
  .object({
    id: z.string(),
    name,
    status: z.enum(partyStatuses),
    successor: z.string().optional(),
    aliasUntil: moment.optional(),
    archived: z.boolean(),
  })
  .meta({ id: 'Member', description: 'An agency or company admitted to the bus' })

export const subsystemSchema = z
  .object({
    id: z.string(),
    owner: z.string(),
    domain: z.string(),
    name,
    replySignature: z.string(),
    mq: z.boolean(),
    status: z.enum(partyStatuses),
    successor: z.string().optional(),
    important: z.boolean(),
    archivePlace: z.string().optional(),
    zones: z.array(z.string()),
    clientCertificate: z.boolean(),
    assertsUsers: z.boolean(),
    archived: z.boolean(),
  })
  .meta({ id: 'Subsystem', description: 'A registered information system' })

export const serviceSchema = z
  .object({
    id: z.string(),
    name: name.optional(),
    default: z.boolean(),
    protocol: z.string(),
    address: z
      .string()
      .optional()
      .describe('For the owner, the operator, the coordinator and security'),
    pattern: z.string(),
    modes: z.array(z.string()),
    idempotent: z.boolean(),
    providerSignature: z.string(),
    soap: z.record(z.string(), z.string()).optional(),
    contract: z.object({ digest: z.string(), request: z.string(), reply: z.string() }).optional(),
    classification: z.string(),
    limits: z.record(z.string(), z.int()),
    subjects: z.array(
      z.object({ type: z.string(), request: z.string(), reply: z.string().optional() }),
    ),
    assurance: z.string().optional(),
    rate: z.object({ perSecond: z.int(), burst: z.int() }).optional(),
    status: z.enum(serviceStatuses),
    from: moment.optional(),
    until: moment.optional(),
    successor: z.string().optional(),
    deprecatedFrom: moment.optional(),
    archived: z.boolean(),
  })
  .meta({ id: 'Service', description: 'One version of a service' })

export const accessRightSchema = z
  .object({
    id: z.string(),
    consumer: z.string(),
    service: z.string(),
    legalBasis: z.string(),
    purpose: z.string(),
    from: moment,
    until: moment.optional(),
    modes: z.array(z.string()),
    status: z.enum(accessRightStatuses),
    omit: z.array(z.string()),
    dailyQuota: z.int().optional(),
  })
  .meta({ id: 'AccessRight', description: 'A permission of a provider to a consumer' })

/** A state that an entry was in, and who made it so. */
export function stateOf<Entry extends z.ZodType>(
  entry: Entry,
): z.ZodObject<{
  revision: z.ZodInt
  writtenAt: z.ZodISODateTime
  actor: z.ZodOptional<z.ZodString>
  entry: Entry
}> {
  return z.object({
    revision: z.int(),
    writtenAt: moment,
    actor: z.string().optional(),
    entry,
  })
}

/** An entry as JSON, without what is not there. */
export function plainJson(entry: object): JsonValue {
  const members = Object.entries(entryJson(entry) as Record<string, JsonValue | undefined>)
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

/** A service by the names that declarations have. @param withAddress - which only few may see */
export function serviceJson(
  { isDefault, address, ...service }: Service,
  withAddress: boolean,
): JsonValue {
  return plainJson({
    ...service,
    default: isDefault,
    soap: service.soap && (plainJson(service.soap) as object),
    subjects: service.subjects.map((each) => plainJson(each) as object),
    ...(withAddress && { address }),
  })
}
