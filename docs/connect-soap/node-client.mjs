#!/usr/bin/env node
/*
 * Calls a service through Sluice with the npm package soap: signs the request, verifies the bus's answer.
 *
 *     node node-client.mjs FOLDER BUS CLIENT SERVICE FIN SURNAME [ATTACHMENT]
 *
 * FOLDER holds key.pem, certificate.pem (RSA or P-256) and bus-certificate.pem, the bus's certificates one after
 * the other. ATTACHMENT is a file that is sent as an attachment (MTOM). Copy sluice-signature.mjs as it stands.
 * Exit code 0: answered; 1: refused; 2: the answer was not accepted.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createClientAsync } from 'soap'
import { AnswerNotAccepted, requestSecurity, VerifyingHttpClient } from './sluice-signature.mjs'

const xroad = 'http://x-road.eu/xsd/xroad.xsd'
const identifiers = 'http://x-road.eu/xsd/identifiers'
const names = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']

function escaped(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function identifier(name, type, path) {
  const parts = path.split('/').map((part, index) => {
    const element = `id:${[...names, 'serviceCode', 'serviceVersion'][index]}`
    return `<${element}>${escaped(part)}</${element}>`
  })
  return `<x:${name} xmlns:x="${xroad}" xmlns:id="${identifiers}" id:objectType="${type}">${parts.join('')}</x:${name}>`
}

function block(prefix, namespace, name, text) {
  return `<${prefix}:${name} xmlns:${prefix}="${namespace}">${escaped(text)}</${prefix}:${name}>`
}

/** Code, side, exchange id and both texts out of a Fault's detail. */
function saidIn({ faultcode, faultstring, detail }) {
  const { code, side, exchangeId, text = [] } = detail?.fault ?? {}
  const texts = text.map(({ attributes, $value }) => [attributes['xml:lang'], $value])
  return { faultcode, faultstring, code, side, exchangeId, ...Object.fromEntries(texts) }
}

const [folder, bus, client, service, fin, surname, file] = process.argv.slice(2)
if (surname === undefined) {
  console.error('node node-client.mjs FOLDER BUS CLIENT SERVICE FIN SURNAME [ATTACHMENT]')
  process.exit(64)
}
const pem = (name) => readFileSync(`${folder}/${name}.pem`, 'utf8')
const address = `${bus}/${service.split('/').map(encodeURIComponent).join('/')}?wsdl`
const soap = await createClientAsync(address, {
  httpClient: new VerifyingHttpClient(pem('bus-certificate')),
})
soap.addSoapHeader(identifier('client', 'SUBSYSTEM', client))
soap.addSoapHeader(identifier('service', 'SERVICE', service))
soap.addSoapHeader(block('x', xroad, 'id', randomUUID()))
soap.addSoapHeader(block('x', xroad, 'protocolVersion', '4.0'))
soap.addSoapHeader(block('x', xroad, 'issue', 'VN-2026-000118'))
soap.addSoapHeader(block('s', 'urn:sluice:header:1', 'mode', 'body'))
soap.addSoapHeader(block('s', 'urn:sluice:header:1', 'legalBasis', 'Vergi Məcəlləsi, maddə 30'))

const blocks = ['client', 'service', 'id', 'protocolVersion', 'issue'].map((name) => `x:${name}`)
const content = file === undefined ? undefined : readFileSync(file)
const inlined = content && { 'sened@example.az': content.toString('base64') }
soap.setSecurity(
  requestSecurity(pem('key'), pem('certificate'), [...blocks, 's:mode', 's:legalBasis'], inlined),
)
const attachments = content && [
  {
    mimetype: 'application/octet-stream',
    contentId: 'sened@example.az',
    name: 'sened',
    body: content,
  },
]
const asked = { fin, soyad: surname, ...(content && { qeyd: content.toString('base64') }) }
try {
  const [answer, , , , returned] = await soap.finAxtarisAsync(asked, { attachments })
  const sened = answer.sened && Buffer.from(answer.sened, 'base64').length
  const sizes = returned?.parts.map(({ body }) => body.length)
  const said = { fin: answer.fin, adSoyad: answer.adSoyad, sened, attachments: sizes }
  console.log(JSON.stringify(said))
} catch (error) {
  const { Fault: fault } = error.root?.Envelope?.Body ?? {}
  if (!fault && !(error instanceof AnswerNotAccepted)) throw error
  if (fault) console.log(JSON.stringify(saidIn(fault)))
  else console.error(`the answer was not accepted: ${error.message}`)
  process.exitCode = fault ? 1 : 2
}
