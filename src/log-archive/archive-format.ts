// The form of archive files as it is written; whoever reads them has a description of it of their own.

const lengthBytes = 2
const idBytes = 16

export const archiveFormat = 'sluice-log-archive/1'

/** Entries as C2SP tlog-tiles bundles them: each after its length, 16 bits. */
export function bundleOf(entries: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = []
  for (const entry of entries) {
    const length = Buffer.alloc(lengthBytes)
    length.writeUInt16BE(entry.length)
    pieces.push(length, entry)
  }
  return Buffer.concat(pieces)
}

/** Index and sealing of a payload, before its ciphertext. */
export function payloadHead(payload: {
  readonly index: number
  readonly dataKeyId: string
  readonly nonce: Buffer
  readonly bytes: number
}): Buffer {
  const head = Buffer.alloc(8 + idBytes + 1)
  head.writeBigUInt64BE(BigInt(payload.index))
  head.write(payload.dataKeyId.replaceAll('-', ''), 8, 'hex')
  head.writeUInt8(payload.nonce.length, 8 + idBytes)
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(payload.bytes))
  return Buffer.concat([head, payload.nonce, length])
}

/** One line of the index by exchange: id, part, index in the log. */
export interface IndexLine {
  readonly entryId: string
  readonly part: number
  readonly index: number
}

export function indexBytes(lines: readonly IndexLine[]): Buffer {
  const bytes = Buffer.alloc(lines.length * (idBytes + 1 + 8))
  let at = 0
  for (const { entryId, part, index } of lines) {
    at += bytes.write(entryId.replaceAll('-', ''), at, 'hex')
    at = bytes.writeUInt8(part, at)
    at = bytes.writeBigUInt64BE(BigInt(index), at)
  }
  return bytes
}

export function indexPartName({ entryId, part }: Pick<IndexLine, 'entryId' | 'part'>): string {
  return `index/${entryId}-${part}`
}

/** `entries` or `payloads` from this index on. */
export function numberedPartName(kind: 'entries' | 'payloads', first: number): string {
  return `${kind}/${String(first).padStart(16, '0')}`
}

/** `sluice-domain-PORTAL-0000000000000000-0000000000000300.zip`; ordered by name is ordered by index. */
export function archiveFileName(origin: string, from: number, to: number): string {
  const name = origin.replace(/[^A-Za-z0-9._%-]/g, '-').slice(0, 150)
  return [name, ...[from, to].map((index) => String(index).padStart(16, '0'))].join('-') + '.zip'
}
