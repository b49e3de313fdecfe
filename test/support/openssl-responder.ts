import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { command } from './command.js'
import type { TestAuthority, TestIdentity } from './pki.js'

/** OpenSSL's OCSP responder, over its index of certificates: somebody else's reading of RFC 6960. */
export class OpensslResponder {
  readonly #folder: string
  #server: ChildProcess | undefined
  #address: string | undefined

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async of(authority: TestAuthority, signer: TestIdentity): Promise<OpensslResponder> {
    const responder = new OpensslResponder(await mkdtemp(join(tmpdir(), 'sluice-ocsp-')))
    await writeFile(responder.#path('ca.pem'), authority.pem)
    await responder.signBy(signer)
    await responder.write({})
    return responder
  }

  async signBy({ pem, privateKey }: TestIdentity): Promise<void> {
    await writeFile(this.#path('signer.pem'), pem)
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(this.#path('signer.key'), key, { mode: 0o600 })
  }

  /** What it knows, by serial number: a certificate that is not in its index is unknown to it. */
  async write(statuses: Readonly<Record<string, 'good' | 'revoked'>>): Promise<void> {
    const lines = Object.entries(statuses).map(([serial, status]) => {
      const [letter, revoked] = status === 'good' ? ['V', ''] : ['R', '260101000000Z,keyCompromise']
      const padded = serial.length % 2 === 0 ? serial : `0${serial}`
      return [letter, '491231235959Z', revoked, padded.toUpperCase(), 'unknown', '/CN=x'].join('\t')
    })
    // Under another inode: OpenSSL looks at that and at the second of the last change.
    await writeFile(this.#path('index.new'), lines.map((line) => `${line}\n`).join(''))
    await rename(this.#path('index.new'), this.#path('index.txt'))
    // It looks before it waits for the next question, so somebody has to ask once in vain.
    if (this.#address !== undefined) {
      const ca = this.#path('ca.pem')
      const about = ['-issuer', ca, '-cert', ca]
      await command('openssl', ['ocsp', ...about, '-url', this.#address, '-noverify'])
    }
  }

  /** Answers a question without any network. */
  async answer(question: Uint8Array, ...options: readonly string[]): Promise<Buffer> {
    await writeFile(this.#path('question.der'), question)
    const files = ['-reqin', this.#path('question.der'), '-respout', this.#path('answer.der')]
    await command('openssl', [...this.#arguments(), ...files, ...options])
    return readFile(this.#path('answer.der'))
  }

  /** Serves HTTP until it is stopped. @returns its address */
  async serve(...options: readonly string[]): Promise<string> {
    const server = spawn('openssl', [...this.#arguments(), '-port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#server = server
    for await (const line of createInterface({ input: server.stdout })) {
      const port = /^ACCEPT .*:(\d+)/.exec(line)?.[1]
      if (port !== undefined) return (this.#address = `http://127.0.0.1:${port}/`)
    }
    throw new Error('openssl ocsp serves nothing')
  }

  /** Nobody answers any more. */
  async hangUp(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#address = undefined
    if (!server || server.exitCode !== null) return
    server.kill()
    await once(server, 'exit')
  }

  async close(): Promise<void> {
    await this.hangUp()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  #arguments(): string[] {
    return [
      ...['ocsp', '-index', this.#path('index.txt'), '-CA', this.#path('ca.pem')],
      ...['-rsigner', this.#path('signer.pem'), '-rkey', this.#path('signer.key')],
    ]
  }
}
