import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { member, right, service } from './declare.js'
import { domainMembers, domainRights, domainServices, domainSubsystems } from './sample-domains.js'
import type { SamplePki } from './sample-pki.js'

/** Subsystems of the demo; a key's name is the folder of its credentials. */
export const subsystems = {
  portal: 'AZ/GOV/RITN/PORTAL',
  civilService: 'AZ/GOV/DQMK/KADR',
  socialFund: 'AZ/GOV/DSMF/FUS',
  taxes: 'AZ/GOV/VN/VERGI',
  education: 'AZ/GOV/TN/DIPLOM',
  securities: 'AZ/GOV/QKDK/GIROV',
  interior: 'AZ/GOV/DIN/GCQ',
  customs: 'AZ/GOV/DGK/STAT',
  ...domainSubsystems,
} as const

export const services = {
  taxpayerNumber: 'AZ/GOV/VN/VERGI/voenTap/v1',
  diploma: 'AZ/GOV/TN/DIPLOM/diplomMelumati/v1',
  personByPin: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
  identityCheck: 'AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1',
  customsOperations: 'AZ/GOV/DGK/STAT/idxalIxrac/v1',
  pensionCapital: 'AZ/GOV/DSMF/FUS/pensiyaKapitali/v1',
  contributions: 'AZ/GOV/DSMF/FUS/sigortaHaqqi/v1',
  ...domainServices,
} as const

interface SampleFolders {
  /** Certificate files by subsystem. */
  readonly certificates: Readonly<Record<keyof typeof subsystems, readonly string[]>>
  /** Where each provider's own system is. */
  readonly addresses: Readonly<Record<ProviderName, string>>
}

/** Whose own systems the bus calls in the demo; queues have no address of their own. */
export type ProviderName =
  'taxes' | 'education' | 'interior' | 'socialFund' | 'customs' | 'finance' | 'baku' | 'ecology'

/** Writes the demo's declaration, as an operator's officer would. */
export function writeSampleRegistry(file: string, pki: SamplePki, sample: SampleFolders): void {
  const { certificates, addresses } = sample
  const certificatesOf = (name: keyof typeof subsystems): object[] =>
    certificates[name].map((path) => ({ file: path }))
  const declaration = {
    instance: 'AZ',
    domains: ['PORTAL', 'SENED', 'MURACIET'].map((code) => ({ code, status: 'active' })),
    authorities: [
      {
        name: 'Sluice sample authority',
        file: pki.authorityFile,
        role: 'anchor',
        revocation: 'crl',
        crl: pki.revocationListFile,
      },
    ],
    members: [
      ...consumers(certificatesOf),
      ...providers(certificatesOf, addresses),
      ...domainMembers(certificatesOf, addresses),
    ],
    accessRights: [
      right(subsystems.portal, services.taxpayerNumber, ['user']),
      right(subsystems.portal, services.diploma, ['user']),
      right(subsystems.civilService, services.diploma, ['body']),
      right(subsystems.socialFund, services.diploma, ['body']),
      right(subsystems.portal, services.pensionCapital, ['user']),
      right(subsystems.portal, services.contributions, ['user']),
      right(subsystems.securities, services.personByPin, ['body']),
      right(subsystems.portal, services.identityCheck, ['body']),
      right(subsystems.portal, services.customsOperations, ['user']),
      ...domainRights(),
    ],
  }
  writeFileSync(
    file,
    `# Written by the demo. Apply with: npm run sluice -- registry apply FILE\n${stringify(declaration, { aliasDuplicateObjects: false })}`,
  )
}

type CertificatesOf = (name: keyof typeof subsystems) => readonly object[]

function consumers(certificatesOf: CertificatesOf): object[] {
  return [
    member(
      'RITN',
      'Rabitə və İnformasiya Texnologiyaları Nazirliyi',
      'Ministry of Communications and Information Technologies',
      {
        code: 'PORTAL',
        name: { az: '“Elektron hökumət” portalı', en: 'E-government portal' },
        certificates: certificatesOf('portal'),
        assertsUsers: true,
      },
    ),
    member('DQMK', 'Dövlət Qulluğu Məsələləri üzrə Komissiya', 'Civil Service Commission', {
      code: 'KADR',
      name: { az: 'Kadr uçotu sistemi', en: 'Personnel system' },
      certificates: certificatesOf('civilService'),
    }),
    member('QKDK', 'Qiymətli Kağızlar üzrə Dövlət Komitəsi', 'State Committee for Securities', {
      code: 'GIROV',
      name: { az: 'Girovun uçotu sistemi', en: 'Register of pledges' },
      // Its stack is old and verifies nothing else.
      replySignature: 'rsa',
      certificates: certificatesOf('securities'),
    }),
  ]
}

/** The fund asks others, too. */
function providers(
  certificatesOf: CertificatesOf,
  addresses: SampleFolders['addresses'],
): object[] {
  return [
    member('DSMF', 'Dövlət Sosial Müdafiə Fondu', 'State Social Protection Fund', {
      code: 'FUS',
      name: { az: 'Fərdi uçot sistemi', en: 'Individual account system' },
      certificates: certificatesOf('socialFund'),
      services: [services.pensionCapital, services.contributions].map((id) =>
        service(id, `${addresses.socialFund}/xidmet`, ['user'], 'soap'),
      ),
    }),
    member('VN', 'Vergilər Nazirliyi', 'Ministry of Taxes', {
      code: 'VERGI',
      name: { az: 'Vergi ödəyicilərinin uçotu sistemi', en: 'Taxpayer register' },
      certificates: certificatesOf('taxes'),
      services: [service(services.taxpayerNumber, `${addresses.taxes}/vergi/voen`, ['user'])],
    }),
    member('TN', 'Təhsil Nazirliyi', 'Ministry of Education', {
      code: 'DIPLOM',
      name: { az: 'Diplom haqqında məlumatlar', en: 'Diploma register' },
      certificates: certificatesOf('education'),
      services: [
        service(services.diploma, `${addresses.education}/diplom/melumat`, ['user', 'body']),
      ],
    }),
    interior(certificatesOf, addresses),
    customs(certificatesOf, addresses),
  ]
}

function interior(certificatesOf: CertificatesOf, addresses: SampleFolders['addresses']): object {
  return member('DIN', 'Daxili İşlər Nazirliyi', 'Ministry of Internal Affairs', {
    code: 'GCQ',
    name: {
      az: '“Giriş-çıxış və qeydiyyat” sistemi',
      en: 'Entry-exit and registration system',
    },
    certificates: certificatesOf('interior'),
    services: [
      service(services.personByPin, `${addresses.interior}/xidmet`, ['body'], 'soap'),
      // The ministry's own name for it, as it stands in its messages.
      service(services.identityCheck, `${addresses.interior}/xidmet`, ['body'], 'soap', {
        type: 'fin',
        request: '/Fin',
      }),
    ],
  })
}

function customs(certificatesOf: CertificatesOf, addresses: SampleFolders['addresses']): object {
  return member('DGK', 'Dövlət Gömrük Komitəsi', 'State Customs Committee', {
    code: 'STAT',
    name: { az: 'Gömrük statistikası', en: 'Customs statistics' },
    certificates: certificatesOf('customs'),
    services: [
      service(services.customsOperations, `${addresses.customs}/xidmet`, ['user'], 'soap', {
        type: 'voen',
        request: '/voen',
      }),
    ],
  })
}
