import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { manifestFile, sealFile } from '../../src/evidence/asic-container.js'
import { readZip } from '../../src/evidence/read-zip.js'
import { command, describeWith } from '../support/command.js'
import { makeCast, then, type EvidenceCast } from '../support/evidence-cast.js'
import type { EvidenceKind } from '../support/evidence-messages.js'
import { containerOf } from '../support/evidence.js'

const withOpenssl = await describeWith('openssl')
const withXmlsec1 = await describeWith('xmlsec1')
const exclusiveIds = ['Body', 'Timestamp', 'BinarySecurityToken', 'client', 'service', 'id'].concat(
  'protocolVersion',
  'mode',
)

let folder: string
let cast: EvidenceCast
/** Certificates have run out since: openssl is told the day. */
const onTheDay = ['-attime', String(Math.floor(then.getTime() / 1_000) + 60)]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-evidence-'))
  cast = await makeCast({ keyType: 'rsa-2048' })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Takes a container apart as `unzip` does. @returns the folder */
async function unpacked(kind: EvidenceKind): Promise<string> {
  const into = join(folder, kind)
  for (const [name, content] of (await readZip(await containerOf(cast, kind))).files) {
    await mkdir(dirname(join(into, name)), { recursive: true })
    await writeFile(join(into, name), content)
  }
  const roots = {
    bus: cast.busRoot,
    tsa: cast.tsa.root,
    consumer: cast.consumer,
    provider: cast.provider,
  }
  for (const [name, { der }] of Object.entries(roots)) {
    await writeFile(join(into, `${name}.pem`), new X509Certificate(der).toString())
  }
  return into
}

withOpenssl('openssl and an evidence container', () => {
  it('verifies the seal over the list of files, and the digests in it', async () => {
    const into = await unpacked('rest')
    const verify = ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', sealFile]
    const root = ['-CAfile', 'bus.pem', '-purpose', 'any', '-out', 'listed.xml', ...onTheDay]
    await command('openssl', [...verify, '-content', manifestFile, ...root], into)
    const digest = await command(
      'openssl',
      ['dgst', '-sha256', '-binary', 'request/payload.json'],
      into,
    )
    const [, listed] =
      /URI="request\/payload\.json"[^]*?<ds:DigestValue>([^<]+)</.exec(
        (await command('cat', [manifestFile], into)).toString(),
      ) ?? []
    expect(listed).toBe(digest.toString('base64'))
    const wrong = [...verify, '-content', 'exchange.json', ...root]
    await expect(command('openssl', wrong, into)).rejects.toThrow()
  })

  it('verifies the timestamp over the checkpoint', async () => {
    const into = await unpacked('rest')
    const verify = ['ts', '-verify', '-in', 'timestamp-1.tst', '-token_in', '-CAfile', 'tsa.pem']
    const said = await command('openssl', [...verify, '-data', 'checkpoint.txt', ...onTheDay], into)
    expect(said.toString()).toContain('Verification: OK')
    const wrong = [...verify, '-data', 'exchange.json', ...onTheDay]
    await expect(command('openssl', wrong, into)).rejects.toThrow()
  })

  it('recomputes the digests that the entries state, with the salt', async () => {
    const into = await unpacked('rest')
    const entry = JSON.parse((await command('cat', ['request/entry.json'], into)).toString()) as {
      payloadDigest: string
      headDigest: string
    }
    for (const [parts, digest] of [
      ['request/salt.bin request/payload.json', entry.payloadDigest],
      ['request/head.http request/salt.bin', entry.headDigest],
    ] as const) {
      const found = await command('sh', ['-c', `cat ${parts} | openssl dgst -sha256 -binary`], into)
      expect(found.toString('base64url')).toBe(digest)
    }
  })
})

withXmlsec1('xmlsec1 and an evidence container', () => {
  it.each([
    ['request', 'consumer.pem'],
    ['outcome', 'provider.pem'],
  ])('verifies the signature of the %s', async (half, certificate) => {
    const into = await unpacked('soap')
    const ids = exclusiveIds.flatMap((name) => ['--id-attr:Id', name])
    const verify = ['--verify', '--pubkey-cert-pem', certificate, ...ids]
    await command('xmlsec1', [...verify, `${half}/payload.xml`], into)
    const text = (await command('cat', [`${half}/payload.xml`], into)).toString()
    await writeFile(join(into, 'changed.xml'), text.replace(/5XY7K2A|Bakı/, 'x'))
    await expect(command('xmlsec1', [...verify, 'changed.xml'], into)).rejects.toThrow()
  })
})

const withBash = await describeWith('bash', 'openssl')

withBash('openssl, by the words of docs/evidence.md, and a message of a queue', () => {
  it('verifies the consumer’s signature, and not over another body', async () => {
    const docs = await readFile(join(process.cwd(), 'docs/evidence.md'), 'utf8')
    const [, commands] = /```sh\n(jws=[^]*?)```/.exec(docs) ?? []
    const queues = await makeCast()
    const into = join(folder, 'mq')
    for (const [name, content] of (await readZip(await containerOf(queues, 'mq'))).files) {
      await mkdir(dirname(join(into, name)), { recursive: true })
      await writeFile(join(into, name), content)
    }
    const certificate = new X509Certificate(queues.consumer.der).toString()
    await writeFile(join(into, 'consumer.pem'), certificate)
    const verify = ['-e', '-o', 'pipefail', '-c', commands ?? 'false']
    expect((await command('bash', verify, into)).toString()).toContain('Verified OK')
    await writeFile(join(into, 'request/payload.json'), '{"fin":"0000000"}')
    await expect(command('bash', verify, into)).rejects.toThrow()
  })
})
