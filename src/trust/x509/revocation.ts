import type { Certificate } from './certificate.js'
import { reasonRemoveFromCrl } from './crl-entries.js'
import type { RevocationList } from './crl.js'
import {
  currentTrouble,
  deltaFor,
  scopeTrouble,
  signerOf,
  type ListUse,
  type ValidateCrlIssuer,
} from './revocation-lists.js'
import { allReasons, type DistributionPoint } from './distribution-point.js'
import { spend, timeText, type PathContext } from './path-context.js'
import { PathError } from './path-error.js'
import { checkAnswers } from './revocation-answers.js'
import { reasonText } from './revocation-reason.js'

/**
 * RFC 5280 §6.3: whether any certificate of the path is revoked. Fails closed: without current lists
 * for every revocation reason, or a current answer, the status is unknown, and unknown is refused.
 * @param path end entity first, trust anchor last
 * @returns until when each list and answer that was used holds
 * @throws PathError revoked, revocation-unknown
 */
export function checkRevocation(
  path: readonly Certificate[],
  context: PathContext,
  validate: ValidateCrlIssuer,
): Date[] {
  const until: Date[] = []
  const [anchor, ...below] = path.toReversed()
  let issuer = anchor
  for (const certificate of below) {
    if (issuer && anchor) {
      until.push(...new StatusCheck(certificate, issuer, anchor, context, validate).run())
    }
    issuer = certificate
  }
  return until
}

/** The state variables of §6.3.2 for one certificate. */
class StatusCheck {
  readonly #use: ListUse
  readonly #troubles: string[] = []
  readonly #until: Date[] = []
  #reasons = 0

  constructor(
    certificate: Certificate,
    issuer: Certificate,
    anchor: Certificate,
    context: PathContext,
    validate: ValidateCrlIssuer,
  ) {
    this.#use = { certificate, issuer, anchor, context, validate }
  }

  run(): Date[] {
    const { certificate, issuer, context } = this.#use
    const subject = certificate.subject.text
    const policy = context.trust.revocationPolicy(issuer)
    if (policy === 'ocsp' || policy === 'ocsp-if-answered') {
      return checkAnswers(certificate, issuer, context, policy === 'ocsp-if-answered')
    }
    if (policy === 'none') {
      const text = `Revocation is not checked for certificates of ${issuer.subject.text}.`
      context.onStep({ outcome: 'note', subject, section: '6.3', text })
      return []
    }
    // After the certificate's own points, the issuer's list for everything (§6.3.3, last part).
    const points = [...certificate.distributionPoints, issuersOwnPoint(certificate)]
    for (const point of points) {
      if (this.#reasons !== allReasons) this.#consult(point)
    }
    if (this.#reasons !== allReasons) {
      const why = this.#troubles[0] ?? 'the bus has no revocation list for it'
      const text = `Whether it is revoked could not be established: ${why}.`
      throw new PathError('revocation-unknown', subject, '6.3.3', text)
    }
    const text = `It is not revoked, by the revocation lists of ${issuer.subject.text}.`
    context.onStep({ outcome: 'passed', subject, section: '6.1.3 (a)(3)', text })
    return this.#until
  }

  /** §6.3.3 (a) to (l) for one distribution point. */
  #consult(point: DistributionPoint): void {
    const { certificate, context } = this.#use
    const issuers = point.hasCrlIssuer ? point.crlIssuers : [certificate.issuer]
    for (const name of issuers) {
      for (const list of context.trust.revocationLists.get(name.key) ?? []) {
        if (list.baseNumber !== undefined) continue
        spend(context, certificate.subject.text)
        const reasons = point.reasons & (list.issuingDistributionPoint?.reasons ?? allReasons)
        // §6.3.3 (e): a list that covers no further reason is not looked at.
        if ((reasons & ~this.#reasons) === 0) continue
        const trouble = this.#read(list, point)
        if (trouble) this.#troubles.push(trouble)
        else this.#reasons |= reasons
      }
    }
  }

  /** @returns why the list cannot be used, or undefined when it says that all is well */
  #read(list: RevocationList, point: DistributionPoint): string | undefined {
    const { certificate, context } = this.#use
    const trouble = scopeTrouble(list, point, certificate) ?? currentTrouble(list, context.at)
    if (trouble) return trouble
    const signed = signerOf(list, this.#use)
    if (typeof signed === 'string') return signed
    const delta = deltaFor(list, signed.by, context)
    const entry =
      delta?.entry(certificate.issuer, certificate.serial) ??
      list.entry(certificate.issuer, certificate.serial)
    if (entry && entry.reason !== reasonRemoveFromCrl) {
      const since = entry.revokedAt()
      const when = since ? ` on ${timeText(since)}` : ''
      const text = `It was revoked${when} (${reasonText(entry.reason)}).`
      throw new PathError('revoked', certificate.subject.text, '6.1.3 (a)(3)', text)
    }
    this.#until.push(...signed.until, ...ends(list), ...ends(delta))
    return undefined
  }
}

function ends(list: RevocationList | undefined): Date[] {
  return list?.nextUpdate ? [list.nextUpdate] : []
}

function issuersOwnPoint(certificate: Certificate): DistributionPoint {
  const full = [`directory:${certificate.issuer.key}`]
  return {
    name: { full, relative: undefined },
    reasons: allReasons,
    crlIssuers: [],
    hasCrlIssuer: false,
  }
}
