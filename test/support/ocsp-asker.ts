import type { Pool } from 'pg'
import { ocspAskEveryMsMax } from '../../src/limits/certificates.js'
import { OcspAnswerStore } from '../../src/registry/ocsp-answer.store.js'
import { OcspRefresh } from '../../src/registry/ocsp-refresh.js'
import { readRegistry } from '../../src/registry/registry-content.store.js'
import { RegistrySnapshot } from '../../src/registry/snapshot.js'
import { ocspSubjectOf } from '../../src/trust/ocsp/ocsp-subject.js'

/** Asks OCSP responders as the jobs of a node do, whenever a test says that it is time. */
export class OcspAsker {
  readonly #pool: Pool
  readonly #refresh: OcspRefresh
  readonly #registry: { current: RegistrySnapshot }
  #times = 0

  constructor(pool: Pool) {
    this.#pool = pool
    const registry = {
      current: undefined as unknown as RegistrySnapshot,
      onChange: () => () => undefined,
    }
    this.#refresh = new OcspRefresh({
      registry,
      store: new OcspAnswerStore(pool),
      subjectOf: ocspSubjectOf,
      now: () => new Date(Date.now() + this.#times * ocspAskEveryMsMax),
    })
    this.#registry = registry
  }

  /** One turn about every certificate. @throws Error for the first that has no answer */
  async ask(): Promise<void> {
    const client = await this.#pool.connect()
    this.#registry.current = new RegistrySnapshot(await readRegistry(client))
    client.release()
    await this.#refresh.refresh()
    this.#times += 1
    const [failed] = this.#refresh.troubles()
    if (failed) throw new Error(`${failed.authority}: ${failed.trouble}`)
  }
}
