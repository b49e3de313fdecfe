import { parseCertificate, serialText } from '../trust/x509/certificate.js'
import { DerError } from '../trust/x509/der.js'
import type { NewNotice } from '../notice/notice.store.js'
import type { Certificate } from '../registry/certificate.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { Subsystem } from '../registry/subsystem.js'
import { expiryNoticeDays } from './limits.js'

const dayMs = 86_400_000

interface Ends {
  readonly serial: string
  readonly notAfter: Date
}

/** Finds certificates that end soon, whoever issued them; each is read once. */
export class ExpiryWatch {
  readonly #ends = new Map<string, Ends | undefined>()

  /**
   * What their holders are to be told now: of each certificate in use, the nearest of the days before its end that has
   * come. What was told before is known by its `once`.
   */
  due(
    certificates: Iterable<Certificate>,
    subsystem: (id: SubsystemId) => Subsystem | undefined,
    now: Date,
  ): NewNotice[] {
    const notices: NewNotice[] = []
    for (const certificate of certificates) {
      if (certificate.status === 'revoked') continue
      const ends = this.#endsOf(certificate)
      const owner = subsystem(certificate.subsystem)?.owner
      const days = ends && dueDays(ends.notAfter, now)
      if (!ends || days === undefined || owner === undefined) continue
      notices.push({
        member: owner,
        kind: 'certificate.expiry',
        subject: ends.serial,
        data: {
          ...{ subsystem: certificate.subsystem, thumbprint: certificate.thumbprint, days },
          notAfter: ends.notAfter.toISOString(),
        },
        once: `certificate.expiry ${certificate.thumbprint} ${days}`,
      })
    }
    return notices
  }

  #endsOf({ thumbprint, der }: Certificate): Ends | undefined {
    if (this.#ends.has(thumbprint)) return this.#ends.get(thumbprint)
    const ends = endsIn(der)
    this.#ends.set(thumbprint, ends)
    return ends
  }
}

function endsIn(der: Uint8Array): Ends | undefined {
  try {
    const certificate = parseCertificate(der)
    return { serial: serialText(certificate), notAfter: certificate.notAfter }
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function dueDays(notAfter: Date, now: Date): number | undefined {
  const left = notAfter.getTime() - now.getTime()
  if (left <= 0) return undefined
  return expiryNoticeDays.filter((days) => left <= days * dayMs).at(-1)
}
