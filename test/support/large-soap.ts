import { readdir, readlink } from 'node:fs/promises'
import { BusProcess } from '../../src/bus-process.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import type { Limits } from '../../src/limits/default-limits.js'
import { sampleRight, sampleService, subsystems } from './whole-bus-sample.js'
import { TestSoapConsumer, type SignedSoapCall } from './whole-bus-soap.js'
import { startWholeBus, type WholeBus } from './whole-bus.js'

export const largeService = `${subsystems.taxes}/finAxtaris/v1`
export const largeBody = '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin></g:finAxtaris>'

// In all of the memory that is for payloads there is no room for one large message.
const fewBytes = 8 << 20
const limits = {
  payloadBytesMax: fewBytes,
  payloadBytesPerConsumerMax: fewBytes,
  payloadBytesInFlightMax: fewBytes,
  replyBytesPerConsumerMax: fewBytes,
  replyBytesInFlightMax: fewBytes,
  logLargeQueueBytesMax: fewBytes,
  // Slow machines take their time.
  logCommitTimeoutMs: 60_000,
}
const serviceLimits = {
  timeLimitMs: 60_000,
  requestBytesMax: 67_108_864,
  replyBytesMax: 67_108_864,
}

/** A whole bus with a SOAP service, and less memory for payloads than one of its messages has. */
export interface LargeSoapBus {
  readonly bus: WholeBus
  readonly portal: TestSoapConsumer
  readonly address: string
  /** A call with one attachment. */
  signed(content: Uint8Array): SignedSoapCall
  close(): Promise<void>
}

/** @param own - further limits of the bus */
export async function startLargeSoapBus(own: Partial<Limits> = {}): Promise<LargeSoapBus> {
  const bus = await startWholeBus({ soap: {}, limits: { ...limits, ...own } })
  const { providers, identities, busCertificate, authority } = bus
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('finAxtaris', providers.taxes.address, {
        protocol: 'soap',
        limits: serviceLimits,
      }),
    ],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  const address = bus.app.get(BusProcess).addresses[1]
  if (address === undefined) throw new Error('the bus has no SOAP lane')
  const portal = new TestSoapConsumer({
    ...{ address, consumer: subsystems.portal, credentials: identities.portal },
    ...{ busCertificate, authority },
  })
  return {
    bus,
    portal,
    address,
    signed: (content) =>
      portal.sign({ service: largeService, body: largeBody, attachments: [attachmentOf(content)] }),
    close: () => {
      portal.close()
      return bus.close()
    },
  }
}

export function attachmentOf(content: Uint8Array, contentId = 'senet@vn.az'): SoapAttachment {
  const rawHeaders = ['Content-Type', 'application/pdf', 'Content-Transfer-Encoding', 'binary']
  return { contentId, rawHeaders, content }
}

/** Files of the spool that this process, in which the bus runs, has open. */
export async function keptFiles(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd')
  const links = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((path) => /\.spool( \(deleted\))?$/.test(path)).length
}

/** Resolves when the spool has kept as many files as that. */
export async function untilKept(isIt: (files: number) => boolean): Promise<void> {
  while (!isIt(await keptFiles())) await new Promise((resolve) => setTimeout(resolve, 5))
}
