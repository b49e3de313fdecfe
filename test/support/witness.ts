import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTilePath } from '../../src/tlog/tile-path.js'
import { hashesAtLevel } from '../../src/tlog/tile.js'
import { noteSigner, type NoteKey, type NoteSigner } from '../../src/tlog/note-keys.js'
import { WitnessState } from '../../src/witness/witness-state.js'
import { Witness } from '../../src/witness/witness.js'
import type { TestTree } from './test-tree.js'

export const witnessName = 'witness.example/w1'

export function testWitnessSigner(name = witnessName): NoteSigner {
  return noteSigner(name, generateKeyPairSync('ed25519').privateKey, 'cosignature/v1')
}

/** A witness with a folder of its own. The caller closes it. */
export class TestWitness {
  readonly signer = testWitnessSigner()
  readonly folder: string
  readonly #logs: readonly NoteKey[]
  witness: Witness
  #state: WitnessState

  private constructor(folder: string, state: WitnessState, logs: readonly NoteKey[]) {
    this.folder = folder
    this.#logs = logs
    this.#state = state
    this.witness = new Witness({ signer: this.signer, logs, state })
  }

  static async open(...logs: readonly NoteKey[]): Promise<TestWitness> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-test-witness-'))
    return new TestWitness(folder, await WitnessState.open(folder), logs)
  }

  /** As after the end of its process: nothing but the folder is left. */
  async restart(signer = this.signer): Promise<void> {
    await this.#state.close()
    this.#state = await WitnessState.open(this.folder)
    this.witness = new Witness({ signer, logs: this.#logs, state: this.#state })
  }

  async close(): Promise<void> {
    await this.#state.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A server of one test's own. */
export class TestServer {
  readonly #server: Server
  readonly requests: string[] = []
  readonly bodies: string[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(listener: RequestListener): Promise<TestServer> {
    const server = createServer()
    const own = new TestServer(server)
    server.on('request', (request, response) => {
      own.requests.push(`${request.method} ${request.url}`)
      listener(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return own
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Serves a tree as a log would; cosignatures are taken and thrown away. */
export function serveTree(
  tree: () => TestTree,
  own: (path: string) => Promise<Buffer | string | undefined> = () => Promise.resolve(undefined),
): RequestListener {
  const answer = async (path: string): Promise<Buffer | string | undefined> => {
    const found = await own(path)
    if (found !== undefined) return found
    if (path === 'checkpoint') return tree().checkpoint()
    const tile = parseTilePath(path)
    if (tile?.kind !== 'hashes') return undefined
    const { level, index, width } = tile
    const isThere = index * 256 + width <= hashesAtLevel(tree().entries.length, level)
    return isThere ? tree().tile(level, index, width) : undefined
  }
  return (request, response) => {
    request.resume()
    const path = (request.url ?? '').slice(1)
    if (path === 'cosignature') {
      response.end('kept\n')
      return
    }
    answer(path).then(
      (found) => {
        response.statusCode = found === undefined ? 404 : 200
        response.end(found)
      },
      () => {
        response.statusCode = 404
        response.end()
      },
    )
  }
}
