import { member, messageService, right } from './declare.js'

/** Nodes of the domains SENED and MURACIET, three each; a key's name is the folder of its credentials. */
export const domainSubsystems = {
  transportDocuments: 'AZ/GOV/NN/EDMS',
  energyDocuments: 'AZ/GOV/EN/EDMS',
  financeMailbox: 'AZ/GOV/MN/POCT',
  bakuAppeals: 'AZ/GOV/BSIH/MURACIET',
  transportAppeals: 'AZ/GOV/NN/MURACIET',
  ecologyAppeals: 'AZ/GOV/ETSN/MURACIET',
} as const

export type DomainSubsystem = keyof typeof domainSubsystems

/** Those that read and write queues. */
export const queueSubsystems = [
  'transportDocuments',
  'energyDocuments',
  'transportAppeals',
] as const satisfies readonly DomainSubsystem[]

const { transportDocuments, energyDocuments, financeMailbox } = domainSubsystems
const { bakuAppeals, transportAppeals, ecologyAppeals } = domainSubsystems

export const domainServices = {
  documentToTransport: `${transportDocuments}/sened/v1`,
  documentToEnergy: `${energyDocuments}/sened/v1`,
  documentToFinance: `${financeMailbox}/sened/v1`,
  cardToTransport: `${transportAppeals}/muraciet/v1`,
  cardToEcology: `${ecologyAppeals}/muraciet/v1`,
  eventToBaku: `${bakuAppeals}/hadise/v1`,
} as const

/** A node's own queue. */
const ownQueue = 'amqp:in'

interface NodeAddresses {
  readonly finance: string
  readonly baku: string
  readonly ecology: string
}

export function domainMembers(
  certificatesOf: (name: DomainSubsystem) => readonly object[],
  addresses: NodeAddresses,
): object[] {
  const edms = { code: 'EDMS', name: { az: 'Elektron sənəd dövriyyəsi sistemi', en: 'EDMS' } }
  const appeals = { code: 'MURACIET', name: { az: 'Müraciətlərin uçotu', en: 'Appeals' } }
  const sened = (id: string, address: string): object => messageService(id, 'SENED', address)
  const muraciet = (id: string, address: string): object => messageService(id, 'MURACIET', address)
  return [
    member(
      'NN',
      'Nəqliyyat Nazirliyi',
      'Ministry of Transport',
      {
        ...{ ...edms, domain: 'SENED', mq: true },
        certificates: certificatesOf('transportDocuments'),
        services: [sened(domainServices.documentToTransport, ownQueue)],
      },
      {
        ...{ ...appeals, domain: 'MURACIET', mq: true },
        certificates: certificatesOf('transportAppeals'),
        services: [muraciet(domainServices.cardToTransport, ownQueue)],
      },
    ),
    member('EN', 'Energetika Nazirliyi', 'Ministry of Energy', {
      ...{ ...edms, domain: 'SENED', mq: true },
      certificates: certificatesOf('energyDocuments'),
      services: [sened(domainServices.documentToEnergy, ownQueue)],
    }),
    member('MN', 'Maliyyə Nazirliyi', 'Ministry of Finance', {
      ...{ code: 'POCT', name: { az: 'Elektron poçt qutusu', en: 'Mailbox' }, domain: 'SENED' },
      certificates: certificatesOf('financeMailbox'),
      services: [sened(domainServices.documentToFinance, `${addresses.finance}/sened`)],
    }),
    member('BSIH', 'Bakı Şəhər İcra Hakimiyyəti', 'Executive Authority of Baku', {
      ...{ ...appeals, domain: 'MURACIET' },
      certificates: certificatesOf('bakuAppeals'),
      services: [muraciet(domainServices.eventToBaku, `${addresses.baku}/hadise`)],
    }),
    member('ETSN', 'Ekologiya və Təbii Sərvətlər Nazirliyi', 'Ministry of Ecology', {
      ...{ ...appeals, domain: 'MURACIET' },
      certificates: certificatesOf('ecologyAppeals'),
      services: [muraciet(domainServices.cardToEcology, `${addresses.ecology}/muraciet`)],
    }),
  ]
}

/** Every node of SENED may write to every other; cards and events go where they do in SC-08. */
export function domainRights(): object[] {
  const ofDocuments = [
    [transportDocuments, domainServices.documentToEnergy],
    [transportDocuments, domainServices.documentToFinance],
    [energyDocuments, domainServices.documentToTransport],
    [energyDocuments, domainServices.documentToFinance],
    [financeMailbox, domainServices.documentToTransport],
    [financeMailbox, domainServices.documentToEnergy],
  ] as const
  const ofAppeals = [
    [bakuAppeals, domainServices.cardToTransport],
    [bakuAppeals, domainServices.cardToEcology],
    [transportAppeals, domainServices.eventToBaku],
  ] as const
  return [
    ...ofDocuments.map(([sender, service]) =>
      right(sender, service, ['body'], 'Nümunə: sənəd dövriyyəsi haqqında Fərman', 'sənəd'),
    ),
    ...ofAppeals.map(([sender, service]) =>
      right(sender, service, ['body'], 'Nümunə: müraciətlər haqqında Qaydalar', 'müraciət'),
    ),
  ]
}
