import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contents, madeAt, signatoriesOf } from '../../test/support/document-samples.js'
import { makeDocumentSigner } from '../../test/support/documents.js'
import { documentKinds, documentNumber } from './document-kind.js'
import type { DocumentSigner } from './document-signer.js'
import { makeDocument } from './make-document.js'
import type { MemberId } from '../exchange/identifier.js'

let signer: DocumentSigner
let folder: string

beforeAll(async () => {
  ;({ signer } = await makeDocumentSigner())
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-document-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a document of every kind', () => {
  it.each(documentKinds)('%s: is signed within its PDF', async (kind) => {
    const content = contents[kind]
    const head = {
      number: documentNumber(kind, 2026, 1),
      at: madeAt,
      member: 'AZ/GOV/DIN' as MemberId,
      signedBy: signatoriesOf(content),
    }
    const { pdf } = await makeDocument(content, head, signer)
    const path = join(folder, `${kind}.pdf`)
    writeFileSync(path, pdf)
    if (process.env['KEEP']) writeFileSync(join(process.env['KEEP'], `${kind}.pdf`), pdf)
    const said = execFileSync('pdfsig', ['-nocert', path], { encoding: 'utf8' })
    expect(said).toContain('Signature is Valid.')
    expect(said).toContain('Total document signed')
    expect(said).toContain('ETSI.CAdES.detached')
  })
})
