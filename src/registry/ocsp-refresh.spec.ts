import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { describeWith } from '../../test/support/command.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { delegate, ocspAnswer } from '../../test/support/ocsp.js'
import { OpensslResponder } from '../../test/support/openssl-responder.js'
import { ownerPool } from '../../test/support/registry-database.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from '../../test/support/pki.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { ocspAskEveryMsMax } from '../limits/certificates.js'
import { ocspSubjectOf } from '../trust/ocsp/ocsp-subject.js'
import type { Authority } from './authority.js'
import type { Certificate } from './certificate.js'
import { OcspAnswerStore, type NewOcspAnswer } from './ocsp-answer.store.js'
import { OcspRefresh } from './ocsp-refresh.js'
import type { OcspRegistry } from './ocsp-subjects.js'
import { readRegistry } from './registry-content.store.js'

const describeWithOpenssl = await describeWith('openssl')

let database: TestDatabase
let jobs: pg.Pool
let root: TestAuthority
let leaf: TestIdentity

beforeAll(async () => {
  database = await startTestDatabase()
  jobs = ownerPool(database.jobsUrl)
  root = await makeAuthority('Kök')
})

beforeEach(async () => {
  leaf = await root.issue({ subject: 'Sistem' })
})

afterAll(async () => {
  await jobs.end()
  await database.stop()
})

/** The registry of a test, with whatever answers the database has. */
class Registry {
  readonly #listeners = new Set<() => void>()
  readonly certificates = new Map<string, Certificate>()
  authorities: Authority[]
  current: OcspRegistry

  constructor(ocsp: string, unreachable: Authority['unreachable'] = 'refuse') {
    const { der, thumbprint } = root
    const role = 'anchor'
    const revocation = 'ocsp'
    const rest = { ocsp, unreachable, crl: undefined, status: 'accepted' } as const
    this.authorities = [{ name: 'Kök', der, thumbprint, role, revocation, ...rest }]
    this.current = this.#with(new Map())
  }

  #with(ocspAnswers: OcspRegistry['ocspAnswers']): OcspRegistry {
    return { authorities: this.authorities, certificates: this.certificates, ocspAnswers }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  register(identity: TestIdentity, status: Certificate['status'] = 'active'): void {
    const { thumbprint, der } = identity
    const subsystem = parseSubsystemId('AZ/GOV/VN/VERGI')
    this.certificates.set(thumbprint, { thumbprint, der, subsystem, status })
  }

  async follow(): Promise<void> {
    const client = new pg.Client(database.busUrl)
    await client.connect()
    const { ocspAnswers } = await readRegistry(client)
    await client.end()
    this.current = this.#with(new Map(ocspAnswers.map((each) => [each.certificate, each])))
  }

