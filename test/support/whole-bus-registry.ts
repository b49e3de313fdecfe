import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { recordActs } from '../../src/audit-log/audit-log.store.js'
import { registryActs } from '../../src/registry-acts.js'
import { readForRegistration } from '../../src/contract/register-contract.js'
import { createPool } from '../../src/database/connection.js'
import { parseServiceId } from '../../src/exchange/identifier.js'
import { applyDeclarations } from '../../src/registry/apply-declarations.js'
import { formatProblem } from '../../src/registry/declaration/problem.js'
import type { RegistryFollower } from '../../src/registry/registry-follower.store.js'
import { RegistryStore } from '../../src/registry/registry.store.js'
import { RevocationListRefresh } from '../../src/registry/revocation-list-refresh.js'
import { RevocationListStore } from '../../src/registry/revocation-list.store.js'
import { readRevocationList } from '../../src/trust/read-revocation-list.js'
import { OcspAsker } from './ocsp-asker.js'
import type { TestAuthority, TestIdentity } from './pki.js'

/** Fields of a declaration, as in its YAML. */
export type Fields = Readonly<Record<string, unknown>>

/** The operator's officer: declares, and is obeyed by every bus over the same database. */
export class TestRegistry {
  readonly #pool: ReturnType<typeof createPool>
  readonly #store: RegistryStore
  readonly #folder: string
  readonly #asker: OcspAsker
  readonly #followers: RegistryFollower[] = []
  #files = 0

  private constructor(ownerUrl: string, folder: string) {
    this.#pool = createPool({
      url: ownerUrl,
      role: 'owner',
      applicationName: 'sluice test registry',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 15_000,
      connectionsMax: 2,
      idleTimeoutMs: 5_000,
    })
    this.#store = new RegistryStore(this.#pool, async (client, changes) => {
      await recordActs(client, registryActs(changes, { actor: 'operator' }))
    })
    this.#folder = folder
    this.#asker = new OcspAsker(this.#pool)
  }

  static async open(ownerUrl: string): Promise<TestRegistry> {
    return new TestRegistry(ownerUrl, await mkdtemp(join(tmpdir(), 'sluice-test-registry-')))
  }

  /** From now on what is applied is waited for here too. */
  follow(follower: RegistryFollower): void {
    this.#followers.push(follower)
  }

  /** Applies a declaration and resolves when every bus knows it. @throws Error with its problems */
  async apply(declaration: string | Fields): Promise<void> {
    await this.#known(await this.applyOnly(declaration))
  }

  /** Applies a declaration and waits for nobody. @returns the registry's generation */
  async applyOnly(declaration: string | Fields): Promise<number> {
    this.#files += 1
    const file = join(this.#folder, `declaration-${this.#files}.yaml`)
    const text = typeof declaration === 'string' ? declaration : yamlOf(declaration)
    await writeFile(file, text)
    const options = { dryRun: false, now: new Date(), readContract: readForRegistration }
    const { plan, generation } = await applyDeclarations(this.#store, [file], options)
    if (plan.problems.length > 0) throw new Error(plan.problems.map(formatProblem).join('\n'))
    return generation
  }

  /** Changes fields of one service, subsystem or member that is there already. */
  change(id: string, fields: Fields): Promise<void> {
    return this.apply(patchOf(id, fields))
  }

  /** Puts a certificate into the registry past the checks of declarations. */
  async forceCertificate(subsystem: string, { thumbprint, der }: TestIdentity): Promise<void> {
    await this.#pool.query(
      `INSERT INTO sluice.certificate (thumbprint, der, subsystem, status)
       VALUES ($1, $2, $3, 'active')`,
      [thumbprint, der, subsystem],
    )
    await this.settled()
  }

  /** File in which an authority's revocation list is published. */
  listFile(name: string): string {
    return join(this.#folder, `${name}.crl`)
  }

  /** Publishes a list of revoked serial numbers, and waits for nobody. */
  async publishList(
    name: string,
    authority: TestAuthority,
    revoked: readonly string[] = [],
  ): Promise<void> {
    const now = new Date()
    const list = await authority.revocationList(revoked, { thisUpdate: now, number: now.getTime() })
    await this.publishListOf(name, list)
  }

  /** Publishes these very bytes, and waits for nobody. */
  async publishListOf(name: string, der: Uint8Array): Promise<void> {
    await writeFile(this.listFile(name), der)
  }

  /** Fetches all revocation lists, as a node does once a minute, and waits for nobody. */
  async fetchLists(): Promise<void> {
    const { authorities } = await this.#store.read()
    const refresh = new RevocationListRefresh({
      authorities: () => authorities,
      store: new RevocationListStore(this.#pool),
      readRevocationList,
    })
    const failed = (await refresh.refresh()).find(({ outcome }) => outcome === 'failed')
    if (failed) throw new Error(`${failed.authority}: ${failed.trouble ?? ''}`)
  }

  /** Asks all OCSP responders about all certificates, as if it were time to, and waits for nobody. */
  async askResponders(): Promise<void> {
    await this.#asker.ask()
  }

  /** Resolves when every bus has the registry as it is in the database. */
  async settled(): Promise<void> {
    await this.#known((await this.#store.read()).generation)
  }

  async close(): Promise<void> {
    await this.#pool.end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #known(generation: number): Promise<void> {
    await Promise.all(this.#followers.map((follower) => reached(follower, generation)))
  }
}

async function reached(follower: RegistryFollower, generation: number): Promise<void> {
  if ((follower.state().generation ?? -1) >= generation) return
  await new Promise<void>((resolve) => {
    const stop = follower.onChange((snapshot) => {
      if (snapshot.generation < generation) return
      stop()
      resolve()
    })
  })
}

function yamlOf(declaration: Fields): string {
  return stringify({ instance: 'AZ', ...declaration }, { aliasDuplicateObjects: false })
}

/** A declaration that says only what changes. */
function patchOf(id: string, fields: Fields): Fields {
  const [, memberClass, member, subsystem] = id.split('/')
  const segments = id.split('/').length
  const ofSubsystem = (rest: Fields): Fields => ({
    members: [{ class: memberClass, code: member, subsystems: [{ code: subsystem, ...rest }] }],
  })
  if (segments === 3) return { members: [{ class: memberClass, code: member, ...fields }] }
  if (segments === 4) return ofSubsystem(fields)
  const [, , , , code, version] = parseServiceId(id).split('/')
  return ofSubsystem({ services: [{ code, version, ...fields }] })
}
