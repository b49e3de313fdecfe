import { randomUUID } from 'node:crypto'
import { signAssertion, type AssertionToSign } from '../src/assertion/sign-assertion.js'
import type { Credentials } from './sample-pki.js'

interface AskingSystem {
  readonly client: string
  readonly service: string
  readonly credentials: Credentials
}

/** The portal, where the user has logged in with an electronic signature, says who asks. */
export function assertedBy(
  { client, service, credentials }: AskingSystem,
  subject: AssertionToSign['subject'],
  messageId: string,
): string {
  const { privateKey, thumbprint: certificateThumbprint } = credentials
  return signAssertion(
    {
      ...{ issuer: client, client, service, messageId, subject, id: randomUUID() },
      ...{ assurance: 'e-signature', issuedAt: new Date(), lifetimeMs: 60_000 },
    },
    { privateKey, certificateThumbprint },
  )
}
