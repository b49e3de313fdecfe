import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's, seen from where this file is built to. */
const contracts = join(dirname(fileURLToPath(import.meta.url)), '../../contracts')

/** A member as a declaration has it, with the one subsystem that it has in a domain. */
export function member(code: string, az: string, en: string, ...subsystems: object[]): object {
  return {
    ...{ class: 'GOV', code, name: { az, en } },
    subsystems: subsystems.map((subsystem) => ({ domain: 'PORTAL', ...subsystem })),
  }
}

const ownFin = { type: 'fin', request: '/fin' } as const

/** Its contract is the repository's own. */
export function service(
  id: string,
  address: string,
  modes: readonly string[],
  protocol: 'rest' | 'soap' = 'rest',
  subject: { readonly type: 'fin' | 'voen'; readonly request: string } = ownFin,
): object {
  const [, , owner, subsystem, code, version] = id.split('/')
  return {
    code,
    version,
    default: true,
    contract: join(contracts, owner ?? '', subsystem ?? '', code ?? '', version ?? ''),
    protocol,
    address,
    modes,
    // Of a user's request this is the user's own.
    subjects: [subject],
    idempotent: true,
    limits: { timeLimitMs: 5_000 },
  }
}

/** A service of messages, in a format that all nodes of its domain have. */
export function messageService(id: string, domain: string, address: string): object {
  const [, , , , code, version] = id.split('/')
  return {
    code,
    version,
    default: true,
    contract: join(contracts, domain, code ?? '', version ?? ''),
    protocol: address.startsWith('amqp:') ? 'mq' : 'rest',
    address,
    pattern: 'one-way',
    modes: ['body'],
    idempotent: true,
    limits: { timeLimitMs: 5_000 },
  }
}

export function right(
  consumer: string,
  serviceId: string,
  modes: readonly string[],
  legalBasis = 'Nümunə: 813 nömrəli Fərman, 5.1.4',
  purpose = 'e-xidmət',
): object {
  return { consumer, service: serviceId, legalBasis, purpose, from: '2020-01-01', modes }
}
