import type { VerificationStep, VerificationWatch } from '../../../trust/http-signature/watch.js'
import { Checks, type CheckDefinition } from '../checks.js'

/** Checks of the verifier itself, and those around it. */
export type RestCheckName =
  VerificationStep | 'request' | 'chain' | 'envelope' | 'sender' | 'registry'

const definitions: readonly CheckDefinition<RestCheckName>[] = [
  { name: 'request', title: 'The capture is a request that the bus reads' },
  {
    name: 'signature',
    title: 'Signature-Input and Signature are there and well formed (RFC 9421 §4)',
  },
  {
    name: 'headers',
    title: 'Envelope fields are there once; Content-Digest is well formed (RFC 9530)',
  },
  { name: 'label', title: 'One signature speaks for the consumer' },
  {
    name: 'coverage',
    title: 'The signature covers every part that it must',
    advice: {
      en: 'Add the part to the components in Signature-Input, and its line to the signature base, in the same order.',
      az: 'Həmin hissəni Signature-Input başlığındakı komponentlərə, sətrini isə eyni ardıcıllıqla imza bazasına əlavə edin.',
    },
  },
  {
    name: 'parameters',
    title: 'created, keyid and alg are there and usable (RFC 9421 §2.3)',
  },
  {
    name: 'freshness',
    title: 'The signature is of now',
    advice: {
      en: "Correct your system's clock; for an old capture give its time with --at.",
      az: 'Sisteminizin saatını dəqiqləşdirin; köhnə sorğu yoxlanılırsa, onun vaxtını --at ilə göstərin.',
    },
  },
  { name: 'base', title: 'The signature base can be built (RFC 9421 §2.5)' },
  {
    name: 'certificate',
    title: 'keyid names the certificate',
    advice: {
      en: 'Set keyid to the thumbprint of the certificate that belongs to the signing key.',
      az: 'keyid parametrində imzalayan açara məxsus sertifikatın barmaq izini göstərin.',
    },
  },
  {
    name: 'verification',
    title: 'The signature fits the signature base',
    advice: {
      en: 'Compare the signature base with the one your system signed, byte by byte; --base FILE finds the first difference.',
      az: 'İmza bazasını sisteminizin imzaladığı baza ilə bayt-bayt müqayisə edin; ilk fərqi --base FAYL göstərir.',
    },
  },
  { name: 'algorithm', title: 'The algorithm fits the key (RFC 9421 §3.3)' },
  {
    name: 'chain',
    title: 'The certificate chains to an accepted authority and is not revoked (RFC 5280)',
  },
  { name: 'envelope', title: 'Address and envelope fields can be read' },
  {
    name: 'sender',
    title: 'The certificate is registered to the system that X-Road-Client names',
    byRegistry: true,
  },
  { name: 'content-digest', title: 'The body is the one that was signed (RFC 9530)' },
  {
    name: 'registry',
    title: 'The system may call the service, now, for this purpose',
    byRegistry: true,
  },
]

/** Follows the verifier of HTTP signatures. */
export class RestChecks extends Checks<RestCheckName> implements VerificationWatch {
  readonly #facts = new Map<string, string>()

  constructor() {
    super(definitions)
  }

  finds(fact: 'label' | 'base' | 'algorithm', value: string): void {
    this.#facts.set(fact, value)
  }

  fact(name: 'label' | 'base' | 'algorithm'): string | undefined {
    return this.#facts.get(name)
  }
}
