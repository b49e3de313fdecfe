import { startAgencyServer, type AgencyAnswer } from './agency-server.js'
import type { Decision } from './notice.js'
import { QueueNode, type QueueNodeSettings } from './queue-node.js'
import type { RestNode } from './rest-node.js'

/** The nodes of SENED: an EDMS with queues, one behind the inter-agency gateway, a mailbox. */
export interface DocumentNodes {
  readonly transport: QueueNode
  readonly energy: QueueNode
  readonly finance: RestNode
}

type QueueNodePlace = Omit<QueueNodeSettings, 'decide'>

/** What a document's registration goes by. */
interface Document {
  readonly novu: string
}

export const registrationDate = '2020-11-06'

export function openTransport(place: QueueNodePlace): Promise<QueueNode> {
  let registered = 0
  return QueueNode.open({
    ...place,
    decide: () => {
      registered += 1
      return registeredAs(`NN-${registered}`)
    },
  })
}

/**
 * The inter-agency gateway's stub: the bus's queues on one side, on the other the EDMS of the ministry in its own
 * network, which gets documents by HTTP and knows nothing of the bus.
 * @param closing - takes what has to be closed at the end
 */
export async function openGateway(
  place: QueueNodePlace,
  closing: (() => Promise<unknown>)[],
): Promise<QueueNode> {
  const edms = await startAgencyServer(energyEdms(), answerOf(500, { sebeb: 'daxili xəta' }))
  closing.unshift(() => edms.close())
  return QueueNode.open({
    ...place,
    decide: async (document): Promise<Decision> => {
      const body = JSON.stringify(document)
      const answer = await fetch(`${edms.address}/senedler`, { method: 'POST', body })
      const { nomre = '', sebeb = '' } = (await answer.json()) as {
        readonly nomre?: string
        readonly sebeb?: string
      }
      return answer.ok ? registeredAs(nomre) : { notice: 'IMTINA', ground: sebeb }
    },
  })
}

/** Registers what it gets, but for reports. */
function energyEdms(): (request: unknown, body: Buffer) => AgencyAnswer {
  let registered = 0
  return (_request, body) => {
    const { novu } = JSON.parse(body.toString('utf8')) as Document
    if (novu === 'HESABAT') return answerOf(422, { sebeb: 'Hesabatlar bu quruma ünvanlanmır' })
    registered += 1
    return answerOf(200, { nomre: `EN-${registered}` })
  }
}

function registeredAs(number: string): Decision {
  return { notice: 'QEYDIYYATA_ALINIB', number, date: registrationDate }
}

function answerOf(status: number, body: object): AgencyAnswer {
  const payload = Buffer.from(JSON.stringify(body))
  return { status, contentType: 'application/json', payload }
}
