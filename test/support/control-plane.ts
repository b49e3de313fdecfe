import { createPrivateKey, createPublicKey, randomUUID, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Role } from '../../src/admin/permission.js'
import type { AdminAnswer } from './admin-api.js'
import { openAdminWorld, type AdminWorld, type DeskTerms } from './admin-world.js'
import { openTestCa, operator, type TestCa } from './issuing-ca.js'
import type { TestIdentity } from './pki.js'
import type { Answer, Call, TestConsumer } from './whole-bus-consumer.js'
import { expectRefused } from './whole-bus-expect.js'
import { startWholeBus, type WholeBus, type WholeBusOptions } from './whole-bus.js'

/** Who asks the admin API: a role, with its scope where it has one; or another officer of the operator. */
export type Who = Role | `${'FOUNDER_ADMIN' | 'MEMBER_ADMIN'} ${string}` | typeof otherOfficer
export const otherOfficer = 'other OPERATOR'

/** The same system in front of each of two nodes. */
export type Pair = readonly [TestConsumer, TestConsumer]

/** Longer than this a change may not take to be in force on every node, milliseconds. */
export const inForceMsMax = 1_000
// A machine that is busy with other things may be slow once; what counts is the middle of all.
const waitedMsMax = 10_000

/** How a bus under the API is, where it matters. */
export interface ControlPlaneTerms {
  readonly nodes?: 1 | 2
  readonly bus?: WholeBusOptions
  /** How the desk works on that bus. */
  readonly desk?: (bus: WholeBus) => Promise<DeskTerms>
}

/** What is told on two nodes, in order: what one leaves behind the next may find. */
export type Story = readonly [title: string, tell: (plane: ControlPlane) => Promise<void>]

/** Two nodes over one database, with the admin API and the CA of the bus; whatever is changed, is changed by the API. */
export class ControlPlane {
  readonly bus: WholeBus
  readonly world: AdminWorld
  readonly ca: TestCa
  readonly portal: Pair
  /** How long changes took to be in force on both nodes, milliseconds. */
  readonly delaysMs: number[] = []
  /** Every answer of the API, as it came. */
  readonly answers: AdminAnswer[] = []
  readonly #other: string
  readonly #tokens = new Map<Who, Promise<string>>()
  readonly #consumers: TestConsumer[] = []

  private constructor(bus: WholeBus, other: string, world: AdminWorld, ca: TestCa) {
    this.bus = bus
    this.world = world
    this.ca = ca
    this.#other = other
    this.portal = this.pair(bus.portal)
  }

