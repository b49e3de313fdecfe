import { setImmediate as breathe } from 'node:timers/promises'
import type { Authority } from './authority.js'
import type { OcspSubject, OcspSubjectOf } from './ocsp-answer.js'
import type { RegistrySnapshot } from './snapshot.js'

/** An accepted authority that is asked by OCSP. */
export type AskedAuthority = Authority & { readonly ocsp: string }

/** A certificate about which an authority's responder is to be asked. */
export interface Asked {
  readonly thumbprint: string
  readonly subject: OcspSubject<AskedAuthority>
}

/** What the refresh reads of the registry. */
export type OcspRegistry = Pick<RegistrySnapshot, 'authorities' | 'certificates' | 'ocspAnswers'>

const readsBetweenBreaths = 64

/**
 * Finds the certificates that the bus needs OCSP answers about: active ones of systems, and authorities below an
 * anchor. A certificate is read once, for as long as the authorities stay the same.
 */
export class OcspSubjects {
  readonly #subjectOf: OcspSubjectOf
  readonly #known = new Map<string, OcspSubject<AskedAuthority> | undefined>()
  #authorities = ''

  constructor(subjectOf: OcspSubjectOf) {
    this.#subjectOf = subjectOf
  }

  async of({ authorities, certificates }: OcspRegistry): Promise<Asked[]> {
    const text = JSON.stringify(authorities.map(({ thumbprint, ocsp }) => [thumbprint, ocsp]))
    if (text !== this.#authorities) this.#known.clear()
    this.#authorities = text
    const asked: Asked[] = []
    if (!authorities.some(isAsked)) return asked
    const found = [
      ...[...certificates.values()].filter(({ status }) => status === 'active'),
      ...authorities.filter(({ role }) => role === 'intermediate'),
    ]
    let read = 0
    for (const { thumbprint, der } of found) {
      if (!this.#known.has(thumbprint)) {
        this.#known.set(thumbprint, this.#read(der, authorities))
        if (++read % readsBetweenBreaths === 0) await breathe()
      }
      const subject = this.#known.get(thumbprint)
      if (subject) asked.push({ thumbprint, subject })
    }
    return asked
  }

  #read(
    der: Uint8Array,
    authorities: readonly Authority[],
  ): OcspSubject<AskedAuthority> | undefined {
    try {
      return this.#subjectOf(der, authorities.filter(isAsked))
    } catch {
      // What is no certificate is refused wherever it is shown.
      return undefined
    }
  }
}

function isAsked(authority: Authority): authority is AskedAuthority {
  return authority.revocation === 'ocsp' && authority.ocsp !== undefined
}
