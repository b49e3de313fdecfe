import 'reflect-metadata'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import {
  applicationContent,
  azerbaijaniText,
  contents,
  headOf,
} from '../../test/support/document-samples.js'
import { makeDocumentSigner } from '../../test/support/documents.js'
import type { DocumentContent } from './document-content.js'
import { documentKinds, documentKindTerms } from './document-kind.js'
import type { DocumentSigner } from './document-signer.js'
import { makeDocument, type MadeDocument } from './make-document.js'

const describeWithTools = await describeWith('openssl', 'poppler-utils')
let signer: DocumentSigner
let folder: string

beforeAll(async () => {
  const { signer: made, authority } = await makeDocumentSigner()
  signer = made
  folder = await mkdtemp(join(tmpdir(), 'sluice-document-'))
  await writeFile(join(folder, 'root.pem'), authority.pem)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const make = (content: DocumentContent): Promise<MadeDocument> =>
  makeDocument(content, headOf(content), signer)

async function inFolder(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, name), bytes)
}

/** What a reader of PDF says of its signatures. */
async function pdfsig(pdf: Uint8Array): Promise<string> {
  await inFolder('signed.pdf', pdf)
  return (await command('pdfsig', ['-nocert', 'signed.pdf'], folder)).toString()
}

/** The text as people copy it: every line break is a space, words that were broken are put together. */
async function textOf(pdf: Uint8Array): Promise<string> {
  await inFolder('read.pdf', pdf)
  return (await command('pdftotext', ['-raw', 'read.pdf', '-'], folder)).toString()
}

async function verifyData(data: Uint8Array, signature: Uint8Array): Promise<void> {
  await inFolder('data.json', data)
  await inFolder('data.p7s', signature)
  const files = ['-in', 'data.p7s', '-inform', 'DER', '-content', 'data.json']
  const trust = ['-CAfile', 'root.pem', '-purpose', 'any', '-out', 'out.json']
  await command('openssl', ['cms', '-verify', '-binary', '-cades', ...files, ...trust], folder)
  expect(await readFile(join(folder, 'out.json'))).toEqual(Buffer.from(data))
}

describeWithTools('a document of every kind', () => {
  it.each(documentKinds)('%s: others verify its PDF and its data, and read it', async (kind) => {
    const { data, dataSignature, pdf, digest } = await make(contents[kind])
    const said = await pdfsig(pdf)
    expect(said).toContain('Signature is Valid.')
    expect(said).toContain('Total document signed')
    expect(said).toContain('Signature Type: ETSI.CAdES.detached')
    await verifyData(data, dataSignature)
    const text = await textOf(pdf)
    const { az, en } = documentKindTerms[kind].title
    for (const part of [az, en, headOf(contents[kind]).number, digest, 'səhifə 1 / ']) {
      expect(text).toContain(part)
    }
  })

  it('is the same bytes of data whenever it is made, and those bytes say all of it', async () => {
    const first = await make(contents['check-protocol'])
    const second = await make(structuredClone(contents['check-protocol']))
    expect(second.data).toEqual(first.data)
    expect(JSON.parse(first.data.toString())).toMatchObject({
      ...{ format: 1, number: 'PRT-2026/0001', at: '2026-11-26T11:04:05.678Z' },
      content: { kind: 'check-protocol', protocol: { startedAt: '2026-11-26T11:00:00.000Z' } },
    })
  })

  it('is refused when one byte of it is changed', async () => {
    const { data, dataSignature, pdf } = await make(contents.opinion)
    for (const at of [100, Math.floor(pdf.length / 2)]) {
      const changed = Buffer.from(pdf)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(await pdfsig(changed)).not.toContain('Signature is Valid.')
    }
    const changed = Buffer.from(data.toString().replace('opinion', 'opinioN'))
    await expect(verifyData(changed, dataSignature)).rejects.toThrow('verification failure')
  })
})

describeWithTools('texts in a document', () => {
  it('come back byte for byte in Azerbaijani', async () => {
    const { pdf, data } = await make({ ...contents.improvement, done: azerbaijaniText })
    expect((await textOf(pdf)).replaceAll('\n', ' ')).toContain(azerbaijaniText)
    expect(data.toString()).toContain(azerbaijaniText)
  })

  it('are shown by name where they have no shape, or would turn others around', async () => {
    const pairs = [
      ['abc\u202Edef\u2066x', 'abc[U+202E]def[U+2066]x'],
      ['a\u0000b\u0007c\u200Bd\uFEFFe', 'a[U+0000]b[U+0007]c[U+200B]d[U+FEFF]e'],
      ['😀 漢字 سلام', '[U+1F600] [U+6F22][U+5B57] [U+0633]'],
      ['a\uD83Db', 'a[U+D83D]b'],
      ['bir\r\niki\rüç\ndörd', 'bir iki üç dörd'],
      [') Tj ET endstream /ByteRange [0 /**********]', '/ByteRange [0 /'],
    ] as const
    const done = pairs.map(([hostile]) => hostile).join('\n')
    const { pdf, data } = await make({ ...contents.improvement, done })
    const text = (await textOf(pdf)).replaceAll('\n', ' ')
    for (const [, shown] of pairs) expect(text).toContain(shown)
    expect(await pdfsig(pdf)).toContain('Signature is Valid.')
    const { content } = JSON.parse(data.toString()) as { content: { done: string } }
    expect(content.done).toBe(done.toWellFormed())
  })

  it('may be long: they go on over pages, whether or not there is a space in them', async () => {
    const words = 'şlüzə qoşulma barədə çox uzun mətn '.repeat(1_500)
    const { pdf } = await make({
      ...contents['justified-demand'],
      justification: `${words}${'ə'.repeat(50_000)}`,
    })
    const text = await textOf(pdf)
    expect(text).toContain('səhifə 12 / ')
    expect(text.split('şlüzə').length - 1).toBeGreaterThanOrEqual(1_500)
    expect(text.split('ə').length).toBeGreaterThan(50_000)
    expect(await pdfsig(pdf)).toContain('Signature is Valid.')
  })

  it('may be cells of tables that are higher than a page, under a head that is written again', async () => {
    const { pdf } = await make({
      ...contents['missing-data'],
      missing: Array.from({ length: 60 }, (_, at) => ({
        pointer: `/sahə/${at}`,
        text: { az: 'uzun mətn '.repeat(at === 30 ? 1_000 : 5), en: 'long' },
      })),
    })
    const text = await textOf(pdf)
    expect(text.split('Çatışmayan məlumat\n').length).toBeGreaterThan(4)
    expect(text).toContain('/sahə/59')
  })

  it('are too many for a document at some point, which is said and not tried', async () => {
    const lines = { ...contents.improvement, done: '\n'.repeat(100_000) }
    await expect(make(lines)).rejects.toThrow('a document has at most 400 pages')
    const long = { ...contents.improvement, done: 'a'.repeat(3_000_000) }
    await expect(make(long)).rejects.toThrow('a document has at most 2097152 bytes of data')
    const nested = { ...applicationContent.application, declaration: deep(40) }
    await expect(make({ ...applicationContent, application: nested })).rejects.toThrow('levels')
    const unsigned = { ...headOf(contents.opinion), signedBy: [] }
    await expect(makeDocument(contents.opinion, unsigned, signer)).rejects.toThrow('signatories')
  })
})

function deep(levels: number): Record<string, unknown> {
  return levels === 0 ? {} : { a: deep(levels - 1) }
}
