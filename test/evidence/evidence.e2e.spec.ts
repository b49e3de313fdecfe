import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { readActs, recordAct } from '../../src/audit-log/audit-log.store.js'
import { BusProcess } from '../../src/bus-process.js'
import { openEvidenceOf } from '../../src/cli/open-evidence.js'
import { ConfigError } from '../../src/config/env.js'
import { identityCertificates } from '../../src/config/identity.js'
import { loadLogSigningKey } from '../../src/config/log-keys.js'
import { Secret } from '../../src/config/secrets.js'
import { sealFile } from '../../src/evidence/asic-container.js'
import { NoSuchExchange } from '../../src/evidence/closed-exchange.js'
import { checkpointFile } from '../../src/evidence/container-files.js'
import { EvidenceStore } from '../../src/evidence/evidence.store.js'
import { indexFile, readIndex } from '../../src/evidence/evidence-index.js'
import { exportEvidence } from '../../src/evidence/export-evidence.js'
import { CannotOpen } from '../../src/evidence/open-message.js'
import { readZip } from '../../src/evidence/read-zip.js'
import { createSeal } from '../../src/evidence/seal.js'
import type { GivenTrust } from '../../src/evidence/verify/believed.js'
import type { EvidenceReport } from '../../src/evidence/verify/report.js'
import { verifyEvidence } from '../../src/evidence/verify/verify-evidence.js'
import { ValidationMaterialStore } from '../../src/evidence/validation-material.store.js'
import { masterKeyOf, type MasterKey } from '../../src/message-log/payload-cipher.js'
import { LogSigners } from '../../src/sequencing/log-signers.js'
import { makeTimestampRequest } from '../../src/timestamp/timestamp-request.js'
import { verifyResponse } from '../../src/timestamp/verify-response.js'
import { verifierKeyText, type NoteKey } from '../../src/tlog/note-keys.js'
import { parseNote } from '../../src/tlog/note.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { until } from '../support/message-log.js'
import { sequenceByHand } from '../support/sequence-by-hand.js'
import { makeTsa, type TestTsa } from '../support/timestamps.js'
import {
  authorityName,
  sampleRight,
  sampleService,
  services,
  subsystems,
} from '../support/whole-bus-sample.js'
import { TestSoapConsumer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const soapService = `${subsystems.taxes}/finAxtaris/v1`
const body = '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin></g:finAxtaris>'
const officer = { actor: 'N. Əliyeva', role: 'security officer', reason: 'Məhkəmə işi 12' }

let bus: WholeBus
let owner: pg.Client
let tsa: TestTsa
let soap: TestSoapConsumer
let signers: LogSigners
let logKeyOfDomain: NoteKey
let busCertificates: Buffer[]

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  owner = new pg.Client(bus.database.ownerUrl)
  await owner.connect()
  tsa = await makeTsa()
  const logKey = loadLogSigningKey(bus.config).reveal()
  // As a node does when it starts.
  busCertificates = identityCertificates(bus.config)
  await new ValidationMaterialStore(owner).keepBusCertificates(busCertificates)
  signers = new LogSigners(logKey, bus.config.evidence.origin)
  logKeyOfDomain = signers.of('domain/PORTAL').key
  const { providers, identities, busCertificate, authority } = bus
  const signed = { providerSignature: 'required' }
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('voenTap', providers.taxes.address, signed),
      sampleService('finAxtaris', providers.taxes.address, { protocol: 'soap' }),
    ],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  const address = bus.app.get(BusProcess).addresses[1]!
  soap = new TestSoapConsumer({
    ...{ address, consumer: subsystems.portal, credentials: identities.portal },
    ...{ busCertificate, authority },
  })
})

afterAll(async () => {
  soap.close()
  await owner.end()
  await bus.close()
})

function stamp(data: Buffer): Buffer {
  const { der, nonce } = makeTimestampRequest(data)
  const response = tsa.authority.answer(der)
  return verifyResponse({ response, data, nonce, trust: tsa.trust, receivedAt: new Date() }).token
}

function storeWith(masterKey: MasterKey): EvidenceStore {
  return new EvidenceStore({ client: owner, masterKey, recordAct: (act) => recordAct(owner, act) })
}

