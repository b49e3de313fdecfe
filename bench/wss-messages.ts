import type { IssuedCertificate } from '../src/trust/issuing/issue-certificate.js'
import type { KeyPair } from '../src/trust/issuing/key-pair.js'
import { createSoapSigner } from '../src/trust/wss/sign-message.js'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const client =
  '<xroad:client xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" id:objectType="SUBSYSTEM">' +
  '<id:xRoadInstance>AZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>RITN</id:memberCode>' +
  '<id:subsystemCode>PORTAL</id:subsystemCode></xroad:client>'

/** A record as agencies exchange them, with names and values outside ASCII. */
export const row = (number: number): string =>
  `\n      <gcq:şəxs nömrə="${number}" növ="əsas">\n        <gcq:ad>Əlişir Məmmədov oğlu</gcq:ad>\n` +
  '        <gcq:фамилия>Мамедов &amp; сын</gcq:фамилия>\n        <gcq:ünvan xmlns:a="urn:example:address">' +
  '<a:küçə>Üzeyir Hacıbəyov küçəsi 12</a:küçə></gcq:ünvan>\n        <gcq:qeyd/>\n      </gcq:şəxs>'

export interface BenchSigner extends KeyPair {
  readonly certificate: IssuedCertificate
}

/** An envelope before it is signed, with as many rows as make the signed one `bytes` long. */
export function envelopeOf(bytes: number, signer: BenchSigner): Buffer {
  const envelope = (rows: string): Buffer =>
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${soap}" xmlns:gcq="urn:example:din:gcq:v1" ` +
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n  <soapenv:Body>\n    <gcq:VətəndaşSorğusu>' +
        `${rows}\n    </gcq:VətəndaşSorğusu>\n  </soapenv:Body>\n</soapenv:Envelope>\n`,
    )
  const around = signed(envelope(''), signer).length
  let rows = ''
  for (let number = 1; around + Buffer.byteLength(rows) < bytes; number++) rows += row(number)
  return envelope(rows)
}

/** Signed over its Body, Timestamp and one header block, with the certificate as its token. */
export function signed(envelope: Buffer, { privateKey, certificate }: BenchSigner): Buffer {
  const settings = { privateKey, certificate: certificate.der, now: () => new Date() }
  const headerBlocks = [Buffer.from(client)]
  const signer = createSoapSigner({ ...settings, validForMs: 86_400_000 })
  return Buffer.from(signer.sign({ envelope, headerBlocks, attachments: [] }))
}
