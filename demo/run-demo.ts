import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { openLogOf } from '../src/cli/open-database.js'
import { StartError } from '../src/process/start-trouble.js'
import { startEducation, startTaxes } from './agencies.js'
import type { SampleAgency } from './agency-server.js'
import { castOf, type Cast } from './cast.js'
import { SampleConsumer, type CallOutcome } from './consumer.js'
import { findDemoBroker, type DemoBroker } from './demo-broker.js'
import { administratorFile, playControl } from './control-scenes.js'
import {
  busDirectoryIn,
  layBusCertificates,
  startDemoBus,
  type BusRun,
  type DemoBus,
} from './demo-bus.js'
import { playEvidence } from './evidence-scenes.js'
import { mediatedScenesOf, mediatedSoapScenesOf } from './mediated-scenes.js'
import { play } from './play.js'
import { playMessages, startRestNodes, type RestNodes } from './play-messages.js'
import { SamplePki } from './sample-pki.js'
import { services, writeSampleRegistry, type ProviderName } from './sample-registry.js'
import { firstCallOf, scenesOf } from './scenes.js'
import { sluiceCommandIn } from './sluice-command.js'
import { startCustoms, startInterior, startSocialFund } from './soap-agencies.js'
import { SampleSoapConsumer } from './soap-consumer.js'
import { soapScenesOf } from './soap-scenes.js'
import { untilFollowed } from './until-followed.js'

export interface DemoRun extends Omit<BusRun, 'broker'> {
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
  ['a consumer’s SOAP system, RSA and answered with RSA, the same', 'securities/'],
  ['the providers’ systems, the same', 'taxes/ education/ interior/ customs/'],
  ['documents: nodes with queues', 'transport-documents/ energy-documents/'],
  ['documents: a mailbox without', 'finance-mailbox/'],
  ['appeals: a node with queues', 'transport-appeals/'],
  ['appeals: nodes without', 'baku-appeals/ ecology-appeals/'],
  ['a key of the portal whose certificate was revoked', 'portal-revoked/'],
  ['who issued all these, and its revocation list', 'authority/'],
  ['whose signature answers bear; in each system’s folder, too', 'bus-ca.pem bus-certificate.pem'],
  ['what was declared, and what that changed', 'registry.yaml registry-applied.txt'],
  [
    'of one exchange: receipt, evidence container, keys to check it',
    'receipt.jwt evidence.asice log-keys.txt',
  ],
  ['the token by which auditors read entries of the logs', 'auditor.token'],
  ['login and password of an operator for the admin API', administratorFile],
  ['the bus: system log; database, identity, keys', 'bus.log bus/'],
] as const

const folder = resolve('var/demo')
const place = {
  directory: busDirectoryIn(folder),
  databaseUrl: undefined,
  migrationUrl: undefined,
}

const sluice = sluiceCommandIn(folder)

/**
 * Starts bus and agencies, declares them, plays the scenes.
 * @returns how many did not go as they should
 * @throws StartError with words for the person who started the demo
 */
export async function runDemo(run: DemoRun): Promise<number> {
  const { say } = run
  mkdirSync(folder, { recursive: true })
  say('Sluice demo: sample agencies, a real bus, real signatures. All data are invented.\n')
  const pki = await SamplePki.open(folder)
  const broker = await findDemoBroker()
  // Before what a demo that is already up works with is written anew: then this fails. A bus comes up while keys are made.
  const [bus, cast] = await Promise.all([
    startDemoBus(folder, { ...run, broker: broker.settings }),
    castOf(pki),
  ])
  layBusCertificates(folder, Object.values(cast))
  const consumer = new SampleConsumer(bus.address, join(folder, 'bus-certificate.pem'))
  await pki.publishRevocationList([cast.revokedPortal])
  const agencies = await startAgencies(run)
  const restNodes = await startRestNodes(cast, consumer)
  run.closing.unshift(() => Promise.all(Object.values(restNodes).map((node) => node.close())))
  const registryFile = join(folder, 'registry.yaml')
  const addresses = addressesOf({ ...agencies, ...restNodes })
  writeSampleRegistry(registryFile, pki, { certificates: certificatesOf(cast), addresses })
  say(`Registry: ${await applyRegistry(registryFile)}`)
  const failures = await playAll({ bus, cast, agencies, restNodes, consumer, broker }, run)
  sayWhatIsThere(bus, failures, run)
  return failures
}

interface Stage {
  readonly bus: DemoBus
  readonly cast: Cast
  readonly agencies: Agencies
  readonly restNodes: RestNodes
  readonly consumer: SampleConsumer
  readonly broker: DemoBroker
}

