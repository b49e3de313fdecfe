import { hash, X509Certificate } from 'node:crypto'
import type { AdministratorChanges, ChangedAdministrator } from './administrator-changes.js'
import { insertCertificate, removeCertificate } from './administrator.store.js'
import type { Administrator, AdministratorCertificate } from './administrator.js'
import type { Doer } from './doer.js'
import { certificatesPerAdministratorMax } from './limits.js'
import { Problem } from '../problem.js'

/** What an administrator logs in with beside a password; each binding is an act of somebody else. */
export class CredentialChanges {
  readonly #changes: AdministratorChanges
  readonly #issuer: string | undefined

  /** @param issuer - the OpenID provider; undefined where none is configured */
  constructor(changes: AdministratorChanges, issuer: string | undefined) {
    this.#changes = changes
    this.#issuer = issuer
  }

  /**
   * Registers a certificate: whoever has its key may log in with it, on a connection whose TLS accepts its chain.
   * @param pem - the certificate alone
   * @throws Problem INVALID for what is none, UNPROCESSABLE for one that has expired, CONFLICT for one that somebody has
   */
  addCertificate(doer: Doer, which: ChangedAdministrator, pem: string): Promise<Administrator> {
    return this.#changes.change(doer, which, async (client, { id, certificates }, now) => {
      const certificate = readCertificate(pem, now)
      if (certificates.length >= certificatesPerAdministratorMax) {
        throw new Problem('CONFLICT', {
          detail: {
            az: `İnzibatçının ən çoxu ${certificatesPerAdministratorMax} sertifikatı ola bilər`,
            en: `An administrator has at most ${certificatesPerAdministratorMax} certificates`,
          },
        })
      }
      if (!(await insertCertificate(client, id, certificate))) {
        throw new Problem('CONFLICT', {
          detail: {
            az: 'Bu sertifikat artıq qeydiyyatdadır',
            en: 'This certificate is registered already',
          },
        })
      }
      return { kind: 'administrator.certificate', columns: {} }
    })
  }

  /** Ends the sessions, too. @throws Problem NOT_FOUND */
  removeCertificate(
    doer: Doer,
    which: ChangedAdministrator,
    thumbprint: string,
  ): Promise<Administrator> {
    return this.#changes.change(doer, which, async (client, { id }, now) => {
      if (!(await removeCertificate(client, id, thumbprint, now))) throw new Problem('NOT_FOUND')
      return { kind: 'administrator.certificate', columns: {}, revoke: 'credentials' }
    })
  }

  /**
   * Binds an administrator to a subject of the OpenID provider, or to none.
   * @throws Problem UNPROCESSABLE where no provider is configured, CONFLICT for a subject that somebody has
   */
  async bindOpenId(
    doer: Doer,
    which: ChangedAdministrator,
    subject: string | undefined,
  ): Promise<Administrator> {
    const issuer = this.#issuer
    if (issuer === undefined && subject !== undefined) {
      throw new Problem('UNPROCESSABLE', {
        detail: {
          az: 'OpenID provayderi qurulmayıb',
          en: 'No OpenID provider is configured',
        },
      })
    }
    const columns = {
      oidc_issuer: subject === undefined ? null : (issuer ?? null),
      oidc_subject: subject ?? null,
    }
    try {
      return await this.#changes.change(doer, which, () => ({
        ...{ kind: 'administrator.openid', columns, revoke: 'credentials' },
      }))
    } catch (error) {
      if ((error as { code?: string }).code !== uniqueViolation) throw error
      throw new Problem('CONFLICT', {
        detail: {
          az: 'Bu şəxs başqa inzibatçıya bağlanıb',
          en: 'This subject is bound to another administrator',
        },
        cause: error,
      })
    }
  }
}

const uniqueViolation = '23505'

/** @throws Problem INVALID, UNPROCESSABLE */
function readCertificate(pem: string, now: Date): AdministratorCertificate {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem)
  } catch (error) {
    const detail = { az: 'PEM formatında X.509 sertifikatı', en: 'an X.509 certificate in PEM' }
    throw new Problem('INVALID', { errors: [{ pointer: '/certificate', detail }], cause: error })
  }
  const expiresAt = new Date(certificate.validTo)
  if (expiresAt <= now) {
    throw new Problem('UNPROCESSABLE', {
      detail: { az: 'Sertifikatın müddəti bitib', en: 'The certificate has expired' },
    })
  }
  const thumbprint = hash('sha256', certificate.raw, 'base64url')
  return { thumbprint, subject: certificate.subject, expiresAt, addedAt: now }
}
