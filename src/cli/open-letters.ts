import { connect } from 'amqplib'
import { recordAct } from '../audit-log/audit-log.store.js'
import type { Act } from '../audit-log/act.js'
import { boundTables } from '../broker/bounded-tables.js'
import { deadQueue, unroutableQueue } from '../broker/names.js'
import type { Config } from '../config/config.js'
import { LetterBox } from '../letters/letter-box.js'
import { letterLimits } from '../limits/queues.js'
import { brokerAddressesOf } from './broker-addresses.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

/** Letters at the broker, opened for a command. */
export interface OpenLetters {
  readonly box: LetterBox
  close(): Promise<void>
}

/** Opens one of the two queues. */
export type OpenLettersFor = (which: 'dead' | 'unroutable') => Promise<OpenLetters>

/** The caller closes it. @throws BrokerError where no broker is to be found; what the broker says against it */
export async function openLettersOf(
  config: Pick<Config, 'broker' | 'directory'>,
  which: 'dead' | 'unroutable',
): Promise<OpenLetters> {
  const model = await connect(brokerAddressesOf(config).url.reveal(), {
    noDelay: true,
    timeout: letterLimits.connectMsMax,
    clientProperties: { connection_name: 'sluice command' },
  })
  // Whoever waits for something is told.
  model.on('error', () => undefined)
  boundTables(model.connection)
  const box = await LetterBox.open(model, which === 'dead' ? deadQueue : unroutableQueue)
  return {
    box,
    close: async () => {
      await box.close().catch(() => undefined)
      await model.close().catch(() => undefined)
    },
  }
}

/** Records what an operator is about to do; durable when it resolves. @throws NothingThere */
export async function recordLetterAct(place: DatabasePlace, act: Act): Promise<void> {
  const { client, close } = await openClientOf(place, 'owner', { access: 'change' })
  try {
    await recordAct(client, act)
  } finally {
    await close()
  }
}
