import { randomUUID, type KeyObject } from 'node:crypto'
import { signAssertion, type AssertionToSign } from '../assertion/sign-assertion.js'
import { assertionLimits } from '../limits/persons.js'
import { UsageError } from './command-io.js'

/** Who the user is, and how that is known. */
export type AssertionOptions = Pick<AssertionToSign, 'subject' | 'assurance'>

/** @throws UsageError */
export function readAssertionOptions(values: {
  readonly assert?: string | undefined
  readonly acr?: string | undefined
}): AssertionOptions | undefined {
  const { assert, acr = 'code-password' } = values
  if (acr !== 'code-password' && acr !== 'e-signature') {
    throw new UsageError('--acr must be code-password or e-signature.')
  }
  return assert === undefined ? undefined : { subject: subjectIn(assert), assurance: acr }
}

/** What is in it is for the bus to judge. */
function subjectIn(text: string): AssertionToSign['subject'] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError('--assert must be a JSON object, such as \'{"fin":"0TEST01"}\'.')
}

/** The system that asks says itself who its user is. */
export function assertionOf(
  assertion: AssertionOptions,
  request: Pick<AssertionToSign, 'client' | 'service' | 'messageId'>,
  { privateKey, thumbprint }: { readonly privateKey: KeyObject; readonly thumbprint: string },
): string {
  return signAssertion(
    {
      ...request,
      ...assertion,
      issuer: request.client,
      id: randomUUID(),
      issuedAt: new Date(),
      lifetimeMs: assertionLimits.lifetimeMsMax,
    },
    { privateKey, certificateThumbprint: thumbprint },
  )
}
