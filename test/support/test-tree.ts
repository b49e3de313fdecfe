import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { formatCheckpoint, originOf } from '../../src/tlog/checkpoint.js'
import { leafHashOf, nodeHashOf, rootOf } from '../../src/tlog/merkle.js'
import { noteSigner, type NoteSigner } from '../../src/tlog/note-keys.js'
import { formatNote } from '../../src/tlog/note.js'
import { subtreeRoot, tileWidth } from '../../src/tlog/tile.js'

/** A key of a log for tests. */
export function testSigner(origin: string): NoteSigner {
  return noteSigner(origin, generateKeyPairSync('ed25519').privateKey)
}

/** A log in memory, for what a log in a database would never do. */
export class TestTree {
  readonly signer: NoteSigner
  readonly entries: Buffer[] = []

  constructor(signer: NoteSigner) {
    this.signer = signer
  }

  grow(count: number, text = 'entry'): this {
    for (let at = 0; at < count; at += 1) {
      this.entries.push(Buffer.from(JSON.stringify({ text, index: this.entries.length })))
    }
    return this
  }

  readonly read = (level: number, index: number): Buffer => {
    if (level === 0) return leafHashOf(this.entries[index]!)
    return nodeHashOf(this.read(level - 1, 2 * index), this.read(level - 1, 2 * index + 1))
  }

  root(size = this.entries.length): Promise<Buffer> {
    return rootOf(size, this.read)
  }

  /** The signed note. */
  async checkpoint(size = this.entries.length, signer = this.signer): Promise<string> {
    const text = formatCheckpoint({ origin: signer.key.name, size, root: await this.root(size) })
    return formatNote({ text, signatures: [signer.sign(text, new Date())] })
  }

  /** Hashes of a tile, as far as there are entries. */
  tile(level: number, index: number, width: number): Buffer {
    const hashes = Array.from({ length: width }, (_none, at) =>
      this.read(8 * level, index * tileWidth + at),
    )
    return Buffer.concat(hashes)
  }
}

/** A log in the database as a sequencer would have left it. */
export class TestLogRows {
  readonly name: string
  readonly signer: NoteSigner
  readonly entries: Buffer[] = []
  readonly #owner: pg.ClientBase

  constructor(owner: pg.ClientBase, name: string, signer?: NoteSigner) {
    this.#owner = owner
    this.name = name
    this.signer = signer ?? testSigner(originOf('sluice', name))
  }

  /** Entries with a place, but under no checkpoint yet. */
  async grow(count: number): Promise<void> {
    const first = this.entries.length
    const added = Array.from({ length: count }, (_none, at) =>
      Buffer.from(JSON.stringify({ log: this.name, index: first + at, id: randomUUID() })),
    )
    this.entries.push(...added)
    const ids = added.map(() => randomUUID())
    await this.#owner.query(
      `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
       SELECT id, 1, 'request', now(), entry, hash
         FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS row (id, entry, hash)`,
      [ids, added, added.map(leafHashOf)],
    )
    await this.#owner.query(
      `INSERT INTO sluice.log_sequence (log, index, entry_id, part)
       SELECT $1, index, id, 1 FROM unnest($2::bigint[], $3::uuid[]) AS row (index, id)`,
      [this.name, added.map((_entry, at) => first + at), ids],
    )
    await this.#storeTiles(first)
  }

  /** Signs what is there. @returns the note */
  async publish(madeAt = new Date()): Promise<string> {
    const size = this.entries.length
    const tree = new TestTree(this.signer)
    tree.entries.push(...this.entries)
    const note = await tree.checkpoint()
    await this.#owner.query(
      `INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [this.name, size, await tree.root(), note, madeAt],
    )
    return note
  }

  async #storeTiles(first: number): Promise<void> {
    let hashes = this.entries.map(leafHashOf)
    let done = first
    for (let level = 0; hashes.length >= tileWidth; level += 1) {
      const above: Buffer[] = []
      for (let tile = 0; (tile + 1) * tileWidth <= hashes.length; tile += 1) {
        const bytes = Buffer.concat(hashes.slice(tile * tileWidth, (tile + 1) * tileWidth))
        above.push(subtreeRoot(bytes, 0, tileWidth))
        if ((tile + 1) * tileWidth <= done) continue
        await this.#owner.query(
          'INSERT INTO sluice.log_tile (log, level, index, hashes) VALUES ($1, $2, $3, $4)',
          [this.name, level, tile, bytes],
        )
      }
      hashes = above
      done = Math.floor(done / tileWidth)
    }
  }
}
