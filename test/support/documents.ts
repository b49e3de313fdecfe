import { documentSignerOf, type DocumentSigner } from '../../src/document/document-signer.js'
import { makeAuthority, type TestAuthority } from './pki.js'

/** A signer under an authority of its own. */
export async function makeDocumentSigner(): Promise<{
  readonly signer: DocumentSigner
  readonly authority: TestAuthority
}> {
  const authority = await makeAuthority('Sənəd sınağı CA')
  const { privateKey, der } = await authority.issue({ subject: 'Sluice şini' })
  const signer = documentSignerOf({ privateKey, certificate: der, chain: [authority.der] })
  return { signer, authority }
}
