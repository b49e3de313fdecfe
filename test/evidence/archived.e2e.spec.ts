import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { readActs, recordAct } from '../../src/audit-log/audit-log.store.js'
import { openEvidenceOf } from '../../src/cli/open-evidence.js'
import { loadLogSigningKey } from '../../src/config/log-keys.js'
import { Secret } from '../../src/config/secrets.js'
import { NoSuchExchange } from '../../src/evidence/closed-exchange.js'
import { readZip, type ContainerFiles } from '../../src/evidence/read-zip.js'
import { verifyEvidence } from '../../src/evidence/verify/verify-evidence.js'
import { archiveActOf } from '../../src/log-archive/act-of.js'
import { archiveLogs } from '../../src/log-archive/archive-logs.store.js'
import { dayAfter, dayOf, startOf } from '../../src/log-archive/log-day.js'
import { LogSigners } from '../../src/sequencing/log-signers.js'
import { LogTreeStore } from '../../src/sequencing/log-tree.store.js'
import { SequencingSession } from '../../src/sequencing/sequencing-session.store.js'
import { makeTimestampRequest } from '../../src/timestamp/timestamp-request.js'
import { verifyResponse } from '../../src/timestamp/verify-response.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { testSequencing } from '../support/sequencing.js'
import { makeTsa, type TestTsa } from '../support/timestamps.js'
import { sampleService, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const officer = { actor: 'N. Əliyeva', role: 'security officer', reason: 'Məhkəmə işi 12' }
const portal = 'domain/PORTAL'
/** By then the partition of a new database is over. */
const later = dayAfter(dayOf(new Date()), 5)
const afterwards = (): Date => new Date(startOf(later).getTime() + 2 * 3_600_000)

let bus: WholeBus
let owner: pg.Client
let tsa: TestTsa
let signers: LogSigners
let folder: string
let exchangeId: string
let files: string[]
let before: ContainerFiles

beforeAll(async () => {
  bus = await startWholeBus()
  owner = new pg.Client(bus.database.ownerUrl)
  await owner.connect()
  tsa = await makeTsa()
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-archived-'))
  signers = new LogSigners(loadLogSigningKey(bus.config).reveal(), bus.config.evidence.origin)
  const signed = { providerSignature: 'required' }
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('voenTap', bus.providers.taxes.address, signed)],
  })
  bus.providers.taxes.signer = bus.identities.taxes
  ;({ exchangeId } = await bus.portal.call({ rest: '/axtar?fin=5XY7K2A' }))
  // What is in a tile that is not full stays in the database.
  for (let calls = 0; calls < 130; calls += 10) {
    await Promise.all(Array.from({ length: 10 }, () => bus.portal.call()))
  }
  await sequence()
  before = await exported()
  files = await archive()
}, 60_000)

afterAll(async () => {
  await owner.end()
  await bus.close()
  await rm(folder, { recursive: true })
})

/** Places for all entries, and a checkpoint with a timestamp. */
async function sequence(): Promise<void> {
  const { parts } = testSequencing(bus.database)
  const session = await SequencingSession.open({ ...parts, signers })
  await session.elect()
  await session.load()
  await session.pass()
  await session.close()
  const checkpoint = await new LogTreeStore(owner).latestCheckpoint(portal)
  if (!checkpoint) throw new Error('no checkpoint')
  const note = Buffer.from(checkpoint.note)
  const { der, nonce } = makeTimestampRequest(note)
  const response = tsa.authority.answer(der)
  const receivedAt = new Date()
  const { token } = verifyResponse({ response, data: note, nonce, trust: tsa.trust, receivedAt })
  await owner.query(
    `INSERT INTO sluice.log_timestamp (log, size, tsa, token, stamped_at)
     VALUES ($1, $2, 'vaxt', $3, $4)`,
    [portal, checkpoint.size, token, receivedAt],
  )
}

async function archive(): Promise<string[]> {
  const done = await archiveLogs(owner, {
    ...{ day: later, folder, originBase: bus.config.evidence.origin, now: afterwards },
    logKeys: new Map(),
    recordAct: async (client, what) =>
      (await recordAct(client, { kind: 'log.archive', actor: 'A', after: archiveActOf(what) }))
        .actId,
  })
  return (done?.files ?? []).map(({ fileName }) => join(folder, fileName))
}

async function exported(archives: readonly string[] = []): Promise<ContainerFiles> {
  return (await readZip(await container(archives))).files
}

async function container(archives: readonly string[]): Promise<Buffer> {
  const place = {
    directory: bus.config.directory,
    databaseUrl: new Secret(bus.database.ownerUrl),
    migrationUrl: undefined,
  }
  const evidence = await openEvidenceOf(place, bus.config, () => undefined)
  try {
    return await evidence.export(exchangeId, officer, archives)
  } finally {
    await evidence.close()
  }
}

describe('evidence of an exchange whose rows went to an archive file', () => {
  it('is not found in the database, and it is said which file has it', async () => {
    const refused = container([])
    await expect(refused).rejects.toThrow(NoSuchExchange)
    await expect(refused).rejects.toThrow(
      `the day ${dayOf(new Date())} went to archive files with the days before ${later}`,
    )
    await expect(refused).rejects.toThrow(`(${portal}, entries 0 to 261)`)
    for (const file of files) await expect(refused).rejects.toThrow(file.slice(folder.length + 1))
  })

  it('is the same as before, from the file, opened by an act of its own', async () => {
    const after = await exported(files)
    const own = /^(?:exchange\.json|summary\.|META-INF\/)/
    const same = (all: ContainerFiles): [string, Buffer][] =>
      [...all].filter(([name]) => !own.test(name))
    expect(new Map(same(after))).toEqual(new Map(same(before)))
    expect(after.has('request/payload.json') && after.has('timestamp-1.tst')).toBe(true)
    const [act] = await readActs(owner, { limit: 1 })
    expect(act?.fields).toMatchObject({ ...officer, subject: `exchange ${exchangeId}` })
  })

  it('verifies like any other', async () => {
    const report = await verifyEvidence(
      await container(files),
      {
        anchors: [bus.authority, tsa.root].map(({ der }) => parseCertificate(der)),
        logKeys: [signers.of(portal).key],
        witnessKeys: [],
      },
      new Date(),
    )
    expect(report.steps.filter(({ outcome }) => outcome === 'false')).toEqual([])
    const proved = report.steps
      .filter(({ outcome }) => outcome === 'proved')
      .map(({ name }) => name)
    expect(proved).toEqual(
      expect.arrayContaining(['checkpoint', 'inclusion', 'timestamp', 'request-signature']),
    )
    expect(proved.filter((name) => name === 'inclusion')).toHaveLength(2)
  })
})
