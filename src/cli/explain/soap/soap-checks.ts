import { Fault, type BilingualText } from '../../../exchange/fault.js'
import { ofProvider } from '../../../trust/accept-reply.js'
import type { SoapVerificationStep, SoapVerificationWatch } from '../../../trust/wss/watch.js'
import { Checks, type CheckDefinition } from '../checks.js'

/** Checks of the verifier itself, and those around it. */
export type SoapCheckName =
  | SoapVerificationStep
  | 'http'
  | 'soap-part'
  | 'chain'
  | 'header'
  | 'sender'
  | 'multipart'
  | 'payload'
  | 'operation'
  | 'answers'
  | 'registry'

/** Whose message it is, and so to which rules it is held. */
export type SoapKind = 'request' | 'bus-reply' | 'provider-reply'

const sameBytes: BilingualText = {
  en: 'Something between the signing and the wire changed the part: sign last, then send the very bytes (no pretty-printing, no second serialiser, no changed line ends). sluice c14n shows the octets that the digest is made of.',
  az: 'İmzalandıqdan sonra həmin hissə dəyişib: imzanı ən sonda qoyun və alınan baytları olduğu kimi göndərin (formatlamadan, yenidən serializasiya etmədən, sətir sonlarını dəyişmədən). Həşin hansı baytlardan hesablandığını sluice c14n göstərir.',
}

type Definition = CheckDefinition<SoapCheckName>

const packaging: Readonly<Record<SoapKind, readonly Definition[]>> = {
  request: [
    {
      name: 'http',
      title: 'The HTTP head says that a SOAP message comes (Content-Type, SOAPAction)',
    },
    { name: 'soap-part', title: 'The body begins with the SOAP part (RFC 2387)' },
  ],
  'bus-reply': [{ name: 'http', title: 'The HTTP answer is packed as its Content-Type says' }],
  'provider-reply': [
    { name: 'http', title: 'The HTTP answer is a SOAP message as its Content-Type says' },
  ],
}

const signature: readonly Definition[] = [
  { name: 'envelope', title: 'The XML is well-formed, and its frame is an Envelope of SOAP' },
  {
    name: 'security',
    title:
      'One Security header is for this receiver, with one Signature and one Timestamp (WS-Security 1.1 §5)',
  },
  {
    name: 'signed-info',
    title: 'The Signature is well formed and its algorithms are accepted (XML Signature 1.1 §4)',
    advice: {
      en: 'Set in the security policy of your stack: exclusive C14N, SHA-256 digests, and rsa-sha256 or ecdsa-sha256.',
      az: 'SOAP proqramınızın təhlükəsizlik siyasətində bunları seçin: eksklüziv C14N, SHA-256 həşi, rsa-sha256 və ya ecdsa-sha256 imzası.',
    },
  },
  {
    name: 'coverage',
    title: 'The signature covers every part that it must',
    advice: {
      en: 'Add the part to the signed parts of your stack: Body, Timestamp, every header block of X-Road and Sluice, every attachment; each where it stands.',
      az: 'Həmin hissəni SOAP proqramınızın imzaladığı hissələrə əlavə edin: Body, Timestamp, X-Road və Sluice başlıqlarının hamısı, bütün qoşmalar; hər biri öz yerində.',
    },
  },
  {
    name: 'timestamp',
    title: 'The message is of now (WS-Security 1.1 §10)',
    advice: {
      en: "Correct your system's clock, and sign each message anew; for an old capture give its time with --at.",
      az: 'Sisteminizin saatını dəqiqləşdirin və hər mesajı yenidən imzalayın; köhnə nümunə yoxlanılırsa, onun vaxtını --at ilə göstərin.',
    },
  },
  { name: 'token', title: 'KeyInfo names the certificate (X.509 Token Profile 1.1 §3.2)' },
  {
    name: 'signature',
    title: 'The SignatureValue fits SignedInfo',
    advice: {
      en: 'Check that the key belongs to the certificate, and that nothing changes SignedInfo, its prefixes included, after it is signed.',
      az: 'Açarın həmin sertifikata aid olduğunu və imzalandıqdan sonra SignedInfo elementinin (prefiksləri daxil olmaqla) dəyişmədiyini yoxlayın.',
    },
  },
  {
    name: 'digests',
    title: 'Timestamp and header blocks are those that were signed',
    advice: sameBytes,
  },
  {
    name: 'chain',
    title: 'The certificate chains to an accepted authority and is not revoked (RFC 5280)',
  },
]

const payload: readonly Definition[] = [
  { name: 'multipart', title: 'The multipart is whole, and its parts can be read (RFC 2046)' },
  {
    name: 'payload',
    title: 'Body and attachments are those that were signed',
    advice: sameBytes,
  },
]

const rest: Readonly<Record<SoapKind, readonly Definition[]>> = {
  request: [
    {
      name: 'header',
      title: 'Header blocks of X-Road and of the bus can be read (X-Road 4.0 §2.2)',
    },
    {
      name: 'sender',
      title: 'The certificate is registered to the system that client names',
      byRegistry: true,
    },
    ...payload,
    { name: 'operation', title: "The Body's one element asks for the service" },
    {
      name: 'registry',
      title: 'The system may call the service, now, for this purpose',
      byRegistry: true,
    },
  ],
  'bus-reply': [
    { name: 'sender', title: "The certificate is the bus's" },
    ...payload,
    { name: 'answers', title: 'The reply answers the request (requestHash, X-Road 4.0 §2.2)' },
  ],
  'provider-reply': [
    {
      name: 'sender',
      title: 'The certificate is registered to the system that provides the service',
      byRegistry: true,
    },
    ...payload,
  ],
}

const unsigned: readonly Definition[] = [
  { name: 'envelope', title: 'The XML is well-formed, and its frame is an Envelope of SOAP' },
  {
    name: 'security',
    title: 'The answer is signed, if the service demands it (providerSignature)',
    byRegistry: true,
  },
]

/** Which checks a message gets. */
export interface SoapShape {
  readonly kind: SoapKind
  /** A provider may answer without a signature, unless its service demands one. */
  readonly isUnsigned: boolean
  /** A bare envelope has no HTTP message around it. */
  readonly isBare: boolean
  readonly isMultipart: boolean
}

/** Follows the verifier of WS-Security signatures. */
export class SoapChecks extends Checks<SoapCheckName> implements SoapVerificationWatch {
  constructor({ kind, isUnsigned, isBare, isMultipart }: SoapShape) {
    const isLeftOut = ({ name }: Definition): boolean =>
      (name === 'http' && isBare && kind !== 'request') ||
      ((name === 'soap-part' || name === 'multipart') && !isMultipart)
    const all = isUnsigned
      ? [...packaging[kind], ...unsigned]
      : [...packaging[kind], ...signature, ...rest[kind]]
    super(
      all.filter((definition) => !isLeftOut(definition)),
      asTold[kind],
    )
  }

  finds(): void {
    // What References name and which certificate signed is told in full beside the checks.
  }
}

const asTold: Readonly<Record<SoapKind, (fault: Fault) => Fault>> = {
  request: (fault) => fault,
  'bus-reply': ofBus,
  'provider-reply': ofProvider,
}

/** In a reply of the bus, whatever is wrong is no matter of its reader's. */
function ofBus({ code, field, detail, cause }: Fault): Fault {
  return new Fault(code, {
    side: 'bus',
    cause,
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  })
}