/** @returns how many scenes did not go as they should */
async function playAll(stage: Stage, { closing, say }: DemoRun): Promise<number> {
  const { bus, cast, agencies, consumer, broker } = stage
  const { addresses, workers, management, logApi = '' } = bus
  await untilFollowed(consumer, firstCallOf(cast), workers.length)
  const log = await openLogOf(place)
  closing.unshift(() => log.close())
  say('\nREST')
  let failures = await play(scenesOf(cast), consumer, log, say)
  say('\nSOAP 1.1')
  const soapConsumer = new SampleSoapConsumer(
    addresses[1] ?? '',
    join(folder, 'bus-certificate.pem'),
  )
  failures += await play(soapScenesOf(cast, agencies), soapConsumer, log, say)
  say('\nREST consumers of SOAP services, and the other way round')
  failures += await play(mediatedScenesOf(cast), consumer, log, say)
  failures += await play(mediatedSoapScenesOf(cast), soapConsumer, log, say)
  if (broker.why === undefined) {
    failures += await playMessages({ ...stage, log, sluice, folder, closing }, say)
  } else {
    say(`\nLeft out: documents (SC-07) and appeals (SC-08), which need queues. ${broker.why}`)
  }
  say('\nThe control plane')
  const byNext = (): Promise<CallOutcome> => consumer.call({ ...firstCallOf(cast), isApart: true })
  const control = {
    ...{ call: byNext, workers: workers.length, sluice, admin: bus.admin, folder },
    hasAppeals: broker.why === undefined,
  }
  failures += await playControl(control, say)
  say('\nEvidence')
  const call = (): Promise<CallOutcome> => consumer.call(firstCallOf(cast))
  return failures + (await playEvidence({ call, sluice, logApi, management, folder }, say))
}

/**
 * Applies the declaration as the command line does; what that says is kept beside it.
 * @returns its last word
 */
async function applyRegistry(file: string): Promise<string> {
  const { exitCode, out, err } = await sluice('registry', 'apply', file)
  const words = [...out, ...err]
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
    securities: files('securities'),
    interior: files('interior'),
    customs: files('customs'),
    transportDocuments: files('transportDocuments'),
    energyDocuments: files('energyDocuments'),
    financeMailbox: files('financeMailbox'),
    bakuAppeals: files('bakuAppeals'),
    transportAppeals: files('transportAppeals'),
    ecologyAppeals: files('ecologyAppeals'),
  }
}

type Agencies = Readonly<Record<Exclude<ProviderName, keyof RestNodes>, SampleAgency>>

async function startAgencies({ closing }: DemoRun): Promise<Agencies> {
  const agencies = {
    taxes: await startTaxes(),
    education: await startEducation(),
    interior: await startInterior(),
    socialFund: await startSocialFund(),
    customs: await startCustoms(),
  }
  closing.unshift(() => Promise.all(Object.values(agencies).map((agency) => agency.close())))
  return agencies
}

function addressesOf(
  providers: Readonly<Record<ProviderName, { readonly address: string }>>,
): Record<ProviderName, string> {
  const { taxes, education, interior, socialFund, customs, finance, baku, ecology } = providers
  return {
    taxes: taxes.address,
    education: education.address,
    interior: interior.address,
    socialFund: socialFund.address,
    customs: customs.address,
    finance: finance.address,
    baku: baku.address,
    ecology: ecology.address,
  }
}

function sayWhatIsThere(
  { addresses, management, logApi = '', admin }: DemoBus,
  failures: number,
  run: DemoRun,
): void {
  const { say } = run
  say(failures === 0 ? '\nEverything went as it should.' : `\n${failures} went wrong.`)
  say(`\nFor your own client, in ${relative(process.cwd(), folder)}:`)
  for (const [what, files] of folderGuide) say(`  ${files.padEnd(folderGuideWidth)}${what}`)
  if (run.once) return
  const [rest, soap = ''] = addresses
  say(`\nThe bus is up: ${rest}   SOAP: ${soap}`)
  say(`  WSDL:   ${soap}/${services.personByPin}?wsdl   ${soap}/${services.diploma}?wsdl`)
  say(`  OpenAPI: ${rest}/openapi/${services.diploma}   ${rest}/openapi/${services.personByPin}`)
  say(`  health: ${management}/health/ready   metrics: ${management}/metrics`)
  say(`  logs:   ${logApi}/log/   (docs/transparency-log.md)`)
  say(`  admin:  ${admin}/v1/openapi.json   (docs/admin-api.md)`)
  say(
    'Send your own request: docs/first-request.md; over SOAP: docs/connect-soap.md. Ctrl-C ends the demo.',
  )
}
