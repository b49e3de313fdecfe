import { crc32, deflateRawSync } from 'node:zlib'

/** One file of an archive, with whatever lies a test wants it to tell. */
export interface ZipPart {
  readonly name: string | Buffer
  readonly content?: Buffer
  readonly isDeflated?: boolean
  /** Of the list of files; the file's own header says the same unless `own` says other things. */
  readonly says?: Partial<ZipHeader>
  readonly own?: Partial<ZipHeader> & { readonly name?: string }
  readonly extra?: Buffer
  /** Bytes before the file's own header. */
  readonly before?: Buffer
  /** Where the list says that the file stands. */
  readonly offset?: number
}

export interface ZipHeader {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedBytes: number
  readonly bytes: number
  readonly attributes: number
  readonly madeBy: number
}

/** What the end of the archive says, and what stands around it. */
export interface ZipEnd {
  readonly files?: number
  readonly comment?: Buffer
  readonly between?: Buffer
  readonly after?: Buffer
}

/** An archive byte for byte after APPNOTE 4.3, for tests of a reader that must believe none of it. */
export function zipBytes(parts: readonly ZipPart[], end: ZipEnd = {}): Buffer {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const part of parts) {
    const { before = Buffer.alloc(0) } = part
    const offset = at + before.length
    const written = [before, ...localFile(part)]
    local.push(...written)
    directory.push(...listedFile(part, part.offset ?? offset))
    at += written.reduce((bytes, each) => bytes + each.length, 0)
  }
  const { between = Buffer.alloc(0), comment = Buffer.alloc(0), after = Buffer.alloc(0) } = end
  const list = Buffer.concat(directory)
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(end.files ?? parts.length, 8)
  record.writeUInt16LE(end.files ?? parts.length, 10)
  record.writeUInt32LE(list.length, 12)
  record.writeUInt32LE(at + between.length, 16)
  record.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...local, between, list, record, comment, after])
}

function packed({ content = Buffer.alloc(0), isDeflated = false }: ZipPart): Buffer {
  return isDeflated ? deflateRawSync(content) : content
}

function headerOf(part: ZipPart): ZipHeader {
  const { content = Buffer.alloc(0), isDeflated = false, says = {} } = part
  return {
    flags: 0x0800,
    method: isDeflated ? 8 : 0,
    crc: crc32(content),
    packedBytes: packed(part).length,
    bytes: content.length,
    attributes: (0o100644 << 16) >>> 0,
    madeBy: 0x033f,
    ...says,
  }
}

function localFile(part: ZipPart): Buffer[] {
  const header = { ...headerOf(part), ...part.own }
  const name = Buffer.from(part.own?.name ?? part.name)
  const extra = part.extra ?? Buffer.alloc(0)
  const fixed = Buffer.alloc(30)
  fixed.writeUInt32LE(0x04034b50, 0)
  fixed.writeUInt16LE(20, 4)
  fixed.writeUInt16LE(header.flags, 6)
  fixed.writeUInt16LE(header.method, 8)
  fixed.writeUInt32LE(header.crc, 14)
  fixed.writeUInt32LE(header.packedBytes, 18)
  fixed.writeUInt32LE(header.bytes, 22)
  fixed.writeUInt16LE(name.length, 26)
  fixed.writeUInt16LE(extra.length, 28)
  return [fixed, name, extra, packed(part)]
}

function listedFile(part: ZipPart, offset: number): Buffer[] {
  const header = headerOf(part)
  const name = Buffer.from(part.name)
  const extra = part.extra ?? Buffer.alloc(0)
  const fixed = Buffer.alloc(46)
  fixed.writeUInt32LE(0x02014b50, 0)
  fixed.writeUInt16LE(header.madeBy, 4)
  fixed.writeUInt16LE(20, 6)
  fixed.writeUInt16LE(header.flags, 8)
  fixed.writeUInt16LE(header.method, 10)
  fixed.writeUInt32LE(header.crc, 16)
  fixed.writeUInt32LE(header.packedBytes, 20)
  fixed.writeUInt32LE(header.bytes, 24)
  fixed.writeUInt16LE(name.length, 28)
  fixed.writeUInt16LE(extra.length, 30)
  fixed.writeUInt32LE(header.attributes, 38)
  fixed.writeUInt32LE(offset, 42)
  return [fixed, name, extra]
}
