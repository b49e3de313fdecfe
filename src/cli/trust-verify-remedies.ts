import type { PathReason } from '../trust/x509/path-error.js'

const remedies: Readonly<Record<PathReason, string>> = {
  malformed: 'Export the certificate again from where it was issued; check that the file is whole.',
  'unknown-issuer':
    'Name the missing authority: a root with --trust, one in between with --intermediate. In the registry the operator adds it as an accepted authority.',
  'bad-signature':
    'The authority has the right name and another key: find the certificate of the authority whose key signed this one.',
  'not-yet-valid': 'Wait until the certificate is valid, or correct the clock that issued it.',
  expired: 'Have a new certificate issued.',
  revoked: 'Have a new certificate issued, with a new key if the old one was compromised.',
  'revocation-unknown':
    'Supply a current revocation list of the authority, signed by it; an authority publishes a new one before the old one runs out.',
  'algorithm-forbidden':
    'Have the certificate issued anew: RSA of 2048 bits or more, ECDSA P-256 or P-384, or Ed25519, with SHA-2.',
  'not-a-ca':
    'A certificate between this one and the root is no authority: have the certificate issued by a real authority.',
  'path-length':
    'The authority may not have a further authority below it: have the certificate issued by one higher up.',
  'key-usage': 'Have a certificate issued whose key usage fits what the key is used for.',
  'name-constraint':
    'The authority may not issue for this name: use another authority, or correct the name.',
  policy: 'Have a certificate issued under the certificate policy that its authorities demand.',
  'unknown-critical-extension':
    'Have the certificate issued without the extension, or with the extension not marked critical.',
  'too-complex': 'Remove needless authorities and cross certificates from the trust material.',
}

/** What to do about a refused certificate, one English sentence or two. */
export function pathRemedy(reason: PathReason): string {
  return remedies[reason]
}
