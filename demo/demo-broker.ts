import { BrokerError } from '../src/broker/broker-error.js'
import { findBrokerPrograms } from '../src/broker/broker-programs.js'
import { brokerUrlOf, managementUrlOf, type Environment } from '../src/config/env.js'

/** The broker that the environment names. */
export function brokerNamed(): Pick<Environment, 'brokerUrl' | 'brokerManagementUrl'> {
  const { AMQP_URL: url, AMQP_MANAGEMENT_URL: management } = process.env
  return {
    brokerUrl: brokerUrlOf(url, 'AMQP_URL'),
    brokerManagementUrl: managementUrlOf(management, 'AMQP_MANAGEMENT_URL'),
  }
}

/** What a demo has for messages. */
export interface DemoBroker {
  /** What the bus's configuration says of it. */
  readonly settings: object
  /** Why there are no scenes with queues; undefined where there are. */
  readonly why: string | undefined
}

/** The broker named in `AMQP_URL`, or else a private one of the bus, if RabbitMQ is installed. */
export async function findDemoBroker(): Promise<DemoBroker> {
  const { brokerUrl, brokerManagementUrl } = brokerNamed()
  if (brokerUrl) {
    const why = 'AMQP_MANAGEMENT_URL is not set, and the nodes’ users are made over that API.'
    return { settings: {}, why: brokerManagementUrl ? undefined : why }
  }
  try {
    await findBrokerPrograms()
    return { settings: { broker: { private: true } }, why: undefined }
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    return { settings: {}, why: error.message }
  }
}
