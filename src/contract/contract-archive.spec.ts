import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { describeWith } from '../../test/support/command.js'
import {
  messageContract,
  writeContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
import { zipBytes, type ZipPart } from '../../test/support/zip-bytes.js'
import { contractLimits } from '../limits/contracts.js'
import { readContractArchive, writeContractArchive } from './contract-archive.js'
import { ContractError } from './contract-error.js'
import { digestOf, readContractFolder } from './contract-files.js'
import { readArchiveForRegistration, readForRegistration } from './register-contract.js'

const sample = messageContract({ service: 'AZ/GOV/DIN/GCQ/yoxla/v1' })

function zipOf(files: SampleFiles, change: Partial<ZipPart> = {}): Buffer {
  return zipBytes(
    Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text), ...change })),
  )
}

async function flawOf(archive: Buffer): Promise<string | undefined> {
  const { flaws } = await readArchiveForRegistration(archive)
  return flaws?.map(({ place, problem }) => `${place}: ${problem}`).join('; ')
}

describe('a contract in an archive', () => {
  it('is the same as in its folder, however it was packed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-test-contract-'))
    try {
      await writeContract(folder, sample)
      const { facts } = await readForRegistration(folder)
      expect(facts).toBeDefined()
      const around = Object.fromEntries(
        Object.entries(sample).map(([name, text]) => [`yoxla/${name}`, text]),
      )
      const beside = { '__MACOSX/._contract.yaml': 'x', '.git/config': 'x', 'samples/1.json': '{}' }
      for (const archive of [
        zipOf(sample),
        zipOf(sample, { isDeflated: true }),
        zipOf(around),
        zipOf({ 'yoxla/': '', ...around }),
        zipOf({ ...sample, ...beside }),
      ]) {
        expect((await readArchiveForRegistration(archive)).facts).toEqual(facts)
      }
      const written = await writeContractArchive(readContractFolder(folder).files)
      expect((await readArchiveForRegistration(written)).facts).toEqual(facts)
      expect(await writeContractArchive(readContractFolder(folder).files)).toEqual(written)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is refused with its flaws and their places', async () => {
    const { 'contract.yaml': settings = '', ...rest } = sample
    expect(await flawOf(zipOf(rest))).toBe(': The folder has no contract.yaml')
    const broken = { ...rest, 'contract.yaml': `${settings}\ncolour: red\n` }
    expect(await flawOf(zipOf(broken))).toMatch(/^contract\.yaml:\d+: no such field: colour$/)
  })
})

describe('an archive', () => {
  const [name, text] = Object.entries(sample)[0]!
  const part = { name, content: Buffer.from(text) }
  const large = Buffer.alloc(contractLimits.bytesMax / 2 + 1)

  it.each<[string, Buffer, RegExp]>([
    ['that is none', Buffer.from('PK'), /is no ZIP archive/],
    ['that is empty', zipBytes([]), /no contract\.yaml/],
    ['cut off', zipOf(sample).subarray(0, -30), /is no ZIP archive/],
    ['that leads out', zipOf({ '../contract.yaml': '' }), /is no ZIP archive/],
    ['with an absolute path', zipOf({ '/contract.yaml': '' }), /is no ZIP archive/],
    ['with an odd name', zipOf({ 'a\u0007': '' }), /^: A file has an odd name/],
    ['with folders too deep', zipOf({ [`${'a/'.repeat(9)}b`]: '' }), /too deep/],
    ['with a file twice', zipBytes([part, part]), /two such files/],
    [
      'with a link',
      zipBytes([{ ...part, says: { madeBy: 0x0314, attributes: 0o120777 * 65_536 } }]),
      /no plain file/,
    ],
    [
      'with an encrypted file',
      zipBytes([{ ...part, says: { flags: 0x0801, packedBytes: part.content.length + 12 } }]),
      /is encrypted/,
    ],
    ['with a wrong check sum', zipBytes([{ ...part, says: { crc: 1 } }]), /the check sum/],
    [
      'of an unknown packing',
      zipBytes([{ ...part, says: { method: 99 } }]),
      /content does not have/,
    ],
    [
      'that unpacks to more than it says',
      zipBytes([{ ...part, content: large, isDeflated: true, says: { bytes: 10 } }]),
      /content does not have/,
    ],
    [
      'whose files together are too much',
      zipBytes([
        { name: 'a', content: large, isDeflated: true },
        { name: 'b', content: large, isDeflated: true },
      ]),
      /may have 500 files and 4194304 bytes/,
    ],
    [
      'with too many files',
      zipBytes(Array.from({ length: 501 }, (_, at) => ({ name: `f${at}` }))),
      /may have 500 files/,
    ],
    [
      'whose files lie over one another',
      zipBytes(
        Array.from({ length: 9 }, (_, at) => ({
          ...{ name: `f${at}`, content: Buffer.alloc(500_000), isDeflated: true, offset: 0 },
        })),
      ),
      /may have/,
    ],
  ])('%s is refused', async (_what, archive, problem) => {
    expect(await flawOf(archive)).toMatch(problem)
  })

  it('of random bytes, or spoiled anywhere, is a contract or is refused as none', async () => {
    const good = zipOf(sample, { isDeflated: true })
    const spoiled = fc
      .array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { minLength: 1 })
      .map((changes) => {
        const bytes = Buffer.from(good)
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      })
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: spoiled }, random), async (bytes) => {
        const read = await readContractArchive(bytes).catch((error: unknown) => error)
        if (read instanceof ContractError) return
        expect(typeof digestOf((read as { files: Map<string, Uint8Array> }).files)).toBe('string')
      }),
      { numRuns: 300 },
    )
  })
})

const describeWithZip = await describeWith('zip')

describeWithZip('an archive of Info-ZIP', () => {
  it('is taken with folders and times, and refused with a link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-test-contract-'))
    try {
      await writeContract(join(folder, 'yoxla'), sample)
      const packed = (): Buffer => {
        execFileSync('zip', ['-q', '-r', '-y', 'yoxla.zip', 'yoxla'], { cwd: folder })
        return readFileSync(join(folder, 'yoxla.zip'))
      }
      expect(await flawOf(packed())).toBeUndefined()
      symlinkSync('/etc/passwd', join(folder, 'yoxla', 'link.xsd'))
      expect(await flawOf(packed())).toBe('yoxla/link.xsd: It is no plain file')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
