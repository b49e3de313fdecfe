import 'reflect-metadata'
import { copyFileSync, createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { stringify } from 'yaml'
import { openLogOf, openRegistryOf } from '../src/cli/open-database.js'
import { registryCommand } from '../src/cli/registry.js'
import { startEducation, startTaxes, type SampleAgency } from './agencies.js'
import { SampleConsumer } from './consumer.js'
import { play } from './play.js'
import { startBus, type RunningBus } from './running-bus.js'
import { SamplePki } from './sample-pki.js'
import { writeSampleRegistry } from './sample-registry.js'
import { scenesOf } from './scenes.js'

/** `npm run demo`: the whole bus with sample agencies. `--once` ends by itself; its exit code tells. */
const folder = resolve('var/demo')
const place = {
  directory: join(folder, 'bus'),
  databaseUrl: undefined,
  migrationUrl: undefined,
}
const once = process.argv.includes('--once')
const closing: (() => Promise<unknown>)[] = []
let isEnding = false

process.on('SIGINT', () => void end(0))
process.on('SIGTERM', () => void end(0))

try {
  const failures = await run()
  if (once || failures > 0) await end(failures > 0 ? 1 : 0)
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  await end(1)
}

async function run(): Promise<number> {
  mkdirSync(folder, { recursive: true })
  say('Sluice demo: sample agencies, a real bus, real signatures. All data are invented.\n')
  const pki = await SamplePki.open(folder)
  const cast = await castOf(pki)
  await pki.publishRevocationList([cast.revokedPortal])
  const [taxes, education] = await startAgencies()
  const registryFile = join(folder, 'registry.yaml')
  writeSampleRegistry(registryFile, pki, {
    certificates: {
      portal: filesOf(cast.portal, cast.revokedPortal),
      civilService: filesOf(cast.civilService),
      socialFund: filesOf(cast.socialFund),
      taxes: filesOf(cast.taxes),
      education: filesOf(cast.education),
    },
    taxesAddress: taxes.address,
    educationAddress: education.address,
  })
  const bus = await startDemoBus(Object.values(cast))
  if (!(await applyRegistry(registryFile))) return 1
  // Every worker follows a change of the registry within a second.
  await setTimeout(1_000)
  const log = await openLogOf(place)
  closing.unshift(() => log.close())
  const consumer = new SampleConsumer(bus.address, join(folder, 'bus-certificate.pem'))
  const failures = await play(scenesOf(cast), consumer, log, say)
  sayWhatIsThere(bus, failures)
  return failures
}

/** Applies the declaration as the command line does; what that says is kept beside it. */
async function applyRegistry(file: string): Promise<boolean> {
  const words: string[] = []
  const note = (line: string): void => void words.push(line)
  const exitCode = await registryCommand(['apply', file], { out: note, err: note }, () =>
    openRegistryOf(place),
  )
  writeFileSync(join(folder, 'registry-applied.txt'), words.join('\n'))
  say(`Registry: ${exitCode === 0 ? (words.at(-1) ?? '') : words.join('\n')}`)
  return exitCode === 0
}

async function castOf(
  pki: SamplePki,
): Promise<Record<CastMember, Awaited<ReturnType<SamplePki['credentials']>>>> {
  return {
    portal: await pki.credentials('portal', 'rsa-2048'),
    revokedPortal: await pki.credentials('portal-revoked', 'p256'),
    civilService: await pki.credentials('civil-service', 'p256'),
    socialFund: await pki.credentials('social-fund', 'ed25519'),
    taxes: await pki.credentials('taxes', 'p256'),
    education: await pki.credentials('education', 'p256'),
  }
}

type CastMember = 'portal' | 'revokedPortal' | 'civilService' | 'socialFund' | 'taxes' | 'education'

function filesOf(...credentials: readonly { readonly folder: string }[]): string[] {
  return credentials.map(({ folder: own }) => join(own, 'certificate.pem'))
}

async function startAgencies(): Promise<[SampleAgency, SampleAgency]> {
  const agencies: [SampleAgency, SampleAgency] = [await startTaxes(), await startEducation()]
  closing.unshift(() => Promise.all(agencies.map((agency) => agency.close())))
  return agencies
}

async function startDemoBus(
  credentials: readonly { readonly folder: string }[],
): Promise<RunningBus> {
  const configFile = join(folder, 'bus.yaml')
  // The sample agencies live on this machine, so the bus may call loopback addresses.
  const outbound = { privateAddresses: ['127.0.0.0/8'] }
  writeFileSync(configFile, stringify({ management: {}, adapters: { rest: { outbound } } }))
  const systemLog = createWriteStream(join(folder, 'bus.log'), { flags: 'a' })
  const bus = await startBus({
    directory: place.directory,
    configFile,
    port: await freePort(8080),
    managementPort: await freePort(8081),
    onLine: (line) => systemLog.write(`${line}\n`),
  })
  closing.unshift(() => bus.stop())
  void bus.ended.then(() => void end(1))
  // Whose signature an answer must bear: the same for everybody, and at hand for each.
  for (const target of [folder, ...credentials.map((own) => own.folder)]) {
    copyFileSync(join(place.directory, 'identity/bus-ca.pem'), join(target, 'bus-ca.pem'))
    copyFileSync(join(place.directory, 'identity/bus.pem'), join(target, 'bus-certificate.pem'))
  }
  return bus
}

/** The usual port if it is free, any other otherwise. */
function freePort(usual: number): Promise<number> {
  return new Promise((resolvePort) => {
    const probe = createServer()
    probe.once('error', () => resolvePort(0))
    probe.listen(usual, '127.0.0.1', () => probe.close(() => resolvePort(usual)))
  })
}

function sayWhatIsThere(bus: RunningBus, failures: number): void {
  const at = relative(process.cwd(), folder)
  say(failures === 0 ? '\nEverything went as it should.' : `\n${failures} went wrong.`)
  say(`\nKeys, certificates and the bus's trust anchor for your own client are in ${at}:`)
  say(
    `  portal/ (RSA), civil-service/ (P-256), social-fund/ (Ed25519), bus-ca.pem, bus-certificate.pem`,
  )
  say(`  registry.yaml is what was applied; bus.log is the bus's system log.`)
  if (once) return
  say(
    `\nThe bus is up: ${bus.address}   health: ${bus.management}/health/ready   metrics: ${bus.management}/metrics`,
  )
  say('Send your own request: docs/first-request.md. Ctrl-C ends the demo.')
}

async function end(exitCode: number): Promise<void> {
  if (isEnding) return
  isEnding = true
  for (const close of closing) await close().catch(() => undefined)
  process.exit(exitCode)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
