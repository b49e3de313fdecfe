import { hash } from 'node:crypto'
import type { RegisteredAuthority, TrustMaterial } from './trust-material.js'
import { parseCertificate, type Certificate } from './x509/certificate.js'
import { parseRevocationList, type RevocationList } from './x509/crl.js'
import { parseOcspAnswer, type OcspAnswer } from './x509/ocsp-answer.js'
import { makeTrustStore, type RevocationPolicy, type TrustStore } from './x509/trust-store.js'

// Bytes of a snapshot never change, so what was read from them holds as long as they do. Most of a
// new snapshot is the old one's objects.
const certificates = new WeakMap<Uint8Array, Certificate | null>()
const lists = new WeakMap<Uint8Array, RevocationList | null>()
const answers = new WeakMap<Uint8Array, OcspAnswer | null>()

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
      // Fails closed: an authority that cannot be read vouches for nobody, and a list or an answer
      // that cannot be read is none. The registry refuses them all on their way in.
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

// Where two certificates of one authority disagree, the stricter word holds.
const strictness: readonly RevocationPolicy[] = ['none', 'ocsp-if-answered', 'ocsp', 'crl']

function policyOf({ revocation, unreachable }: RegisteredAuthority): RevocationPolicy {
  return revocation === 'ocsp' && unreachable === 'accept' ? 'ocsp-if-answered' : revocation
}

function stricter(one: RevocationPolicy, other: RevocationPolicy): RevocationPolicy {
  return strictness.indexOf(one) > strictness.indexOf(other) ? one : other
}

/** The registry's authorities, lists and answers, ready for the search of paths. */
export function trustStoreOf(material: TrustMaterial): TrustStore {
  const anchors: Certificate[] = []
  const intermediates: Certificate[] = []
  const policies = new Map<string, RevocationPolicy>()
  for (const authority of material.authorities) {
    const certificate = parsedOnce(certificates, authority.der, parseCertificate)
    if (!certificate) continue
    const group = authority.role === 'anchor' ? anchors : intermediates
    group.push(certificate)
    const identity = identityOf(certificate)
    policies.set(identity, stricter(policies.get(identity) ?? 'none', policyOf(authority)))
  }
  return makeTrustStore({
    anchors,
    intermediates,
    revocationLists: material.revocationLists.flatMap(
      (der) => parsedOnce(lists, der, parseRevocationList) ?? [],
    ),
    // Read when a certificate is judged: a nation has tens of thousands, and few are judged at one time.
    ocspAnswers: ({ der }) => {
      const answer = material.ocspAnswer(hash('sha256', der, 'base64url'))
      const parsed = answer && parsedOnce(answers, answer, parseOcspAnswer)
      return parsed ? [parsed] : []
    },
    revocationPolicy: (authority) => policies.get(identityOf(authority)) ?? 'crl',
  })
}
