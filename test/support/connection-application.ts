import type { ConnectionApplication } from '../../src/conformity/application.js'
import type { MemberId } from '../../src/exchange/identifier.js'

/** What it is about. */
export const sampleObject = {
  kind: 'service' as const,
  id: 'AZ/GOV/DIN/GCQ/sexsiyyetYoxla/v1',
  name: {
    az: 'Şəxsiyyətin FİN üzrə yoxlanılması',
    en: 'Identity check by personal identification number',
  },
}

const contact = {
  name: 'Əli Məmmədov',
  post: 'Baş mühəndis',
  email: 'ali.memmedov@din.example',
  phone: '+994 12 555 01 02',
}

/** Of a service, with all that the desk asks for. */
export const sampleApplication: ConnectionApplication = {
  kind: 'service',
  member: 'AZ/GOV/DIN' as MemberId,
  domain: 'PORTAL',
  objectId: sampleObject.id,
  name: sampleObject.name,
  declaration: { id: sampleObject.id, protocol: 'rest', url: 'https://gcq.din.example/v1' },
  certificateRequest: undefined,
  contract: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  probes: undefined,
  regulation: {
    title: '“Şəxsiyyətin yoxlanılması” elektron xidmətinin inzibati reqlamenti',
    reference: 'Nazirliyin kollegiyasının 12.03.2026 tarixli 4 nömrəli qərarı',
    answerMsMax: 3000,
  },
  personalData: {
    purpose: 'Vətəndaşın şəxsiyyətinin təsdiqlənməsi',
    categories: ['ad, soyad, ata adı', 'doğum tarixi', 'şəxsiyyət vəsiqəsinin nömrəsi'],
    legalBasis: '“Fərdi məlumatlar haqqında” Qanun, maddə 8',
  },
  dataObjects: ['sexsiyyet-vesiqesi', 'doğum-tarixi'],
  asksFor: ['fin'],
  duplicateReason: undefined,
  softwareStatement: 'Sertifikatlaşdırılmış proqram təminatından istifadə olunur (№ 114/2025).',
  securityStatement: 'İnformasiya təhlükəsizliyi siyasəti təsdiq edilib, jurnallar aparılır.',
  responsible: contact,
  technical: { ...contact, name: 'Gülnar Həsənova', post: 'Sistem inzibatçısı' },
  hosting: { place: 'data-centre', address: 'Bakı şəhəri, Hökumət Buludu (G-Cloud)' },
  ownCheck: undefined,
}
