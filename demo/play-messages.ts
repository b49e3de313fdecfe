import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenLog } from '../src/cli/log-show.js'
import { appealLooks, openAppealsRegister } from './appeal-scenes.js'
import type { Cast } from './cast.js'
import type { SampleConsumer } from './consumer.js'
import { openGateway, openTransport } from './document-nodes.js'
import { documentLooks } from './document-scenes.js'
import { sayLooks } from './look.js'
import type { QueueNode, QueueNodeSettings } from './queue-node.js'
import { RestNode } from './rest-node.js'
import type { queueSubsystems } from './sample-domains.js'
import { subsystems } from './sample-registry.js'
import type { SluiceCommand } from './sluice-command.js'

/** Nodes without queues. */
export type RestNodes = Readonly<Record<'finance' | 'baku' | 'ecology', RestNode>>

export interface MessageStage {
  readonly cast: Cast
  readonly consumer: SampleConsumer
  readonly restNodes: RestNodes
  readonly log: OpenLog
  readonly sluice: SluiceCommand
  /** Of the demo. */
  readonly folder: string
  /** Takes what has to be closed at the end. */
  readonly closing: (() => Promise<unknown>)[]
}

export async function startRestNodes(cast: Cast, consumer: SampleConsumer): Promise<RestNodes> {
  const start = (name: 'financeMailbox' | 'bakuAppeals' | 'ecologyAppeals'): Promise<RestNode> =>
    RestNode.start({ subsystem: subsystems[name], credentials: cast[name], consumer })
  return {
    finance: await start('financeMailbox'),
    baku: await start('bakuAppeals'),
    ecology: await start('ecologyAppeals'),
  }
}

/**
 * Documents (SC-07) and appeals (SC-08), each in its own exchange domain, between nodes with queues and without.
 * @returns how many scenes did not go as they should
 */
export async function playMessages(
  stage: MessageStage,
  say: (text: string) => void,
): Promise<number> {
  const { closing, restNodes, log, consumer, cast } = stage
  const opened = async (
    name: (typeof queueSubsystems)[number],
    open: (place: Omit<QueueNodeSettings, 'decide'>) => Promise<QueueNode>,
  ): Promise<QueueNode> => {
    const node = await open(await placeOf(stage, name))
    closing.unshift(() => node.close())
    return node
  }
  const transport = await opened('transportDocuments', openTransport)
  const energy = await opened('energyDocuments', (place) => openGateway(place, closing))
  const documents = { transport, energy, finance: restNodes.finance }
  const register = await opened('transportAppeals', openAppealsRegister)
  const appeals = { baku: restNodes.baku, transport: register, ecology: restNodes.ecology }
  const failed = 'the scene broke off'
  say('\nDocuments, domain SENED (queues and mailboxes)')
  let failures = await sayLooks(
    documentLooks({ nodes: documents, consumer, cast, log }),
    say,
    failed,
  )
  say('\nAppeals, domain MURACIET')
  failures += await sayLooks(appealLooks({ nodes: appeals, log }), say, failed)
  return failures
}

/** Its user at the broker is made as an operator makes it. @throws Error in the command's words */
async function placeOf(
  { cast, sluice, folder }: MessageStage,
  name: (typeof queueSubsystems)[number],
): Promise<Omit<QueueNodeSettings, 'decide'>> {
  const subsystem = subsystems[name]
  const { exitCode, out, err } = await sluice('mq', 'user', subsystem, '--reason', 'npm run demo')
  if (exitCode !== 0) throw new Error([...out, ...err].join('\n'))
  const bus = new X509Certificate(readFileSync(join(folder, 'bus-certificate.pem')))
  return { url: out[0] ?? '', subsystem, credentials: cast[name], bus }
}
