import {
  AuthorityInfoAccessExtension,
  CRLDistributionPointsExtension,
  type Extension,
} from '@peculiar/x509'
import { memberOf, type SubsystemId } from '../exchange/identifier.js'
import type { Member } from '../registry/member.js'
import type { Subsystem } from '../registry/subsystem.js'
import type { CertificateTerms } from '../trust/issuing/issue-certificate.js'
import { CaError } from './ca-error.js'
import { certificateBackdatedMs, nameCharsMax } from './limits.js'

/** Whom certificates are counted by. */
export const holderTypes = ['state', 'legal', 'citizen'] as const
export type HolderType = (typeof holderTypes)[number]

export interface ProfileInput {
  readonly subsystem: Subsystem
  readonly owner: Member
  readonly validityDays: number
  /** When the authority's own certificate ends. */
  readonly authorityEnds: Date
  readonly publicUrl: string | undefined
  readonly now: Date
}

const dayMs = 86_400_000

/**
 * What the bus writes into a certificate. Nothing of it comes from the request but the key: whom it belongs to is
 * the registry's word.
 * @throws CaError SUBJECT_REFUSED, CA_NOT_READY
 */
export function certificateTerms(input: ProfileInput): CertificateTerms {
  const { subsystem, owner, validityDays, authorityEnds, publicUrl, now } = input
  if (subsystem.id.length > nameCharsMax) {
    throw new CaError(
      'SUBJECT_REFUSED',
      `The identifier ${subsystem.id} has more than ${nameCharsMax} characters, which no certificate can hold (RFC 5280 appendix A.1).`,
    )
  }
  const wanted = now.getTime() + validityDays * dayMs
  const notAfter = new Date(Math.min(wanted, authorityEnds.getTime()))
  if (notAfter <= now) throw new CaError('CA_NOT_READY', 'The certificate of the CA has expired.')
  return {
    subject: [
      ['C', 'AZ'],
      ['O', shortened(owner.name.az)],
      ['CN', subsystem.id],
    ],
    notBefore: new Date(now.getTime() - certificateBackdatedMs),
    notAfter,
    extensions: publicUrl === undefined ? [] : addressesAt(publicUrl),
  }
}

/** Where whoever has the certificate finds out whether it still holds (RFC 5280 §4.2.1.13, §4.2.2.1). */
function addressesAt(publicUrl: string): Extension[] {
  return [
    new CRLDistributionPointsExtension([`${publicUrl}/pki/crl.der`]),
    new AuthorityInfoAccessExtension({
      ocsp: `${publicUrl}/pki/ocsp`,
      caIssuers: `${publicUrl}/pki/ca.der`,
    }),
  ]
}

/** A longer name of an agency is cut: what tells systems apart is the common name. */
function shortened(name: string): string {
  const characters = Array.from(name)
  return characters.length <= nameCharsMax
    ? name
    : `${characters.slice(0, nameCharsMax - 1).join('')}…`
}

/** State bodies and municipalities, or others (bulletin 003B): the class is part of the identifier. */
export function holderTypeOf(subsystem: SubsystemId): HolderType {
  const [, memberClass] = memberOf(subsystem).split('/')
  return memberClass === 'GOV' || memberClass === 'MUN' ? 'state' : 'legal'
}
