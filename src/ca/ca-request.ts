import 'reflect-metadata'
import { Pkcs10CertificateRequestGenerator, Name } from '@peculiar/x509'
import type { CaConfig } from '../config/ca-config.js'
import { libraryKeyOf, type CaKey } from '../trust/issuing/ca-key.js'

/** A PKCS #10 request for the CA's own key, for a root elsewhere to sign; in PEM. */
export async function requestForCa(
  { name, organisation }: Pick<CaConfig, 'name' | 'organisation'>,
  key: CaKey,
): Promise<string> {
  const { crypto, signingKey, signingAlgorithm } = libraryKeyOf(key)
  const subject = new Name([
    { C: [{ printableString: 'AZ' }] },
    { O: [{ utf8String: organisation }] },
    { CN: [{ utf8String: name }] },
  ])
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: subject,
      keys: { publicKey: signingKey, privateKey: signingKey },
      signingAlgorithm: signingAlgorithm as never,
    },
    crypto,
  )
  return `${request.toString('pem')}\n`
}
