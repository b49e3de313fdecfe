/** PEM labels (RFC 7468 §5, §6) of what can be read here. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL'

/**
 * Every value of this label in a PEM file, or a DER file's one value. Text around PEM blocks and
 * blocks of other labels are passed over. Whether the bytes mean anything is not looked at.
 */
export function derBlocks(file: Buffer, label: PemLabel): Buffer[] {
  // A DER SEQUENCE; as text it would be the digit zero.
  if (file[0] === 0x30) return [file]
  const begin = `-----BEGIN ${label}-----`
  const end = `-----END ${label}-----`
  const [, ...parts] = file.toString('latin1').split(begin)
  return parts.flatMap((part) => {
    const [base64, ...rest] = part.split(end)
    return base64 === undefined || rest.length === 0 ? [] : [Buffer.from(base64, 'base64')]
  })
}
