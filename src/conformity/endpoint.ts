import { z } from 'zod'
import type { BilingualText } from '../exchange/fault.js'
import { schemaText } from '../schema-text.js'
import { flaw, pointerOf, type ApplicationFlaw } from './application-flaw.js'
import { applicationLimits } from './limits.js'

/** What of a service's declaration says how it is reached. The rest of it is read by who registers it. */
export interface DeclaredEndpoint {
  readonly protocol: 'rest' | 'soap' | 'mq'
  /** Undefined for queues. */
  readonly address: string | undefined
  /** Whether the provider signs its answers. */
  readonly isSigned: boolean
  readonly soap: {
    /** Whether a delivery has the bus's Security header, and the header blocks of the envelope. */
    readonly keepsSecurityHeader: boolean
    readonly keepsXroadHeaders: boolean
    readonly action: string | undefined
  }
}

const handling = z.enum(['keep', 'strip']).default('keep')

const schema = z.looseObject({
  protocol: z.enum(['rest', 'soap', 'mq']),
  address: z.string().max(applicationLimits.targetCharsMax).optional(),
  providerSignature: z.enum(['none', 'required']).default('none'),
  soap: z
    .object({
      securityHeader: handling,
      xroadHeaders: handling,
      action: z
        .string()
        .max(applicationLimits.targetCharsMax)
        .regex(/^[!#-~]*$/)
        .nullable()
        .default(null),
    })
    .default({ securityHeader: 'keep', xroadHeaders: 'keep', action: null }),
})

/** The endpoint that a service's declaration names, or what is wrong with it. */
export function readEndpoint(
  declaration: Readonly<Record<string, unknown>>,
):
  | { readonly endpoint: DeclaredEndpoint; readonly flaws: readonly [] }
  | { readonly endpoint: undefined; readonly flaws: readonly ApplicationFlaw[] } {
  const read = schema.safeParse(declaration)
  if (!read.success) {
    const flaws = read.error.issues.map((issue) => at(issue.path, schemaText(issue)))
    return { endpoint: undefined, flaws }
  }
  const { protocol, address, soap, providerSignature } = read.data
  const trouble = protocol === 'mq' ? undefined : addressTrouble(address)
  if (trouble) return { endpoint: undefined, flaws: [at(['address'], trouble)] }
  const endpoint: DeclaredEndpoint = {
    protocol,
    address: protocol === 'mq' ? undefined : address,
    isSigned: providerSignature === 'required',
    soap: {
      keepsSecurityHeader: soap.securityHeader === 'keep',
      keepsXroadHeaders: soap.xroadHeaders === 'keep',
      action: soap.action ?? undefined,
    },
  }
  return { endpoint, flaws: [] }
}

function at(path: readonly PropertyKey[], text: BilingualText): ApplicationFlaw {
  return flaw(pointerOf(['declaration', ...path]), text)
}

function addressTrouble(address: string | undefined): BilingualText | undefined {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (isHttp && !url.username && !url.password && !/[?#]/.test(address ?? '')) return undefined
  return {
    az: 'https:// ilə başlayan, adsız-parolsuz, sorğu hissəsi olmayan ünvan olmalıdır',
    en: 'must be an address that begins with https://, without user, password and query',
  }
}