  tell(): void {
    for (const listener of this.#listeners) listener()
  }

  status({ thumbprint }: TestIdentity): string | undefined {
    return this.current.ocspAnswers.get(thumbprint)?.status
  }
}

let warnings: unknown[] = []
let now = new Date()
const running: OcspRefresh[] = []

beforeEach(() => {
  warnings = []
  now = new Date()
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

function refreshOf(registry: Registry): OcspRefresh {
  const refresh = new OcspRefresh({
    registry,
    store: new OcspAnswerStore(jobs),
    subjectOf: ocspSubjectOf,
    everyMs: 3_600_000,
    now: () => now,
    warn: (...warning) => warnings.push(warning),
  })
  running.push(refresh)
  return refresh
}

describeWithOpenssl('asking OpenSSL’s responder', () => {
  let responder: OpensslResponder
  let address: string

  beforeAll(async () => {
    responder = await OpensslResponder.of(root, await delegate(root))
    address = await responder.serve('-nmin', '60')
  })

  afterAll(() => responder.close())

  it('keeps an answer about each active certificate, and asks again when it is time', async () => {
    const registry = new Registry(address)
    const held = await root.issue()
    registry.register(leaf)
    registry.register(held, 'held')
    await responder.write({ [leaf.serialNumber]: 'good' })
    const refresh = refreshOf(registry)
    expect(await refresh.refresh()).toBe(1)
    await registry.follow()
    expect([registry.status(leaf), registry.status(held)]).toEqual(['good', undefined])
    expect(await refresh.refresh()).toBe(0)
    // Revoked meanwhile: found out when it is asked about again, and not before.
    await responder.write({ [leaf.serialNumber]: 'revoked' })
    expect(await refresh.refresh()).toBe(0)
    now = new Date(now.getTime() + ocspAskEveryMsMax)
    expect(await refresh.refresh()).toBe(1)
    await registry.follow()
    expect(registry.status(leaf)).toBe('revoked')
    expect(warnings).toEqual([])
  })

  it('does not keep an answer that says what is known already', async () => {
    const registry = new Registry(address)
    registry.register(leaf)
    await responder.write({ [leaf.serialNumber]: 'good' })
    const refresh = refreshOf(registry)
    expect(await refresh.refresh()).toBe(1)
    await registry.follow()
    now = new Date(now.getTime() + ocspAskEveryMsMax)
    expect(await refresh.refresh()).toBe(0)
    expect(refresh.troubles()).toEqual([])
  })

  it('asks about an authority below an anchor, and about what it issued its own responder only', async () => {
    const registry = new Registry(address)
    const middle = await root.subordinate('Aralıq')
    const { der, thumbprint } = middle
    const [anchor] = registry.authorities
    if (!anchor) throw new Error('there is none')
    const listed = { revocation: 'crl', ocsp: undefined, crl: 'x' } as const
    const below = { ...anchor, ...listed, name: 'Aralıq', role: 'intermediate', der, thumbprint }
    registry.authorities.push(below as Authority)
    registry.register(await middle.issue())
    await responder.write({ [middle.serialNumber]: 'good' })
    expect(await refreshOf(registry).refresh()).toBe(1)
    await registry.follow()
    expect(registry.status(middle)).toBe('good')
  })

  it('asks at once about a certificate that is new', async () => {
    const registry = new Registry(address)
    await responder.write({ [leaf.serialNumber]: 'good' })
    const kept = new Promise<void>((resolve) => {
      const store = {
        async keepIfNewer(answers: readonly NewOcspAnswer[]): Promise<number> {
          const count = await new OcspAnswerStore(jobs).keepIfNewer(answers)
          resolve()
          return count
        },
      }
      const settings = { registry, store, subjectOf: ocspSubjectOf, everyMs: 3_600_000 }
      const refresh = new OcspRefresh(settings)
      running.push(refresh)
      refresh.start()
    })
    registry.register(leaf)
    registry.tell()
    await kept
    await registry.follow()
    expect(registry.status(leaf)).toBe('good')
  })

  it('loses no answer where the database fails: it is asked for anew', async () => {
    const registry = new Registry(address)
    registry.register(leaf)
    await responder.write({ [leaf.serialNumber]: 'good' })
    const kept: string[] = []
    const store = {
      keepIfNewer(answers: readonly NewOcspAnswer[]): Promise<number> {
        if (now.getTime() < later.getTime()) return Promise.reject(new Error('away'))
        kept.push(...answers.map(({ certificate }) => certificate))
        return Promise.resolve(answers.length)
      },
    }
    const [later, everyMs] = [new Date(now.getTime() + 60_000), 60_000]
    const warn = (...warning: unknown[]): number => warnings.push(warning)
    const settings = { registry, store, subjectOf: ocspSubjectOf, now: () => now, everyMs, warn }
    const refresh = new OcspRefresh(settings)
    const counts = [await refresh.refresh(), await refresh.refresh()]
    now = later
    counts.push(await refresh.refresh())
    expect([counts, kept, warnings]).toEqual([
      [0, 0, 1],
      [leaf.thumbprint],
      [['ocsp-answers-not-kept', { error: 'away' }]],
    ])
  })
})

describe('a responder that fails', () => {
  it('is told of, once, and left alone for the rest of the turn', async () => {
    const registry = new Registry('http://127.0.0.1:9/')
    for (let count = 0; count < 20; count += 1) {
      registry.register({ ...leaf, thumbprint: String(count).padStart(43, '0') })
    }
    const refresh = refreshOf(registry)
    expect(await refresh.refresh()).toBe(0)
    const [trouble] = refresh.troubles()
    expect(trouble).toMatchObject({ authority: 'Kök', trouble: expect.stringMatching(/ECONN/) })
    // Eight at one time are under way before it is known that nobody answers.
    expect(trouble?.certificates).toBeLessThan(12)
    expect(warnings).toHaveLength(trouble?.certificates ?? 0)
  })
})

describe('answers in the database', () => {
  const at = (minutes: number): Date => new Date(Date.UTC(2026, 5, 1, 8, minutes))

  function answerOf(status: NewOcspAnswer['status'], minutes: number): NewOcspAnswer {
    const [thisUpdate, nextUpdate] = [at(minutes), at(minutes + 60)]
    return {
      certificate: leaf.thumbprint,
      authority: root.thumbprint,
      der: ocspAnswer(leaf, root, { status, thisUpdate, nextUpdate }),
      ...{ status, thisUpdate, nextUpdate, producedAt: thisUpdate },
    }
  }

  it('are replaced by newer ones only: an old one sent again undoes no revocation', async () => {
    const store = new OcspAnswerStore(jobs)
    const registry = new Registry('http://ocsp.az/')
    const kept: [number, string | undefined][] = []
    for (const [status, minutes] of [
      ['good', 1],
      ['revoked', 5],
      ['good', 1],
      ['good', 5],
      ['good', 6],
    ] as const) {
      const count = await store.keepIfNewer([answerOf(status, minutes)])
      await registry.follow()
      kept.push([count, registry.status(leaf)])
    }
    expect(kept).toEqual([
      [1, 'good'],
      [1, 'revoked'],
      [0, 'revoked'],
      [0, 'revoked'],
      [1, 'good'],
    ])
  })

  it('stay as evidence for their days, every one of them', async () => {
    const store = new OcspAnswerStore(jobs)
    await store.keepIfNewer([answerOf('good', 1)])
    await store.keepIfNewer([answerOf('revoked', 5)])
    const { rows } = await jobs.query(
      `SELECT count(*)::int AS count FROM sluice.validation_material WHERE certificate = $1`,
      [leaf.thumbprint],
    )
    expect(rows).toEqual([{ count: 2 }])
  })

  it('raise the generation of the registry only where something is kept', async () => {
    const store = new OcspAnswerStore(jobs)
    const generation = async (): Promise<unknown> =>
      (await jobs.query<object>('SELECT generation FROM sluice.registry_version')).rows[0]
    await store.keepIfNewer([answerOf('good', 1)])
    const before = await generation()
    await store.keepIfNewer([answerOf('good', 1)])
    expect(await generation()).toEqual(before)
  })

  it('are written by the jobs and by nobody else', async () => {
    for (const url of [database.busUrl, database.adminUrl]) {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      // The database may be stopped before its sockets are closed.
      pool.on('error', () => undefined)
      const written = new OcspAnswerStore(pool).keepIfNewer([answerOf('good', 1)])
      await expect(written).rejects.toMatchObject({ code: '42501' })
      await pool.end()
    }
  })
})
