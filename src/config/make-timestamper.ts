import { issueRoot, issueTimestamper, type Subject } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair, privateKeyPem } from '../trust/issuing/key-pair.js'
import { makeFolder } from './make-folder.js'

const dayMs = 86_400_000
// A timestamp is asked for when the exchange is long past.
const ownValidityDays = 3_650

/** Makes `folder` with a root and a certificate of timestamps below it, valid for ten years. */
export async function makeTimestamper(folder: string, now: Date): Promise<void> {
  const terms = (name: string): Parameters<typeof issueRoot>[0] => ({
    subject: subjectOf(name),
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + ownValidityDays * dayMs),
  })
  const rootKeys = await makeKeyPair('p256')
  const root = await issueRoot(terms('Sluice timestamps root (not independent)'), rootKeys)
  const keys = await makeKeyPair('p256')
  const issuer = { certificate: root, privateKey: rootKeys.privateKey }
  const name = 'Sluice timestamps by the bus itself (not independent)'
  const own = await issueTimestamper(terms(name), keys.publicKey, issuer)
  // The root's key is thrown away: nothing else is ever issued under it.
  makeFolder(folder, {
    'tsa-key.pem': { secret: privateKeyPem(keys.privateKey) },
    'tsa.pem': own.pem,
    'tsa-ca.pem': root.pem,
  })
}

function subjectOf(name: string): Subject {
  return [
    ['O', 'Sluice'],
    ['CN', name],
  ]
}
