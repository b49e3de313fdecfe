import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { contents, headOf } from '../../test/support/document-samples.js'
import { makeDocumentSigner } from '../../test/support/documents.js'
import { documentSignerOf, type DocumentSigner } from '../document/document-signer.js'
import { makeDocument } from '../document/make-document.js'
import { makeAuthority } from '../../test/support/pki.js'
import { documentVerify } from './document-verify.js'

type Files = Record<string, Uint8Array | string>
let files: Files
let signer: DocumentSigner

beforeAll(async () => {
  const { signer: bus, authority } = await makeDocumentSigner()
  signer = bus
  files = { 'root.pem': authority.pem, ...(await made('opinion')) }
})

async function made(kind: 'opinion' | 'refusal', by = signer, name = 'o'): Promise<Files> {
  const { pdf, data, dataSignature } = await makeDocument(
    contents[kind],
    headOf(contents[kind]),
    by,
  )
  return { [`${name}.pdf`]: pdf, [`${name}.json`]: data, [`${name}.json.p7s`]: dataSignature }
}

/** What the command says of these files, with those that differ. */
async function verified(
  args: string,
  changed: Files = {},
): Promise<{ code: number; said: string; wrong: string[] }> {
  const lines: string[] = []
  const io = {
    out: (line: string) => void lines.push(...line.split('\n')),
    err: (line: string) => void lines.push(line),
    readFile: (path: string) => {
      const bytes = changed[path] ?? files[path]
      return bytes === undefined
        ? Promise.reject(new Error('ENOENT'))
        : Promise.resolve(Buffer.from(bytes))
    },
  }
  const code = await documentVerify([...args.split(' '), '--authorities', 'root.pem'], io)
  return { code, said: lines.join('\n'), wrong: lines.filter((line) => line.startsWith('FALSE')) }
}

const bytesOf = (name: string): Buffer => Buffer.from(files[name] ?? '')

function edited(name: string, change: (text: string) => string): Buffer {
  const before = bytesOf(name).toString('latin1')
  const after = change(before)
  expect(after).not.toBe(before)
  return Buffer.from(after, 'latin1')
}

