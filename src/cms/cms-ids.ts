/** Object identifiers of content types and attributes (RFC 5652, RFC 5035, RFC 3161, RFC 5126). */
export const cmsIds = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** TSTInfo, the content of a timestamp token. */
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

/** SHA-2 digests by object identifier, with node's names for them. No other digest is accepted. */
export const digestNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** The object identifier of one of them. */
export function digestId(name: string): string {
  const [id] = Object.entries(digestNames).find(([, each]) => each === name) ?? []
  if (id === undefined) throw new Error(`there is no digest ${name}`)
  return id
}
