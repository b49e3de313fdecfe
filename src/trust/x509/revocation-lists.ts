import type { AlgorithmPolicy } from './algorithm-policy.js'
import type { Certificate } from './certificate.js'
import type { RevocationList } from './crl.js'
import { pointNames, type DistributionPoint } from './distribution-point.js'
import { isSignedBy, noPolicyDemands, spend, timeText, type PathContext } from './path-context.js'
import { PathError } from './path-error.js'
import { maySignCrls } from './signer-checks.js'
import { withOnlyAnchor } from './trust-store.js'

/** Validates the path of a CRL issuer's certificate (RFC 5280 §6.3.3 (f)). @throws PathError */
export type ValidateCrlIssuer = (
  issuer: Certificate,
  context: PathContext,
) => { readonly validUntil: Date }

/** Whose status is asked of a list. */
export interface ListUse {
  readonly certificate: Certificate
  /** The certificate that vouches for it on the path. */
  readonly issuer: Certificate
  readonly anchor: Certificate
  readonly context: PathContext
  readonly validate: ValidateCrlIssuer
}

/** RFC 5280 §6.3.3 (b): whether the list speaks of this certificate at this distribution point. */
export function scopeTrouble(
  list: RevocationList,
  point: DistributionPoint,
  certificate: Certificate,
): string | undefined {
  const scope = list.issuingDistributionPoint
  if (point.hasCrlIssuer && !scope?.indirect) {
    return `the list of ${list.issuer.text} is not an indirect one, as the certificate says`
  }
  if (!scope) return undefined
  if (scope.name && !isNamed(list, point, certificate)) {
    return `the list of ${list.issuer.text} belongs to another distribution point`
  }
  const isCa = certificate.basicConstraints?.isCa ?? false
  if (scope.onlyUserCertificates && isCa) return 'the list holds no certificates of authorities'
  if (scope.onlyCaCertificates && !isCa) return 'the list holds certificates of authorities only'
  return scope.onlyAttributeCertificates ? 'the list holds attribute certificates only' : undefined
}

/** §6.3.3 (b)(2)(i): a name of the list's distribution point is a name of the certificate's. */
function isNamed(
  list: RevocationList,
  point: DistributionPoint,
  certificate: Certificate,
): boolean {
  const name = list.issuingDistributionPoint?.name
  if (!name) return true
  const issuers = point.hasCrlIssuer ? point.crlIssuers : [certificate.issuer]
  const wanted = point.name
    ? pointNames(point.name, issuers)
    : issuers.map((issuer) => `directory:${issuer.key}`)
  return pointNames(name, [list.issuer]).some((each) => wanted.includes(each))
}

/** Whether the list may be used at all at this time. */
export function currentTrouble(list: RevocationList, at: Date): string | undefined {
  const name = `the revocation list of ${list.issuer.text}`
  if (list.unknownCriticalExtension) {
    return `${name} has the critical extension ${list.unknownCriticalExtension}, which is unknown`
  }
  if (at < list.thisUpdate) return `${name} is not valid before ${timeText(list.thisUpdate)}`
  if (!list.nextUpdate) return `${name} does not say until when it is valid`
  return at < list.nextUpdate ? undefined : `${name} ran out on ${timeText(list.nextUpdate)}`
}

function algorithmTrouble(list: RevocationList, policy: AlgorithmPolicy): string | undefined {
  const trouble = policy.refusesSignature(list.signatureAlgorithm)
  return trouble && `the revocation list of ${list.issuer.text} is not accepted: ${trouble}`
}

interface SignedList {
  /** The certificate whose key signed the list. */
  readonly by: Certificate
  readonly until: readonly Date[]
}

/** §6.3.3 (f), (g): who signed the list, and may they? @returns what is wrong, for no one */
export function signerOf(list: RevocationList, use: ListUse): SignedList | string {
  const { issuer, anchor, context } = use
  const forbidden = algorithmTrouble(list, context.algorithms)
  if (forbidden) return forbidden
  let trouble = `the revocation list of ${list.issuer.text} was not signed by it`
  const named = context.trust.bySubject.get(list.issuer.key) ?? []
  // The issuer on the path comes first: it is validated already.
  for (const by of new Set([issuer, ...named])) {
    spend(context, use.certificate.subject.text)
    if (by.subject.key !== list.issuer.key || !isSignedBy(list, by)) continue
    if (!maySignCrls(by)) {
      trouble = `the key usage of ${list.issuer.text} does not include cRLSign`
    } else if (by === issuer || by === anchor) {
      return { by, until: [] }
    } else {
      const validated = validateIssuer(by, use)
      if (typeof validated !== 'string') return validated
      trouble = validated
    }
  }
  return trouble
}

/** A CRL issuer beside the path needs a path of its own, to the same anchor. */
function validateIssuer(by: Certificate, use: ListUse): SignedList | string {
  const { context, anchor } = use
  // A list that its own signer's validity hangs on proves nothing.
  if (context.crlIssuers.has(by)) return `${by.subject.text} would vouch for itself`
  try {
    const { validUntil } = use.validate(by, {
      ...context,
      // Policies are the end entity's matter.
      policies: noPolicyDemands,
      trust: withOnlyAnchor(context.trust, anchor),
      crlIssuers: new Set([...context.crlIssuers, by]),
    })
    return { by, until: [validUntil] }
  } catch (error) {
    if (!(error instanceof PathError) || error.reason === 'too-complex') throw error
    return `the issuer of the revocation list, ${by.subject.text}, is refused: ${error.message}`
  }
}

/** §6.3.3 (c), (h): the newest delta list that completes this one. */
export function deltaFor(
  list: RevocationList,
  by: Certificate,
  context: PathContext,
): RevocationList | undefined {
  const { number } = list
  if (number === undefined) return undefined
  return context.trust.revocationLists.get(list.issuer.key)?.find((delta) => {
    spend(context, list.issuer.text)
    return (
      delta.baseNumber !== undefined &&
      delta.number !== undefined &&
      delta.baseNumber <= number &&
      number < delta.number &&
      delta.issuingDistributionPoint?.scope === list.issuingDistributionPoint?.scope &&
      delta.authorityKeyId === list.authorityKeyId &&
      currentTrouble(delta, context.at) === undefined &&
      algorithmTrouble(delta, context.algorithms) === undefined &&
      isSignedBy(delta, by)
    )
  })
}
