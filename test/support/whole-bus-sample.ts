import type { TestAuthority, TestIdentity } from './pki.js'
import type { TestProvider } from './whole-bus-provider.js'
import type { Fields, TestRegistry } from './whole-bus-registry.js'

export const authorityName = 'Sınaq kökü'

/** The subsystems that every whole-bus test finds in its registry, in the domain PORTAL. */
export const subsystems = {
  portal: 'AZ/GOV/RITN/PORTAL',
  personnel: 'AZ/GOV/DQMK/KADR',
  taxes: 'AZ/GOV/VN/VERGI',
  education: 'AZ/GOV/TN/DİPLOM',
} as const

/** A service of each provider; portal and personnel system may call both, in either mode. */
export const services = {
  taxes: 'AZ/GOV/VN/VERGI/voenTap/v1',
  education: 'AZ/GOV/TN/DİPLOM/diplomMelumati/v1',
} as const

/** A service as good as it can be; what is given replaces its parts. */
export function sampleService(code: string, address: string, rest: Fields = {}): Fields {
  return {
    code,
    version: 'v1',
    protocol: 'rest',
    address,
    modes: ['user', 'body'],
    idempotent: false,
    limits: { timeLimitMs: 10_000, requestBytesMax: 67_108_864, replyBytesMax: 67_108_864 },
    ...rest,
  }
}

export function sampleRight(consumer: string, service: string, rest: Fields = {}): Fields {
  return {
    consumer,
    service,
    legalBasis: 'Vergi Məcəlləsi, maddə 30',
    purpose: 'VÖEN yoxlanışı',
    from: '2020-01-01',
    modes: ['user', 'body'],
    ...rest,
  }
}

/** A member of one subsystem. */
export function sampleMember(id: string, subsystem: Fields): Fields {
  const [, memberClass, code, system] = id.split('/')
  return {
    class: memberClass,
    code,
    name: { az: `${code ?? ''} idarəsi`, en: `Office ${code ?? ''}` },
    subsystems: [
      { code: system, domain: 'PORTAL', name: { az: 'Sistem', en: 'System' }, ...subsystem },
    ],
  }
}

export function sampleDeclaration(
  registry: TestRegistry,
  authority: TestAuthority,
  identities: Readonly<Record<keyof typeof subsystems, TestIdentity>>,
  providers: { readonly taxes: TestProvider; readonly education: TestProvider },
): Fields {
  const certificates = (name: keyof typeof subsystems): Fields => ({
    certificates: [{ pem: identities[name].pem }],
  })
  return {
    domains: [{ code: 'PORTAL' }, { code: 'SENED' }].map((each) => ({ ...each, status: 'active' })),
    authorities: [
      {
        name: authorityName,
        pem: authority.pem,
        role: 'anchor',
        revocation: 'crl',
        crl: registry.listFile(authorityName),
      },
    ],
    members: [
      sampleMember(subsystems.portal, { ...certificates('portal'), assertsUsers: true }),
      sampleMember(subsystems.personnel, certificates('personnel')),
      sampleMember(subsystems.taxes, {
        ...certificates('taxes'),
        services: [sampleService('voenTap', providers.taxes.address)],
      }),
      sampleMember(subsystems.education, {
        ...certificates('education'),
        services: [sampleService('diplomMelumati', providers.education.address)],
      }),
    ],
    accessRights: [subsystems.portal, subsystems.personnel].flatMap((consumer) =>
      [services.taxes, services.education].map((service) =>
        sampleRight(consumer, service.slice(0, service.lastIndexOf('/'))),
      ),
    ),
  }
}
