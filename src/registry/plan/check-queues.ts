import { brokerNameBytesMax, brokerNameOf, inQueueOf, queueOfAddress } from '../../broker/names.js'
import { providerOf, type SubsystemId } from '../../exchange/identifier.js'
import { holdsStandIn } from '../declaration/stand-in.js'
import { fieldPlace, report, type YamlPlace } from '../declaration/yaml-place.js'
import type { Service } from '../service.js'
import type { WorkingCopy } from './working-copy.js'

/** Whether services that are reached by queues have some, and what has queues a name that the broker takes. */
export function checkQueues(copy: WorkingCopy): void {
  for (const [id, service, at] of copy.services.declared()) {
    if (service.protocol === queueProtocol) checkService(copy, id, service, at)
  }
  for (const [id, { mq }, at] of copy.subsystems.declared()) {
    if (mq) checkName(id as SubsystemId, at)
    else if (copy.subsystems.before.get(id)?.mq) checkUnused(copy, id, at)
  }
}

const queueProtocol = 'mq'

function checkService(copy: WorkingCopy, id: string, service: Service, at: YamlPlace): void {
  const { address, status } = service
  const owner = providerOf(service.id)
  // An address that was wrong or missing has been reported.
  if (address !== '' && queueOfAddress(owner, address) === undefined) {
    report(
      fieldPlace(at, 'address'),
      'is no queue',
      'Write amqp:in, or amqp:in.name for a queue of its own: lower case, digits, hyphens, at most 32 characters.',
    )
  }
  if (status === 'liquidated' || holdsStandIn(id)) return
  if (copy.subsystems.after.get(owner)?.mq === false) {
    report(
      fieldPlace(at, 'protocol'),
      `is mq, and ${owner} has no queues`,
      'Write mq: true at its system.',
    )
  }
}

/** What the longest name of a queue has behind its subsystem's. */
const behindNameBytes = inQueueOf('' as SubsystemId, 'x'.repeat(32)).length
const nameBytesMax = brokerNameBytesMax - behindNameBytes

function checkName(id: SubsystemId, at: YamlPlace): void {
  // ASCII: a character is a byte.
  const bytes = brokerNameOf(id).length
  if (bytes <= nameBytesMax || holdsStandIn(id)) return
  report(
    fieldPlace(at, 'mq'),
    `cannot be: the name of ${id} has ${bytes} bytes at the broker, and ${nameBytesMax} are the most`,
    'Register a system with shorter codes; a letter outside ASCII takes six bytes there.',
  )
}

/** Services declared now have been told so already. */
function checkUnused(copy: WorkingCopy, id: string, at: YamlPlace): void {
  for (const service of copy.services.after.values()) {
    const isUsed = service.protocol === queueProtocol && service.status !== 'liquidated'
    if (!isUsed || providerOf(service.id) !== id || copy.services.declaredAt.has(service.id)) {
      continue
    }
    report(
      fieldPlace(at, 'mq'),
      `takes the queues away from which ${service.id} is read`,
      'Give its services another protocol, or status: liquidated, in the same declaration.',
    )
    return
  }
}
