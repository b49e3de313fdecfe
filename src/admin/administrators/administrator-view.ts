import type { JsonValue } from '../../canonical-json.js'
import type { Administrator } from './administrator.js'

/** An administrator as the audit log has them, before and after an act: no secrets, and not who locked them out. */
export function auditedAdministrator(administrator: Administrator): Record<string, JsonValue> {
  const { login, name, email, member, status, mustChangePassword, hasTotp, oidc } = administrator
  return {
    ...{ login, name, status, mustChangePassword, hasTotp },
    email: email ?? null,
    member: member ?? null,
    openId: oidc ? { issuer: oidc.issuer, subject: oidc.subject } : null,
    certificates: administrator.certificates.map(({ thumbprint }) => thumbprint),
  }
}
