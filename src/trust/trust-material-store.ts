import type { TrustMaterial } from './trust-material.js'
import { parseCertificate, type Certificate } from './x509/certificate.js'
import { parseRevocationList, type RevocationList } from './x509/crl.js'
import { makeTrustStore, type TrustStore } from './x509/trust-store.js'

// Bytes of a snapshot never change, so what was read from them holds as long as they do. Most of a
// new snapshot is the old one's objects.
const certificates = new WeakMap<Uint8Array, Certificate | null>()
const lists = new WeakMap<Uint8Array, RevocationList | null>()

function parsedOnce<Value extends object>(
  cache: WeakMap<Uint8Array, Value | null>,
  der: Uint8Array,
  parse: (der: Uint8Array) => Value,
): Value | undefined {
  let value = cache.get(der)
  if (value === undefined) {
    try {
      value = parse(der)
    } catch {
      // Fails closed: an authority that cannot be read vouches for nobody, and a list that cannot
      // be read is no list. The registry refuses both on their way in.
      value = null
    }
    cache.set(der, value)
  }
  return value ?? undefined
}

/** Name and key of an authority: two certificates over both are one authority. */
function identityOf({ subject, spki }: Certificate): string {
  return `${subject.key} ${spki.toString('base64')}`
}

/** The registry's authorities and lists, ready for the search of paths. */
export function trustStoreOf(material: TrustMaterial): TrustStore {
  const anchors: Certificate[] = []
  const intermediates: Certificate[] = []
  const unchecked = new Set<string>()
  const checked = new Set<string>()
  for (const { der, role, revocation } of material.authorities) {
    const certificate = parsedOnce(certificates, der, parseCertificate)
    if (!certificate) continue
    const group = role === 'anchor' ? anchors : intermediates
    group.push(certificate)
    const policies = revocation === 'none' ? unchecked : checked
    policies.add(identityOf(certificate))
  }
  return makeTrustStore({
    anchors,
    intermediates,
    revocationLists: material.revocationLists.flatMap(
      (der) => parsedOnce(lists, der, parseRevocationList) ?? [],
    ),
    // Where two certificates of one authority disagree, its certificates are checked.
    revocationPolicy: (authority) => {
      const identity = identityOf(authority)
      return unchecked.has(identity) && !checked.has(identity) ? 'none' : 'crl'
    },
  })
}