describe('sluice document verify', () => {
  it('says in both languages who signed when, and that PDF and data are the same document', async () => {
    const { code, said } = await verified('o.pdf o.json')
    expect(code).toBe(0)
    expect(said).toMatch(
      /^DOĞRU {2}PDF: 2026-11-26T11:04:05\.000Z tarixində C=AZ, O=Sınaq, CN=Sluice şini \(sertifikat/m,
    )
    expect(said).toMatch(
      /^TRUE {2}Data: Signed by C=AZ, O=Sınaq, CN=Sluice şini .* on 2026-11-26T11:04:05\.000Z/m,
    )
    expect(said).toMatch(
      /^QEYD {2}Məlumat: Uyğunluq barədə müsbət rəy RƏY-2026\/0001, qərarı verən: .+; SHA-256 [0-9a-f]{64}\.$/m,
    )
    expect(said).toMatch(
      /^TRUE {2}Both: The PDF and the data have the same number, RƏY-2026\/0001\.$/m,
    )
    expect(said).toMatch(/^DOĞRU {2}Birlikdə: PDF-də məhz bu məlumatın həşi göstərilib/m)
    expect(said).toContain('NƏTİCƏ  Sənəd həqiqidir')
    const { said: json } = await verified('o.json o.pdf --json')
    expect(JSON.parse(json)).toMatchObject({ good: true })
  })

  it('takes either alone, and the signature by its name', async () => {
    const pdf = await verified('o.pdf --lang en')
    expect(pdf).toMatchObject({ code: 0, wrong: [] })
    expect(pdf.said).toContain('“RƏY-2026/0001 Uyğunluq barədə müsbət rəy”')
    const renamed = { 'x.p7s': bytesOf('o.json.p7s') }
    expect(await verified('o.json --signature x.p7s', renamed)).toMatchObject({ code: 0 })
  })

  it('finds what was changed', async () => {
    for (const change of [
      { 'o.json': edited('o.json', (text) => text.replace('opinion', 'opiniOn')) },
      { 'o.json.p7s': bytesOf('o.json.p7s').subarray(1) },
      { 'o.pdf': edited('o.pdf', (text) => text.replace('/Title', '/TitlE')) },
      { 'o.pdf': edited('o.pdf', (text) => `${text}\n`) },
      {
        'o.pdf': edited(
          'o.pdf',
          (text) => `${text}\n9 0 obj\n<< /ByteRange [0 1 2 3] >>\nendobj\n`,
        ),
      },
      { 'o.pdf': edited('o.pdf', (text) => text.replace('/ByteRange [0 ', '/ByteRange [9 ')) },
      { 'o.pdf': edited('o.pdf', (text) => text.replace('/ByteRange', '/BytEs')) },
      { 'o.pdf': edited('o.pdf', (text) => text.replace(/00>/, '01>')) },
      { 'o.pdf': edited('o.pdf', (text) => text.replace(/0>/, 'g>')) },
    ]) {
      const { code, wrong } = await verified('o.pdf o.json', change)
      expect(code).toBe(1)
      expect(wrong).toHaveLength(1)
    }
  })

  it('finds files of two documents, and those that a stranger signed', async () => {
    const { 'n.pdf': pdf = '' } = await made('refusal', signer, 'n')
    const other = await verified('o.pdf o.json --lang en', { 'o.pdf': pdf })
    expect(other.wrong.map((line) => line.slice(0, 50))).toEqual([
      'FALSE  Both: The PDF has another number than the d',
      'FALSE  Both: The PDF names the digest of other dat',
    ])
    const authority = await makeAuthority('Yad')
    const { privateKey, der } = await authority.issue({ subject: 'Sluice şini' })
    const stranger = documentSignerOf({ privateKey, certificate: der, chain: [authority.der] })
    const foreign = await verified('o.pdf o.json', await made('opinion', stranger))
    expect(foreign.code).toBe(1)
    expect(foreign.wrong).toHaveLength(2)
    expect(foreign.said).toContain('onun sertifikatı qəbul edilmir')
  })

  it('takes data for no PDF, whatever stands in them, nor another signed file for data', async () => {
    const texts = [Buffer.from('%PDF-'), Buffer.from('{"format":1}')]
    for (const bytes of texts) {
      const signed = { 'o.json': bytes, 'o.json.p7s': signer.sign(bytes, new Date()) }
      expect(await verified('o.json', signed)).toMatchObject({ code: 1 })
    }
    for (const short of ['', '%', '%PDF']) {
      expect(await verified('o.json', { 'o.json': short })).toMatchObject({ code: 1 })
    }
    const wrapped = Buffer.concat([
      ...[Buffer.from('{"a":"/ByteRange [0 32 34 2]"'), Buffer.from('   <>'), Buffer.from('"}')],
    ])
    expect((await verified('o.json', { 'o.json': wrapped })).code).toBe(1)
  })

  it('says what is wrong with how it is called', async () => {
    for (const args of [
      'o.pdf o.pdf',
      'o.json o.json',
      'o.pdf --signature x',
      'none.pdf',
      '--json',
    ]) {
      expect((await verified(args)).code).toBe(2)
    }
    const io = {
      out: () => undefined,
      err: () => undefined,
      readFile: () => Promise.reject(new Error()),
    }
    expect(await documentVerify(['o.pdf'], io)).toBe(2)
    expect(await documentVerify(['--help'], io)).toBe(0)
  })

  it('says of damaged files nothing but what it said before, and is never at a loss', async () => {
    const { said: whole } = await verified('o.pdf o.json')
    const anyFile = fc.constantFrom('o.pdf', 'o.json', 'o.json.p7s')
    const damage = fc.record({
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 0, maxLength: 8 }),
      removed: fc.nat(8),
    })
    const property = fc.asyncProperty(anyFile, damage, async (name, { at, bytes, removed }) => {
      const before = bytesOf(name)
      const place = at % before.length
      const changed = Buffer.concat([
        ...[before.subarray(0, place), bytes, before.subarray(place + removed)],
      ])
      fc.pre(!changed.equals(before))
      const { code, said } = await verified('o.pdf o.json', { [name]: changed })
      // An authority's certificate beside the signature may be lost, since there is another: nothing is believed of it.
      if (code === 0) expect(said).toBe(whole)
    })
    await fc.assert(property, { numRuns: 200 })
  })
})
