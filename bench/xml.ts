/**
 * How long the XML reader and C14N take for WS-Security messages of several sizes, in microseconds on
 * one core: `npm run build && node dist/bench/xml.js` prints one JSON object.
 */
import { createHash, randomBytes } from 'node:crypto'
import { canonicalise } from '../src/xml/c14n/canonicalise.js'
import { c14nMethod } from '../src/xml/c14n/method.js'
import { readXml } from '../src/xml/read-xml.js'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const wss = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const base64 = (bytes: number): string => randomBytes(bytes).toString('base64')

/** A signed request for one person's data, with as many rows as make `bytes`. */
function message(bytes: number): Buffer {
  const reference = (id: string): string =>
    `<ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${exclusive}"/></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${base64(32)}</ds:DigestValue></ds:Reference>`
  const head =
    `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${soap}" xmlns:xro="http://x-road.eu/xsd/xroad.xsd" ` +
    `xmlns:id="http://x-road.eu/xsd/identifiers" xmlns:gcq="urn:example:din:gcq:v1"><soapenv:Header>` +
    `<wsse:Security xmlns:wsse="${wss}wssecurity-secext-1.0.xsd" xmlns:wsu="${wss}wssecurity-utility-1.0.xsd" soapenv:mustUnderstand="1">` +
    `<wsse:BinarySecurityToken wsu:Id="X509-1" EncodingType="${wss}soap-message-security-1.0#Base64Binary">${base64(780)}</wsse:BinarySecurityToken>` +
    `<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>2026-03-31T14:30:00.000Z</wsu:Created><wsu:Expires>2026-03-31T14:35:00.000Z</wsu:Expires></wsu:Timestamp>` +
    `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${exclusive}"/>` +
    `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>${reference('B-1')}${reference('TS-1')}${reference('H-1')}</ds:SignedInfo>` +
    `<ds:SignatureValue>${base64(256)}</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#X509-1"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>` +
    `<xro:client wsu:Id="H-1" xmlns:wsu="${wss}wssecurity-utility-1.0.xsd" id:objectType="SUBSYSTEM"><id:xRoadInstance>AZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>RITN</id:memberCode></xro:client>` +
    `</soapenv:Header>\n  <soapenv:Body xmlns:wsu="${wss}wssecurity-utility-1.0.xsd" wsu:Id="B-1">\n    <gcq:VətəndaşSorğusu>\n`
  const tail = `    </gcq:VətəndaşSorğusu>\n  </soapenv:Body>\n</soapenv:Envelope>\n`
  const row = (number: number): string =>
    `      <gcq:şəxs nömrə="${number}" növ="əsas">\n        <gcq:ad>Əlişir Məmmədov oğlu</gcq:ad>\n        <gcq:фамилия>Мамедов &amp; сын</gcq:фамилия>\n` +
    `        <gcq:ünvan xmlns:a="urn:example:address"><a:küçə>Üzeyir Hacıbəyov küçəsi 12</a:küçə></gcq:ünvan>\n        <gcq:qeyd/>\n      </gcq:şəxs>\n`
  let rows = ''
  for (let number = 1; Buffer.byteLength(head + rows + tail) < bytes; number++) rows += row(number)
  return Buffer.from(head + rows + tail)
}

/** CPU time of one call in microseconds: the least of several rounds, for others use the machine too. */
function microseconds(call: () => void): number {
  let least = Infinity
  for (let round = 0, calls = 16; round < 12; round++) {
    const before = process.cpuUsage()
    for (let left = calls; left > 0; left--) call()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / calls)
    calls = Math.ceil(150_000 / least)
  }
  return Math.round(least * 10) / 10
}

const method = c14nMethod(exclusive)
const figures = [5_000, 10_000, 100_000].map((bytes) => {
  const xml = message(bytes)
  const document = readXml(xml)
  const body = document.child(document.root, soap, 'Body')
  return {
    bytes: xml.length,
    readUs: microseconds(() => void readXml(xml)),
    c14nBodyUs: microseconds(() => {
      canonicalise(document, method, { update: () => undefined }, { element: body })
    }),
    c14nBodySha256Us: microseconds(() => {
      const hash = createHash('sha256')
      canonicalise(document, method, hash, { element: body })
      hash.digest()
    }),
  }
})
console.log(JSON.stringify({ xml: figures }, undefined, 2))
