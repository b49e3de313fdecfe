import { issueEndEntity, issueRoot } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair, privateKeyPem, type IssuedKeyType } from '../trust/issuing/key-pair.js'
import { makeFolder } from './make-folder.js'

const dayMs = 86_400_000
const ownValidityDays = 825

/** How an identity of the bus's own making is made. */
export interface OwnIdentity {
  readonly folder: string
  readonly keyType: IssuedKeyType
  readonly commonName: string
}

/** Makes `folder` with a root and a certificate below it, valid for 825 days. */
export async function makeIdentity(
  folder: string,
  { keyType, commonName }: OwnIdentity,
  now: Date,
): Promise<void> {
  const rootKeys = await makeKeyPair(keyType)
  const terms = (name: string): Parameters<typeof issueRoot>[0] => ({
    subject: [
      ['O', 'Sluice'],
      ['CN', name],
    ],
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + ownValidityDays * dayMs),
  })
  const root = await issueRoot(terms(`${commonName} root`), rootKeys)
  const keys = await makeKeyPair(keyType)
  const issuer = { certificate: root, privateKey: rootKeys.privateKey }
  const bus = await issueEndEntity(terms(commonName), keys.publicKey, issuer)
  // The root's key is thrown away: nothing else is ever issued under it.
  makeFolder(folder, {
    'bus-key.pem': { secret: privateKeyPem(keys.privateKey) },
    'bus.pem': bus.pem,
    'bus-ca.pem': root.pem,
  })
}
