import { hash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RunningBus } from '../../demo/running-bus.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { attachmentOf, largeBody } from '../support/large-soap.js'
import { freePort } from '../support/free-port.js'
import { BusField, consumerSubsystem, providerSubsystem } from '../support/running-bus.js'
import { TestProvider } from '../support/whole-bus-provider.js'
import { TestRegistry } from '../support/whole-bus-registry.js'
import { sampleMember, sampleRight, sampleService } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SignedSoapCall } from '../support/whole-bus-soap.js'

const service = `${providerSubsystem}/finAxtaris/v1`
const mebibyte = 1 << 20
const largest = 50_000_000

let field: BusField
let bus: RunningBus
let provider: TestProvider
let consumer: TestSoapConsumer

beforeAll(async () => {
  field = await BusField.open()
  provider = await TestProvider.start()
  // What arrived is looked at here, and kept by nobody.
  provider.answer = ({ header, payload }) => {
    provider.deliveries.length = 0
    return { headers: { 'Content-Type': header('content-type')! }, payload }
  }
  const identity = await field.authority.issue({ subject: 'Şlüz' })
  const files = {
    keyFile: join(field.folder, 'bus-key.pem'),
    certificateFile: join(field.folder, 'bus.pem'),
  }
  await writeFile(files.keyFile, privateKeyPem(identity.privateKey))
  await writeFile(files.certificateFile, identity.pem)
  const port = await freePort()
  const outbound = { privateAddresses: ['127.0.0.0/8'] }
  bus = await field.startNode({
    workers: 1,
    limits: { unresolvedAfterMs: 300_000, logCommitTimeoutMs: 60_000 },
    config: { identity: files, adapters: { rest: {}, soap: { port, outbound } } },
  })
  await declare()
  consumer = new TestSoapConsumer({
    address: `http://127.0.0.1:${port}`,
    consumer: consumerSubsystem,
    credentials: field.credentials,
    busCertificate: identity.pem,
    authority: field.authority,
  })
  const small = signed(randomBytes(1))
  while ((await consumer.exchange(small)).status !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}, 60_000)

afterAll(async () => {
  consumer.close()
  await provider.close()
  await field.close()
})

async function declare(): Promise<void> {
  const registry = await TestRegistry.open(field.databaseOf())
  const { pem } = field.authority
  const certificates = [{ pem: field.credentials.pem }]
  const limits = { timeLimitMs: 60_000, requestBytesMax: 67_108_864, replyBytesMax: 67_108_864 }
  await registry.applyOnly({
    domains: [{ code: 'PORTAL', status: 'active' }],
    authorities: [{ name: 'Sınaq kökü', pem, role: 'anchor', revocation: 'none' }],
    members: [
      sampleMember(consumerSubsystem, { certificates }),
      sampleMember(providerSubsystem, {
        services: [sampleService('finAxtaris', provider.address, { protocol: 'soap', limits })],
      }),
    ],
    accessRights: [sampleRight(consumerSubsystem, service)],
  })
  await registry.close()
}

function signed(content: Uint8Array): SignedSoapCall {
  return consumer.sign({ service, body: largeBody, attachments: [attachmentOf(content)] })
}

/** Bytes of the worker in memory at most, since the last call. */
function peak(): number {
  const [worker] = bus.workers
  const status = readFileSync(`/proc/${worker!}/status`, 'utf8')
  writeFileSync(`/proc/${worker!}/clear_refs`, '5')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

function faultOf(payload: Buffer): string | undefined {
  return /<f:code>(\w+)<\/f:code>/.exec(payload.toString('latin1', 0, 20_000))?.[1]
}

async function carry(content: Buffer, times: number): Promise<void> {
  const calls = Array.from({ length: times }, () => signed(content))
  const digest = hash('sha256', content)
  for (const { status, payload } of await Promise.all(
    calls.map((call) => consumer.exchange(call)),
  )) {
    expect({ status, fault: faultOf(payload) }).toEqual({ status: 200, fault: undefined })
    const at = payload.indexOf(content.subarray(0, 32))
    expect(hash('sha256', payload.subarray(at, at + content.length))).toBe(digest)
  }
}

describe('the memory of a worker', () => {
  it('does not grow with the attachments that it carries', async () => {
    const small = randomBytes(mebibyte)
    const large = randomBytes(largest)
    // Until the process has what it takes to carry anything.
    for (let round = 0; round < 15; round++) await carry(small, 4)
    peak()
    await carry(small, 4)
    const withSmall = peak()
    await carry(large, 1)
    const withOne = peak()
    // Eight messages of 50 MB, requests and replies.
    await carry(large, 4)
    const withFour = peak()
    expect(withOne - withSmall).toBeLessThan(largest)
    expect(withFour - withSmall).toBeLessThan(2 * largest)
  }, 120_000)
})
