import { randomBytes } from 'node:crypto'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { startBus, type RunningBus } from './running-bus.js'
import type { Credentials } from './sample-pki.js'

export interface BusRun {
  /** What the configuration says of the broker. */
  readonly broker: object
  /** Calls the start off. */
  readonly stop: AbortSignal
  /** Takes what has to be closed at the end, the latest first. */
  readonly closing: (() => Promise<unknown>)[]
  /** Called when the bus has ended, whoever ended it. */
  readonly onBusEnd: () => void
}

/** A bus with the admin API. */
export interface DemoBus extends RunningBus {
  readonly admin: string
}

/** Where the bus of a demo keeps its own files. */
export function busDirectoryIn(folder: string): string {
  return join(folder, 'bus')
}

export function busConfigIn(folder: string): string {
  return join(folder, 'bus.yaml')
}

/**
 * Starts the demo's bus.
 * @throws StartError in the bus's own words
 */
export async function startDemoBus(
  folder: string,
  { broker, stop, closing, onBusEnd }: BusRun,
): Promise<DemoBus> {
  const directory = busDirectoryIn(folder)
  const configFile = busConfigIn(folder)
  const soapPort = (await freePort(8082)) || (await anyPort())
  const evidence = evidenceIn(folder, await freePort(8083))
  const adminPort = (await freePort(8084)) || (await anyPort())
  const admin = { port: adminPort }
  writeFileSync(configFile, stringify({ ...configurationOf(soapPort), ...broker, evidence, admin }))
  const systemLog = createWriteStream(join(folder, 'bus.log'), { flags: 'a' })
  const starting = startBus({
    directory,
    configFile,
    port: await freePort(8080),
    soapPort,
    managementPort: await freePort(8081),
    onLine: (line) => systemLog.write(`${line}\n`),
    stop,
  })
  closing.unshift(async () => (await starting).stop())
  const bus = await starting
  void bus.ended.then(onBusEnd)
  return { ...bus, admin: `http://127.0.0.1:${adminPort}` }
}

/** Whose signature an answer must bear: the same for everybody, and at hand in each system's folder. */
export function layBusCertificates(folder: string, systems: readonly Credentials[]): void {
  const directory = busDirectoryIn(folder)
  for (const target of [folder, ...systems.map((own) => own.folder)]) {
    writeFileSync(join(target, 'bus-ca.pem'), bothOf(directory, 'bus-ca.pem'))
    writeFileSync(join(target, 'bus-certificate.pem'), bothOf(directory, 'bus.pem'))
  }
}

/** What the bus has once for its usual key and once for its RSA key, one after the other. */
function bothOf(directory: string, name: string): string {
  const folders = ['identity', 'identity-rsa']
  return folders.map((own) => readFileSync(join(directory, own, name), 'utf8')).join('')
}

/** The sample agencies live on this machine, so the bus may call loopback addresses. */
function configurationOf(soapPort: number): object {
  const outbound = (): object => ({ privateAddresses: ['127.0.0.0/8'] })
  // What consumers read in a WSDL; it is made before the bus listens.
  const wsdl = { address: `http://127.0.0.1:${soapPort}` }
  // Where there is no broker, the bus says so in its health.
  const adapters = { rest: { outbound: outbound() }, soap: { outbound: outbound(), wsdl }, mq: {} }
  return { management: {}, adapters }
}

/** Where an auditor's token of the demo lies. */
export const auditorTokenFile = 'auditor.token'

/**
 * The logs for others to read; whoever has the token reads the entries, too. Nobody waits a minute for the
 * timestamp of what was shown.
 */
function evidenceIn(folder: string, port: number): object {
  const entriesTokenFile = join(folder, auditorTokenFile)
  writeFileSync(entriesTokenFile, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  return { api: { port, entriesTokenFile }, timestamps: { everyMs: 1_000 } }
}

/** The usual port if it is free, any other otherwise. */
function freePort(usual: number): Promise<number> {
  return new Promise((resolvePort) => {
    const probe = createServer()
    probe.once('error', () => resolvePort(0))
    probe.listen(usual, '127.0.0.1', () => probe.close(() => resolvePort(usual)))
  })
}

function anyPort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolvePort(port))
    })
  })
}