async function exported(exchangeId: string): Promise<Buffer> {
  const evidence = await storeWith(masterKeyOf(bus.payloadKey)).open(exchangeId, officer)
  const sealer = await bus.authority.issue({ subject: 'Şlüz' })
  return exportEvidence(evidence, {
    by: officer.actor,
    reason: officer.reason,
    now: new Date(),
    seal: createSeal(
      { privateKey: sealer.privateKey, certificate: sealer.der, chain: [] },
      (data) => Promise.resolve(stamp(Buffer.from(data))),
      new Date(),
    ),
    log: {
      witnessKeys: [],
      independentAuthorities: new Set(['vaxt']),
      timestampingCertificates: [tsa.root.der],
    },
  })
}

function verified(container: Buffer): Promise<EvidenceReport> {
  const given: GivenTrust = {
    anchors: [...[bus.authority, tsa.root].map(({ der }) => der), ...busCertificates]
      .map((der) => parseCertificate(der))
      .filter(({ isSelfIssued }) => isSelfIssued),
    logKeys: [logKeyOfDomain],
    witnessKeys: [],
  }
  return verifyEvidence(container, given, new Date())
}

function unproved({ steps }: EvidenceReport): unknown[] {
  return steps.filter(({ outcome }) => outcome !== 'proved' && outcome !== 'note')
}

describe('evidence of an exchange that a bus carried (R-125, R-126)', () => {
  it('over REST, with the provider’s own signature over its answer', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId, status } = await bus.portal.call({ rest: '/axtar?fin=5XY7K2A' })
    expect(status).toBe(200)
    bus.providers.taxes.reset()
    await sequenceByHand(owner, 'PORTAL', signers, stamp)
    const container = await exported(exchangeId)
    const report = await verified(container)
    expect(unproved(report)).toEqual([])
    const signature = report.steps.find(({ name }) => name === 'reply-signature')
    expect(signature).toMatchObject({ outcome: 'proved' })
    expect(signature?.text.en).toContain('signed exactly this answer to exactly this request')
    const { files } = await readZip(container)
    expect(files.get('outcome/delivery.http')?.toString()).toContain('\r\nHost: 127.0.0.1:')
    expect(files.get('summary.az.txt')?.toString()).toContain(
      `Xidmət             ${services.taxes}`,
    )
    expect(files.get('summary.az.txt')?.toString()).toMatch(
      /^Nəticə {13}cavab verilib$[^]*^Başa çatıb {9}20/m,
    )
  })

  it('over SOAP, and of a refusal, with what there is', async () => {
    const answered = await soap.call({ service: soapService, body })
    expect(answered.status).toBe(200)
    const refused = await bus.portal.call({ service: `${subsystems.taxes}/yoxdur/v1` })
    expect(refused.fault).toBe('TARGET_UNREGISTERED')
    await sequenceByHand(owner, 'PORTAL', signers, stamp)
    for (const { exchangeId } of [answered, refused]) {
      const report = await verified(await exported(exchangeId))
      expect(unproved(report)).toEqual([])
      const asked = report.steps.find(({ name }) => name === 'request-signature')
      expect(asked).toMatchObject({ outcome: 'proved' })
    }
  })

  it('before it has its place in the log, it says so and is incomplete', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId } = await bus.portal.call()
    const report = await verified(await exported(exchangeId))
    expect(report.verdict).toBe('incomplete')
    expect(report.steps.filter(({ name }) => name === 'inclusion')).toMatchObject([
      { outcome: 'not-checked' },
    ])
  })

  it('outlives the erasure of its payloads, and says what is gone', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId } = await bus.portal.call()
    await sequenceByHand(owner, 'PORTAL', signers, stamp)
    await owner.query('DELETE FROM sluice.message_log_payload WHERE exchange_id = $1', [exchangeId])
    const report = await verified(await exported(exchangeId))
    expect(report.verdict).toBe('incomplete')
    expect(report.steps.filter(({ name }) => name === 'inclusion')).toMatchObject([
      { outcome: 'proved' },
      { outcome: 'proved' },
    ])
  })
})

