import { z } from 'zod'
import { validationLevels } from '../../registry/contract.js'
import { exchangePatterns } from '../../registry/service.js'
import { pageQuery } from '../paging.js'
import { identifier } from '../registry/fields.js'
import type { KeptContract } from './contracts.store.js'

export const contractDigest = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

export const contractsQuery = pageQuery.extend({ service: identifier.optional() })

export const contractSchema = z
  .object({
    digest: z.string(),
    service: z
      .string()
      .optional()
      .describe('The service version that it is written for; */sened/v1: of any system'),
    protocols: z.array(z.string()).optional(),
    pattern: z.enum(exchangePatterns).optional(),
    validation: z
      .object({ request: z.enum(validationLevels), reply: z.enum(validationLevels) })
      .optional(),
    registeredAt: z.iso.datetime(),
    services: z.array(z.string()).describe('Service versions that are held to it'),
  })
  .meta({ id: 'Contract', description: 'A contract of services, by the digest of its files' })
export type ContractJson = z.infer<typeof contractSchema>

export function contractJson(contract: KeptContract): ContractJson {
  const { digest, facts, registeredAt, services } = contract
  const said = facts && {
    service: facts.service,
    protocols: [...facts.protocols],
    pattern: facts.pattern,
    validation: facts.validation,
  }
  return { digest, ...said, registeredAt: registeredAt.toISOString(), services: [...services] }
}
