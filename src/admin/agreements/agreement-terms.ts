import { partyOf, type AgreementTerms } from '../../agreement/agreement.js'
import { findAgreement } from '../../agreement/agreement.store.js'
import { agreementYearsMax } from '../../agreement/limits.js'
import type { RequirementSets } from '../../connection/requirement-sets.js'
import type { BilingualText } from '../../exchange/fault.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import type { NewAgreement } from './agreement-json.js'
import { memberStatus } from './agreement-facts.store.js'

/**
 * The terms of a draft, complete.
 * @throws Problem UNPROCESSABLE with the places
 */
export async function termsOf(
  client: AdminTransaction,
  body: NewAgreement,
  requirementSets: RequirementSets,
  now: Date,
): Promise<AgreementTerms> {
  const member = await admittedMember(client, body.member)
  const renewedUntil = await renewedEnd(client, body, member)
  const earliest = renewedUntil && renewedUntil > now ? renewedUntil : now
  const from = body.from === undefined ? earliest : new Date(body.from)
  const until = new Date(body.until)
  if (renewedUntil && from < renewedUntil) {
    throw wrong('/from', {
      az: 'yenilənən müqavilənin sonundan tez ola bilməz',
      en: 'must not be before the end of the agreement that it renews',
    })
  }
  checkSpan(from, until, now)
  const { version: requirementSet } = await requirementSets.inForceAt(client, now)
  if (body.requirementSet !== undefined && body.requirementSet !== requirementSet) {
    throw wrong('/requirementSet', {
      az: `texniki tələblərin qüvvədə olan versiyası deyil: ${requirementSet}`,
      en: `is not the version of the technical requirements in force: ${requirementSet}`,
    })
  }
  return { member, requirementSet, renews: body.renews, from, until }
}

async function admittedMember(client: AdminTransaction, id: string): Promise<MemberId> {
  const status = await memberStatus(client, id)
  if (status !== undefined && status !== 'liquidated') return id as MemberId
  throw wrong('/member', {
    az: 'belə iştirakçı yoxdur',
    en: 'is no participant of the bus',
  })
}

async function renewedEnd(
  client: AdminTransaction,
  { renews }: NewAgreement,
  member: MemberId,
): Promise<Date | undefined> {
  if (renews === undefined) return undefined
  const renewed = await findAgreement(client, renews)
  if (
    renewed &&
    partyOf(renewed) === member &&
    (renewed.state === 'concluded' || renewed.state === 'ended')
  ) {
    return renewed.until
  }
  throw wrong('/renews', {
    az: 'iştirakçının belə bağlanmış müqaviləsi yoxdur',
    en: 'is no concluded agreement of the participant',
  })
}

function checkSpan(from: Date, until: Date, now: Date): void {
  const latest = new Date(now)
  latest.setUTCFullYear(latest.getUTCFullYear() + agreementYearsMax)
  if (from >= until || until <= now) {
    throw wrong('/until', {
      az: 'başlanğıcdan və indiki vaxtdan sonra olmalıdır',
      en: 'must be after the beginning, and to come',
    })
  }
  if (until > latest) {
    throw wrong('/until', {
      az: `ən çoxu ${agreementYearsMax} il sonra ola bilər`,
      en: `must be within ${agreementYearsMax} years`,
    })
  }
}

function wrong(pointer: string, detail: BilingualText): Problem {
  return new Problem('UNPROCESSABLE', { errors: [{ pointer, detail }] })
}
