import {
  AsnAnyConverter,
  AsnConvert,
  AsnObjectIdentifierConverter,
  type IAsnConvertible,
} from '@peculiar/asn1-schema'

/** Bytes in a buffer of their own, as the ASN.1 library takes them. */
export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

/** DER of a value of the ASN.1 library. */
export function derOf(value: unknown): Buffer {
  return Buffer.from(AsnConvert.serialize(value))
}

/** DER of an OBJECT IDENTIFIER. */
export function oidDer(dotted: string): Buffer {
  return derOf(AsnObjectIdentifierConverter.toASN(dotted))
}

/**
 * DER that is there already, in a place where the library would write a value of its own: a
 * certificate or a name that is taken apart and put together again need not be the same bytes.
 */
export function rawDer(der: Uint8Array): IAsnConvertible {
  return {
    toASN: () => AsnAnyConverter.toASN(arrayBufferOf(der)),
    fromASN: () => {
      throw new Error('raw DER is only written')
    },
    toSchema: () => {
      throw new Error('raw DER is only written')
    },
  }
}

/** The values in the order that DER has for a SET OF (X.690 §11.6). */
export function setOrder<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, der: derOf(value) }))
    .sort((left, right) => Buffer.compare(left.der, right.der))
    .map(({ value }) => value)
}
