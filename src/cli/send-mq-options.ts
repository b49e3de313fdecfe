import type { SubsystemId } from '../exchange/identifier.js'
import { UsageError } from './command-io.js'

/** What is said of a message of queues beside what every lane has. */
export interface MqSendOptions {
  readonly key: 'request' | 'message'
  /** Of the broker; that of the subsystem's user. */
  readonly url: string
  /** Further recipients of a message. */
  readonly recipients: readonly string[]
  /** How long a reply, or a notice, is waited for. */
  readonly waitMs: number
  /** Members of the signed envelope. */
  readonly terms: Readonly<Record<string, string | undefined>>
}

export const mqOptions = {
  mq: { type: 'string' },
  broker: { type: 'string' },
  to: { type: 'string', multiple: true, default: [] as string[] },
  wait: { type: 'string' },
} as const

type Name =
  | 'mq'
  | 'broker'
  | 'wait'
  | 'user'
  | 'case'
  | 'domain'
  | 'mode'
  | 'purpose'
  | 'legal-basis'
  | 'method'
  | 'query'
  | 'path'
  | 'soap'

type Values = Readonly<Partial<Record<Name, string>>> & { readonly to: readonly string[] }

const waitSecondsMax = 600

/**
 * @param parse - of a recipient
 * @throws UsageError for options that do not go together
 */
export function readMqOptions(
  values: Values,
  parse: (service: string) => string,
  environment: Readonly<Record<string, string | undefined>>,
): MqSendOptions | undefined {
  const { mq: key, to } = values
  if (key === undefined) {
    if (to.length === 0 && values.broker === undefined && values.wait === undefined)
      return undefined
    throw new UsageError('--broker, --to and --wait belong to --mq request or --mq message.')
  }
  if (key !== 'request' && key !== 'message') {
    throw new UsageError('--mq must be request or message.')
  }
  if (values.soap ?? values.method ?? values.query ?? values.path) {
    throw new UsageError('--soap, --method, --query and --path belong to other lanes than --mq.')
  }
  if (key === 'request' && to.length > 0) throw new UsageError('--to belongs to --mq message.')
  return {
    key,
    url: brokerUrl(values.broker ?? environment['AMQP_URL']),
    recipients: to.map(parse),
    waitMs: 1_000 * secondsOf(values.wait ?? '30'),
    terms: {
      userId: values.user,
      issue: values.case,
      domain: values.domain,
      mode: values.mode,
      purpose: values.purpose,
      legalBasis: values['legal-basis'],
    },
  }
}

function brokerUrl(text: string | undefined): string {
  if (text !== undefined && URL.canParse(text) && /^amqps?:\/\//.test(text)) return text
  throw new UsageError(
    'The broker is missing: set AMQP_URL, or --broker, to the address that sluice mq user wrote.',
  )
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (seconds > 0 && seconds <= waitSecondsMax) return seconds
  throw new UsageError(`--wait must be seconds, ${waitSecondsMax} at most.`)
}

/** The names at the broker, of a system as it was checked. */
export const clientOf = (client: string): SubsystemId => client as SubsystemId
