import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { spoolPieceBytes } from '../limits/http.js'

/** How a spool's files are called, by which those that an earlier process left are known. */
export const spoolFileName = /^[0-9a-f-]{36}\.spool$/

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12

/**
 * A file of pieces of `spoolPieceBytes`, the last of them shorter. Each is encrypted and authenticated
 * by itself, so that reading may begin anywhere, and no byte is handed out that is not the one written.
 * The key is this file's own and is nowhere but in memory: what is found on a disk later says nothing.
 */
export class SpoolFile {
  readonly #path: string
  readonly #opened: Promise<FileHandle>
  readonly #key = randomBytes(keyBytes)
  readonly #tags: Buffer[] = []
  #written: Promise<void>
  #isNamed = true
  #isClosed = false

  constructor(directory: string) {
    this.#path = join(directory, `${randomUUID()}.spool`)
    this.#opened = this.#open()
    this.#written = this.#opened.then(() => undefined)
    this.#written.catch(() => undefined)
  }

  /** Pieces so far, those that are on their way to the disk included. */
  get pieces(): number {
    return this.#tags.length
  }

  /** Resolves when every piece is written. @throws Error of the system, such as ENOSPC */
  get written(): Promise<void> {
    return this.#written
  }

  /** Encrypts the next piece, which is the caller's again at once, and has it written after the others. */
  append(piece: Uint8Array): void {
    const index = this.#tags.length
    const cipher = createCipheriv(algorithm, this.#key, nonceOf(index))
    const ciphertext = cipher.update(piece)
    cipher.final()
    this.#tags.push(cipher.getAuthTag())
    this.#written = this.#written.then(() => this.#write(ciphertext, index * spoolPieceBytes))
    this.#written.catch(() => undefined)
  }

  /**
   * @param into - takes the ciphertext; of the piece's own length
   * @throws Error where the piece is not what was written, or the file is closed
   */
  async read(index: number, into: Buffer): Promise<Buffer> {
    const tag = this.#tags[index]
    if (!tag || this.#isClosed) throw new Error('a spooled payload was given back')
    await readWhole(await this.#opened, into, index * spoolPieceBytes)
    const decipher = createDecipheriv(algorithm, this.#key, nonceOf(index))
    decipher.setAuthTag(tag)
    const piece = decipher.update(into)
    decipher.final()
    return piece
  }

  /** What is being read or written now comes to its end, or fails. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#key.fill(0)
    void this.#opened
      .then((handle) => handle.close())
      .then(() => (this.#isNamed ? unlink(this.#path) : undefined))
      // A start of a bus removes what cannot be removed now.
      .catch(() => undefined)
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#path, 'wx+', 0o600)
    // A file without a name is gone with its process, whatever ends it. Windows keeps names of open files.
    await unlink(this.#path).then(
      () => (this.#isNamed = false),
      (error: unknown) => (this.#isNamed = (error as NodeJS.ErrnoException).code !== 'ENOENT'),
    )
    return handle
  }

  async #write(ciphertext: Buffer, position: number): Promise<void> {
    const handle = await this.#opened
    // A full disk takes a part, and refuses the rest.
    for (let at = 0; at < ciphertext.length;) {
      if (this.#isClosed) return
      const { bytesWritten } = await handle.write(
        ciphertext,
        at,
        ciphertext.length - at,
        position + at,
      )
      at += bytesWritten
    }
  }
}

async function readWhole(handle: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await handle.read(into, at, into.length - at, position + at)
    if (bytesRead === 0) throw new Error('a spooled payload was cut')
    at += bytesRead
  }
}

/** The key encrypts each piece of its file once, so counting makes every nonce new. */
function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeUInt32BE(index, nonceBytes - 4)
  return nonce
}
