import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  containerMediaType,
  manifestFile,
  openContainer,
  sealFile,
  writeContainer,
} from './asic-container.js'
import { readManifest } from './asic-manifest.js'
import { ContainerError } from './container-error.js'
import { readZip } from './read-zip.js'
import { writeZip } from './write-zip.js'

const files = new Map([
  ['summary.en.txt', Buffer.from('Summary')],
  ['request/entry.json', Buffer.from('{}')],
  ['request/payload.bin', Buffer.from([1, 2, 3])],
  ['reply/payload.bin', Buffer.from([4, 5, 6])],
])

let whole: Buffer
/** Everything in it, the container's own files too. */
let all: Map<string, Buffer>

beforeAll(async () => {
  whole = await writeContainer(files, (manifest) => Promise.resolve(manifest.subarray(0, 40)))
  all = new Map((await readZip(whole)).files)
})

async function verdictOf(changed: ReadonlyMap<string, Buffer>): Promise<string[]> {
  try {
    const { defects } = await openContainer(await writeZip(changed))
    return defects.map(({ problem, file }) => `${problem} ${file}`)
  } catch (error) {
    if (error instanceof ContainerError) return [`${error.problem} ${error.file}`]
    throw error
  }
}

const with_ = (changes: Record<string, Buffer>) => new Map([...all, ...Object.entries(changes)])

describe('an ASiC-E container', () => {
  it('has its media type first, stored, and gives back what was put in', async () => {
    // What `file` and the standard (§A.1) look at.
    expect(whole.toString('latin1', 30, 38 + containerMediaType.length)).toBe(
      `mimetype${containerMediaType}`,
    )
    const { container, defects } = await openContainer(whole)
    expect(defects).toEqual([])
    expect([...container.files]).toEqual([...files])
    expect(container.seal.equals(container.manifest.subarray(0, 40))).toBe(true)
    expect(container.manifest.toString()).toContain(
      '<asic:DataObjectReference URI="request/payload.bin" MimeType="application/octet-stream">',
    )
  })

  it('names each file that is changed, missing, added or swapped', async () => {
    for (const name of files.keys()) {
      const content = Buffer.from(all.get(name)!)
      content[0]! ^= 1
      expect(await verdictOf(with_({ [name]: content }))).toEqual([`file-changed ${name}`])
      const without = new Map(all)
      without.delete(name)
      expect(await verdictOf(without)).toEqual([`file-missing ${name}`])
    }
    expect(await verdictOf(with_({ 'more.txt': Buffer.from('x') }))).toEqual([
      'file-added more.txt',
    ])
    const swapped = with_({
      'request/payload.bin': all.get('reply/payload.bin')!,
      'reply/payload.bin': all.get('request/payload.bin')!,
    })
    expect(await verdictOf(swapped)).toEqual([
      'file-changed request/payload.bin',
      'file-changed reply/payload.bin',
    ])
  })

  it('is none without its own files, or with its media type elsewhere', async () => {
    const { mimetype, ...others } = Object.fromEntries(all)
    expect(await verdictOf(new Map([...Object.entries(others), ['mimetype', mimetype!]]))).toEqual([
      'not-asic mimetype',
    ])
    expect(await verdictOf(with_({ mimetype: Buffer.from('application/zip') }))).toEqual([
      'not-asic mimetype',
    ])
    for (const name of [manifestFile, sealFile]) {
      const without = new Map(all)
      without.delete(name)
      expect(await verdictOf(without)).toEqual([`file-missing ${name}`])
    }
    expect(await verdictOf(with_({ 'META-INF/signature002.p7s': Buffer.from('x') }))).toEqual([
      'file-added META-INF/signature002.p7s',
    ])
  })

  it.each<[why: string, (text: string) => string]>([
    ['nothing', () => ''],
    ['no XML', () => 'hello'],
    ['a document type', (text) => text.replace('<asic:', '<!DOCTYPE a [<!ENTITY b "c">]><asic:')],
    ['another root', (text) => text.replaceAll('ASiCManifest', 'Manifest')],
    ['another namespace', (text) => text.replace('02918/v1.2.1', '02918/v1.1.1')],
    ['another signature', (text) => text.replace('signature001', 'signature002')],
    ['SHA-1', (text) => text.replace('2001/04/xmlenc#sha256', '2000/09/xmldsig#sha1')],
    [
      'a transform',
      (text) => text.replace('</ds:DigestValue>', '</ds:DigestValue><ds:Transform/>'),
    ],
    ['a file twice', (text) => text.replace('URI="reply/', 'URI="request/')],
    ['its own file', (text) => text.replace('request/entry.json', manifestFile)],
    ['a path upwards', (text) => text.replace('request/entry.json', '../entry.json')],
    ['an escape', (text) => text.replace('request/entry.json', 'request%2Fentry.json')],
    ['text between', (text) => text.replace('</asic:DataObjectReference>', '$&x')],
    ['a digest cut', (text) => text.replace(/<ds:DigestValue>..../, '<ds:DigestValue>')],
    [
      'a comment in a digest',
      (text) => text.replace('</ds:DigestValue>', '<!-- --></ds:DigestValue>'),
    ],
  ])('whose manifest has %s is refused', async (_, change) => {
    const manifest = Buffer.from(change(all.get(manifestFile)!.toString()))
    expect(await verdictOf(with_({ [manifestFile]: manifest }))).toEqual([
      `manifest-unreadable ${manifestFile}`,
    ])
  })

  it('has a manifest of which any bytes at all are read or refused, and nothing else', () => {
    const text = all.get(manifestFile)!
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.tuple(fc.nat(text.length - 1), fc.uint8Array({ maxLength: 8 })).map(([at, bytes]) => {
            const changed = Buffer.from(text)
            changed.set(bytes.subarray(0, changed.length - at), at)
            return changed
          }),
        ),
        (bytes) => {
          try {
            const { files: listed } = readManifest(Buffer.from(bytes), manifestFile)
            for (const { name } of listed) expect(name).not.toContain('..')
          } catch (error) {
            expect(error).toBeInstanceOf(ContainerError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
