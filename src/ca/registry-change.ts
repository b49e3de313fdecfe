import type { Plan } from '../registry/plan/plan.js'
import { planDocument } from '../registry/plan/plan-document.js'
import type { RegistryContent } from '../registry/registry-content.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { CaError } from './ca-error.js'

/** One certificate as a declaration has it: new, by its PEM, or known, by its thumbprint. */
export type CertificateChange =
  | { readonly pem: string }
  | { readonly thumbprint: string; readonly status: 'active' | 'held' | 'revoked' }

/** One authority as a declaration has it. */
export interface AuthorityChange {
  readonly name: string
  readonly pem?: string | undefined
  readonly role?: string | undefined
  readonly revocation?: string | undefined
  readonly crl?: string | null | undefined
  readonly status?: string | undefined
}

/**
 * What a change does to the registry, by the rules of declarations: there are no others.
 * @throws CaError STATUS_REFUSED with what is wrong
 */
export function planCertificate(
  content: RegistryContent,
  subsystem: SubsystemId,
  certificate: CertificateChange,
): Plan {
  const [, memberClass, code, subsystemCode] = subsystem.split('/')
  const members = [
    {
      ...{ class: memberClass, code },
      subsystems: [{ code: subsystemCode, certificates: [certificate] }],
    },
  ]
  return planned(content, { members })
}

/** The same for an authority. @throws CaError STATUS_REFUSED with what is wrong */
export function planAuthority(content: RegistryContent, authority: AuthorityChange): Plan {
  return planned(content, { authorities: [authority] })
}

function planned(content: RegistryContent, declared: object): Plan {
  const text = JSON.stringify({ instance: content.instance, ...declared })
  const plan = planDocument(content, text, new Date())
  const [first] = plan.problems
  if (first) throw new CaError('STATUS_REFUSED', `The registry does not take it: ${first.problem}.`)
  return plan
}
