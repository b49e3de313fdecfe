/**
 * A monitor of transparency logs written from the texts alone (C2SP signed-note, tlog-checkpoint, tlog-tiles;
 * RFC 6962 §2.1), so that it shares no mistake with the bus: it imports nothing of it.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'

export interface MonitorResult {
  readonly origin: string
  readonly size: number
  readonly entries: readonly Buffer[]
  /** Names below the checkpoint, in order. */
  readonly signers: readonly string[]
}

type Fetch = (path: string) => Promise<Buffer>

/**
 * Reads a whole log and checks everything in it.
 * @param reads - without the entries, where those would only take time
 * @throws Error saying what is wrong
 */
export async function monitor(
  fetch: Fetch,
  vkey: string,
  reads: 'all' | 'hashes' = 'all',
): Promise<MonitorResult> {
  const note = (await fetch('checkpoint')).toString('utf8')
  const { origin, size, root, signers } = openCheckpoint(note, vkey)
  const leaves = await tileHashes(fetch, size)
  if (leaves.length !== size) throw new Error(`${leaves.length} leaf hashes of ${size}`)
  if (!treeHash(leaves).equals(root)) throw new Error('the root is another')
  const entries = reads === 'all' ? await bundleEntries(fetch, size) : []
  entries.forEach((entry, at) => {
    if (!sha256(Buffer.of(0), entry).equals(leaves[at]!)) throw new Error(`entry ${at} is another`)
  })
  return { origin, size, entries, signers }
}

/** C2SP signed-note, tlog-checkpoint. */
export function openCheckpoint(note: string, vkey: string) {
  const [, name = '', id = '', key = ''] = /^(.+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  const raw = Buffer.from(key, 'base64')
  const own = sha256(Buffer.from(`${name}\n`), raw).subarray(0, 4)
  if (own.toString('hex') !== id) throw new Error('the key id is not that of the key')
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (!note.endsWith('\n')) throw new Error('the note has no end')
  const found = lines.map((line) => {
    const [, signer = '', signature = ''] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? []
    return { signer, bytes: Buffer.from(signature, 'base64') }
  })
  const mine = found.find(
    ({ signer, bytes }) => signer === name && bytes.subarray(0, 4).equals(own),
  )
  const isCosignature = raw[0] === 4
  const signature = mine?.bytes.subarray(isCosignature ? 12 : 4) ?? Buffer.alloc(0)
  const time = isCosignature ? (mine?.bytes.readBigUInt64BE(4) ?? 0n) : 0n
  const signed = isCosignature ? `cosignature/v1\ntime ${time}\n${text}` : text
  const x = raw.subarray(1).toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  if (!verify(null, Buffer.from(signed), publicKey, signature)) throw new Error('wrong signature')
  const [origin = '', size = '', root = ''] = text.split('\n')
  const signers = found.map(({ signer }) => signer)
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), signers, time }
}

/** Leaf hashes; on the way every tile above is compared with the hashes below it. */
async function tileHashes(fetch: Fetch, size: number): Promise<Buffer[]> {
  let below: Buffer[] | undefined
  let leaves: Buffer[] = []
  for (let level = 0; ; level += 1) {
    const count = Math.floor(size / 256 ** level)
    if (count === 0) return leaves
    const hashes: Buffer[] = []
    for (let index = 0; index * 256 < count; index += 1) {
      const width = Math.min(256, count - index * 256)
      const part = width < 256 ? `.p/${width}` : ''
      const tile = await fetch(`tile/${level}/${pathOf(index)}${part}`)
      if (tile.length !== 32 * width) throw new Error(`tile ${level}/${index} has a wrong length`)
      for (let at = 0; at < width; at += 1) hashes.push(tile.subarray(32 * at, 32 * at + 32))
    }
    hashes.forEach((hash, at) => {
      const children = below?.slice(at * 256, at * 256 + 256)
      if (children && !treeHash(children).equals(hash)) throw new Error(`level ${level} is wrong`)
    })
    if (level === 0) leaves = hashes
    below = hashes
  }
}

async function bundleEntries(fetch: Fetch, size: number): Promise<Buffer[]> {
  const entries: Buffer[] = []
  for (let index = 0; index * 256 < size; index += 1) {
    const width = Math.min(256, size - index * 256)
    const part = width < 256 ? `.p/${width}` : ''
    const bundle = await fetch(`tile/entries/${pathOf(index)}${part}`)
    let at = 0
    for (let count = 0; count < width; count += 1) {
      const length = bundle.readUInt16BE(at)
      entries.push(bundle.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
    if (at !== bundle.length) throw new Error('the bundle is longer than its entries')
  }
  return entries
}

/** 1234067 is x001/x234/067. */
function pathOf(index: number): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  }
  return path
}

/** RFC 6962 §2.1: MTH, over leaf hashes. */
function treeHash(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256()
  if (hashes.length === 1) return hashes[0]!
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  return sha256(Buffer.of(1), treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)))
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