describe('evidence of what was signed before a certificate was revoked', () => {
  it('stays good: lists that came later do not speak of that day', async () => {
    const credentials = await bus.authority.issue({ subject: 'Portal 2' })
    await bus.registry.change(subsystems.portal, { certificates: [{ pem: credentials.pem }] })
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId } = await bus.portal.call({ credentials })
    await sequenceByHand(owner, 'PORTAL', signers, stamp)
    // Lists tell their time in whole seconds: the next one is to be later than the timestamp.
    const second = Math.floor(Date.now() / 1_000)
    await until(() => Math.floor(Date.now() / 1_000) > second)
    await bus.registry.publishList(authorityName, bus.authority, [credentials.serialNumber])
    await bus.registry.fetchLists()
    const { rows } = await owner.query(
      "SELECT FROM sluice.validation_material WHERE kind = 'revocation-list'",
    )
    expect(rows).toHaveLength(2)
    expect(unproved(await verified(await exported(exchangeId)))).toEqual([])
    await bus.registry.settled()
    const refused = await bus.portal.call({ credentials })
    expect(refused.fault).toBe('CERT_REVOKED')
  })
})

describe('opening a payload (R-106)', () => {
  it('is an entry of the audit log, who and why, before anything is opened', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId } = await bus.portal.call()
    const wrong = storeWith(masterKeyOf(Buffer.alloc(32, 9)))
    await expect(wrong.open(exchangeId, officer)).rejects.toThrow(CannotOpen)
    const [act] = await readActs(owner, { limit: 1 })
    expect(act?.fields).toMatchObject({
      ...officer,
      kind: 'payload.open',
      subject: `exchange ${exchangeId}`,
    })
  })

  it('opens nothing where it cannot be recorded', async () => {
    const { exchangeId } = await bus.portal.call()
    let hasRead = false
    const client = {
      query: (sql: string, values: unknown[]) => {
        if (sql.includes('message_log_payload')) hasRead = true
        return owner.query(sql, values)
      },
    } as unknown as pg.ClientBase
    const store = new EvidenceStore({
      client,
      masterKey: masterKeyOf(bus.payloadKey),
      recordAct: () => Promise.reject(new Error('disk full')),
    })
    await expect(store.open(exchangeId, officer)).rejects.toThrow('disk full')
    expect(hasRead).toBe(false)
  })

  it('finds no exchange that is none', async () => {
    const store = storeWith(masterKeyOf(bus.payloadKey))
    const nobody = '0190163d-8694-739b-aea5-966c26f8ad91'
    await expect(store.open(nobody, officer)).rejects.toThrow(NoSuchExchange)
  })
})

describe('sluice evidence export on a node of the bus', () => {
  it('writes what the command verifies', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const { exchangeId } = await bus.portal.call()
    await sequenceByHand(owner, 'PORTAL', signers, stamp)
    const ownerUrl = new Secret(bus.database.ownerUrl)
    const place = {
      directory: bus.config.directory,
      databaseUrl: ownerUrl,
      migrationUrl: undefined,
    }
    const warnings: string[] = []
    const evidence = await openEvidenceOf(place, bus.config, (line) => warnings.push(line))
    const container = await evidence.export(exchangeId, officer, [])
    await evidence.close()
    const { files } = await readZip(container)
    const index = readIndex(files.get(indexFile)!)
    expect(index.log).toMatchObject({ key: verifierKeyText(logKeyOfDomain), name: 'domain/PORTAL' })
    // As the sequencer writes it: the log's key signs, and signs once more with the time.
    const { signatures } = parseNote(files.get(checkpointFile)!.toString())
    const { name, keyId } = logKeyOfDomain
    expect(signatures.map((line) => [line.name, line.keyId === keyId])).toEqual([
      [name, true],
      [name, false],
    ])
    const report = await verified(container)
    expect([report.verdict, warnings]).toEqual(['incomplete', []])
    // The seal's timestamp is by the bus's own authority, which this reader does not believe.
    expect(unproved(report)).toMatchObject([{ name: 'seal', file: sealFile }])
  })

  it('is refused where no bus is at home', async () => {
    const elsewhere = { ...bus.config, directory: '/nonexistent', identity: undefined }
    const config = { ...elsewhere, rsaIdentity: undefined }
    const place = { directory: '/nonexistent', databaseUrl: undefined, migrationUrl: undefined }
    await expect(openEvidenceOf(place, config, () => undefined)).rejects.toThrow(ConfigError)
  })
})
