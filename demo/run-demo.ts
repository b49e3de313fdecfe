import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { openLogOf, openRegistryOf } from '../src/cli/open-database.js'
import { registryCommand } from '../src/cli/registry.js'
import { StartError } from '../src/process/start-trouble.js'
import { startEducation, startTaxes, type SampleAgency } from './agencies.js'
import { castOf, type Cast } from './cast.js'
import { SampleConsumer } from './consumer.js'
import { busDirectoryIn, startDemoBus, type BusRun } from './demo-bus.js'
import { play } from './play.js'
import type { RunningBus } from './running-bus.js'
import { SamplePki } from './sample-pki.js'
import { writeSampleRegistry } from './sample-registry.js'
import { firstCallOf, scenesOf } from './scenes.js'
import { untilFollowed } from './until-followed.js'

export interface DemoRun extends BusRun {
  /** Whether the demo ends by itself. */
  readonly once: boolean
  readonly say: (text: string) => void
}

const folderGuideWidth = 44
const folderGuide = [
  [
    'consumers, RSA, P-256 and Ed25519: key.pem, certificate.pem',
    'portal/ civil-service/ social-fund/',
  ],
  ['the providers’ systems, the same', 'taxes/ education/'],
  ['a key of the portal whose certificate was revoked', 'portal-revoked/'],
  ['who issued all these, and its revocation list', 'authority/'],
  ['whose signature answers bear; in each system’s folder, too', 'bus-ca.pem bus-certificate.pem'],
  ['what was declared, and what that changed', 'registry.yaml registry-applied.txt'],
  ['the bus: system log; database, identity, keys', 'bus.log bus/'],
] as const

const folder = resolve('var/demo')
const place = {
  directory: busDirectoryIn(folder),
  databaseUrl: undefined,
  migrationUrl: undefined,
}

/**
 * Starts bus and agencies, declares them, plays the scenes.
 * @returns how many did not go as they should
 * @throws StartError with words for the person who started the demo
 */
export async function runDemo(run: DemoRun): Promise<number> {
  const { closing, say } = run
  mkdirSync(folder, { recursive: true })
  say('Sluice demo: sample agencies, a real bus, real signatures. All data are invented.\n')
  const pki = await SamplePki.open(folder)
  const cast = await castOf(pki)
  // Before what a demo that is already up works with is written anew: then this fails.
  const bus = await startDemoBus(folder, Object.values(cast), run)
  await pki.publishRevocationList([cast.revokedPortal])
  const agencies = await startAgencies(run)
  const registryFile = join(folder, 'registry.yaml')
  writeSampleRegistry(registryFile, pki, { certificates: certificatesOf(cast), ...agencies })
  say(`Registry: ${await applyRegistry(registryFile)}`)
  const consumer = new SampleConsumer(bus.address, join(folder, 'bus-certificate.pem'))
  await untilFollowed(consumer, firstCallOf(cast), bus.workers.length)
  const log = await openLogOf(place)
  closing.unshift(() => log.close())
  const failures = await play(scenesOf(cast), consumer, log, say)
  sayWhatIsThere(bus, failures, run)
  return failures
}

/**
 * Applies the declaration as the command line does; what that says is kept beside it.
 * @returns its last word
 */
async function applyRegistry(file: string): Promise<string> {
  const words: string[] = []
  const note = (line: string): void => void words.push(line)
  const exitCode = await registryCommand(['apply', file], { out: note, err: note }, () =>
    openRegistryOf(place),
  )
  writeFileSync(join(folder, 'registry-applied.txt'), words.join('\n'))
  if (exitCode !== 0) throw new StartError({ text: words.join('\n'), exitCode: 1 })
  return words.at(-1) ?? ''
}

function certificatesOf(cast: Cast): Parameters<typeof writeSampleRegistry>[2]['certificates'] {
  const files = (...members: readonly (keyof Cast)[]): string[] =>
    members.map((member) => join(cast[member].folder, 'certificate.pem'))
  return {
    portal: files('portal', 'revokedPortal'),
    civilService: files('civilService'),
    socialFund: files('socialFund'),
    taxes: files('taxes'),
    education: files('education'),
  }
}

async function startAgencies({
  closing,
}: DemoRun): Promise<{ taxesAddress: string; educationAddress: string }> {
  const agencies: [SampleAgency, SampleAgency] = [await startTaxes(), await startEducation()]
  closing.unshift(() => Promise.all(agencies.map((agency) => agency.close())))
  const [taxes, education] = agencies
  return { taxesAddress: taxes.address, educationAddress: education.address }
}

function sayWhatIsThere({ address, management }: RunningBus, failures: number, run: DemoRun): void {
  const { say } = run
  say(failures === 0 ? '\nEverything went as it should.' : `\n${failures} went wrong.`)
  say(`\nFor your own client, in ${relative(process.cwd(), folder)}:`)
  for (const [what, files] of folderGuide) say(`  ${files.padEnd(folderGuideWidth)}${what}`)
  if (run.once) return
  say(
    `\nThe bus is up: ${address}   health: ${management}/health/ready   metrics: ${management}/metrics`,
  )
  say('Send your own request: docs/first-request.md. Ctrl-C ends the demo.')
}
