import { Checks, type CheckDefinition } from '../checks.js'

/** Checks of a message of a queue. */
export type MqCheckName =
  | 'message'
  | 'form'
  | 'header'
  | 'freshness'
  | 'certificate'
  | 'verification'
  | 'chain'
  | 'repeated'
  | 'envelope'
  | 'sender'
  | 'registry'

const definitions: readonly CheckDefinition<MqCheckName>[] = [
  { name: 'message', title: 'Properties and headers are such as the bus reads' },
  {
    name: 'form',
    title: 'sluice-signature is a compact JWS with detached payload (RFC 7515 appendix F)',
  },
  {
    name: 'header',
    title: 'The protected header has its members and no others (RFC 7797)',
    advice: {
      en: 'Make the protected header as docs/connect-mq.md has it, and sign it as it then stands in base64url.',
      az: 'Qorunan başlığı docs/connect-mq.md sənədində göstərildiyi kimi tərtib edin və base64url şəklində olduğu kimi imzalayın.',
    },
  },
  {
    name: 'freshness',
    title: 'The signature is of now (iat)',
    advice: {
      en: "Correct your system's clock; for an old capture give its time with --at.",
      az: 'Sisteminizin saatını dəqiqləşdirin; köhnə mesaj yoxlanılırsa, onun vaxtını --at ilə göstərin.',
    },
  },
  {
    name: 'certificate',
    title: 'x5t#S256 names the certificate',
    advice: {
      en: 'Set x5t#S256 to the thumbprint of the certificate that belongs to the signing key.',
      az: 'x5t#S256 üzvündə imzalayan açara məxsus sertifikatın barmaq izini göstərin.',
    },
  },
  {
    name: 'verification',
    title: 'The signature fits header and body',
    advice: {
      en: 'Sign the header as it stands in base64url, a dot, and the octets of the body; compare their SHA-256 below with that of what your system signed.',
      az: 'Başlığı base64url şəklində olduğu kimi, nöqtəni və mətnin baytlarını imzalayın; onların aşağıdakı SHA-256 heşini sisteminizin imzaladığı ilə müqayisə edin.',
    },
  },
  {
    name: 'chain',
    title: 'The certificate chains to an accepted authority and is not revoked (RFC 5280)',
  },
  { name: 'repeated', title: 'Properties and headers say nothing else than what is signed' },
  { name: 'envelope', title: 'The members of env can be read' },
  {
    name: 'sender',
    title: 'The certificate is registered to the system that client names',
    byRegistry: true,
  },
  {
    name: 'registry',
    title: 'The system may call the service, now, for this purpose',
    byRegistry: true,
  },
]

/** Follows the bus's own checks of a message. */
export class MqChecks extends Checks<MqCheckName> {
  constructor() {
    super(definitions)
  }
}