  static async open({
    nodes = 2,
    bus: options,
    desk,
  }: ControlPlaneTerms = {}): Promise<ControlPlane> {
    const bus = await startWholeBus(options)
    const other = nodes === 2 ? await bus.startAnother() : bus
    const ca = await openTestCa(bus.database)
    await ca.ca.init(operator)
    const world = await openAdminWorld(bus.database, { ca: ca.ca, desk: await desk?.(bus) })
    return new ControlPlane(bus, other.address, world, ca)
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) consumer.close()
    await this.world.close()
    await this.ca.close()
    await this.bus.close()
  }

  pair(consumer: TestConsumer): Pair {
    const other = consumer.at(this.#other)
    this.#consumers.push(other)
    return [consumer, other]
  }

  /** One request to the API. @param status - that the answer must have */
  async ask(
    [who, method, path]: readonly [who: Who, method: string, path: string],
    {
      status = 200,
      body,
      ...call
    }: { status?: number; body?: unknown; bytes?: Uint8Array } & {
      readonly headers?: Record<string, string>
      readonly ifMatch?: string
    } = {},
  ): Promise<AdminAnswer> {
    const options = { ...call, ...(body !== undefined && { body }) }
    const answer = await this.world.call(await this.tokenOf(who), method, path, options)
    this.answers.push(answer)
    expectStatus(`${method} ${path}`, answer, status)
    return answer
  }

  /** Changes what is there, by the revision that was looked up. */
  async change(
    [who, method, path]: readonly [who: Who, method: 'PUT' | 'PATCH' | 'POST', path: string],
    body: object,
    status = 200,
  ): Promise<AdminAnswer> {
    const entry = /^\/v1\/[^/]+\/[^/]+/.exec(path)?.[0] ?? path
    const seen = await this.ask([who, 'GET', entry])
    const ifMatch = String(seen.headers['etag'])
    return this.ask([who, method, path], { status, body, ifMatch })
  }

  tokenOf(who: Who): Promise<string> {
    const login = `i7-${randomUUID().slice(0, 8)}`
    const known =
      this.#tokens.get(who) ??
      this.world
        .enter({ login, roles: [who === otherOfficer ? 'OPERATOR' : who] })
        .then(({ token }) => token)
    this.#tokens.set(who, known)
    return known
  }

  /** A system's key made by OpenSSL, and the certificate that the CA of the bus issues for it, by API alone. */
  async certified(subsystem: string, admin: Who): Promise<TestIdentity & { serial: string }> {
    const name = randomUUID()
    const der = (await this.ca.request(name)).toString('base64')
    const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${der}\n-----END CERTIFICATE REQUEST-----\n`
    const path = `/v1/subsystems/${encodeURIComponent(subsystem)}/certificates`
    const filed = await this.ask([admin, 'POST', path], { status: 201, body: { csr } })
    const { request } = filed.json as { request: { id: string } }
    const approval = `/v1/certificate-requests/${request.id}/approve`
    const issued = await this.change(
      ...([['OPERATOR', 'POST', approval], { reason: 'Müraciət 12' }, 201] as const),
    )
    const { pem, thumbprint, serial } = issued.json as Record<
      'pem' | 'thumbprint' | 'serial',
      string
    >
    const privateKey = createPrivateKey(await readFile(join(this.ca.folder, `${name}.key`)))
    const publicKey = createPublicKey(privateKey)
    const certificate = { der: new X509Certificate(pem).raw, pem, thumbprint, serialNumber: serial }
    return { ...certificate, privateKey, publicKey, serial }
  }

  /** Waits until both nodes answer so, and notes how long that took. @param expected - a fault, or a status */
  async inForce(pair: Pair, expected: string, call: Call = {}): Promise<void> {
    const startMs = performance.now()
    for (const consumer of pair) {
      let answer: string
      do answer = await told(consumer, call)
      while (answer !== expected && performance.now() - startMs < waitedMsMax)
      expectTold(answer, expected)
    }
    this.delaysMs.push(performance.now() - startMs)
  }

  /** Both nodes refuse it: each refusal in the log, nothing delivered. @returns the answers */
  async refused(
    pair: Pair,
    fault: string,
    call: Call = {},
    side?: 'bus' | 'provider',
  ): Promise<Answer[]> {
    const { taxes } = this.bus.providers
    const { count } = taxes
    const answers: Answer[] = []
    for (const consumer of pair) {
      const answer = await consumer.call(call)
      await expectRefused(this.bus, answer, fault, {
        ...(side && { side }),
        field: answer.problem?.field,
      })
      answers.push(answer)
    }
    expectTold(taxes.count, count)
    return answers
  }
}

function expectStatus(request: string, { status, json }: AdminAnswer, expected: number): void {
  expect([request, status, status === expected || json]).toEqual([request, expected, true])
}

function expectTold<Value>(value: Value, expected: Value): void {
  expect(value).toBe(expected)
}

async function told(consumer: TestConsumer, call: Call): Promise<string> {
  const { fault, status } = await consumer.call(call)
  return fault ?? String(status)
}

/** An identifier in a path of the API. */
export function at(noun: string, id: string, rest = ''): string {
  return `/v1/${noun}/${encodeURIComponent(id)}${rest}`
}
