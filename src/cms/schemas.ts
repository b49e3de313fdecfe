import { Attribute } from '@peculiar/asn1-cms'
import { AsnArray, AsnProp, AsnType, AsnTypeTypes, OctetString } from '@peculiar/asn1-schema'

/** SignedAttributes as they are signed: a SET OF under its own tag (RFC 5652 §5.4). */
@AsnType({ type: AsnTypeTypes.Set, itemType: Attribute })
export class AttributeSet extends AsnArray<Attribute> {}

/**
 * ESSCertIDv2 (RFC 5035 §4). SHA-256 is its default, which DER leaves out; issuer and serial number are
 * in the signature already.
 */
export class EssCertIdV2 {
  @AsnProp({ type: OctetString })
  certHash = new OctetString()
}

/** SigningCertificateV2 (RFC 5035 §3). */
export class SigningCertificateV2 {
  @AsnProp({ type: EssCertIdV2, repeated: 'sequence' })
  certs: EssCertIdV2[] = []
}
