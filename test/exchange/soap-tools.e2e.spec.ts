import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { explain } from '../../src/cli/explain.js'
import { send } from '../../src/cli/send.js'
import { memoryIo } from '../support/command-io.js'
import type { SoapExplainJson } from '../support/explain-soap-samples.js'
import { sendBytes } from '../support/rest-lane.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { MeddlingProxy } from '../support/whole-bus-proxy.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { xroad } from '../support/wss.js'

/*
 * The tools against the bus itself: what `sluice send` sends goes through, and of every message `sluice explain`
 * says what the bus says.
 */
const service = `${subsystems.taxes}/finAxtaris/v1`
const body = '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin><ad>Şəfəq</ad></g:finAxtaris>'

let bus: WholeBus
let lane: string
let proxy: MeddlingProxy
let files: Record<string, string | Buffer>
/** What passed the proxy since the test began. */
let passed: { there: Buffer[]; back: Buffer[] }

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, identities, busCertificate, authority } = bus
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('finAxtaris', providers.taxes.address, { protocol: 'soap' })],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  lane = bus.app.get(BusProcess).addresses[1]!
  proxy = await MeddlingProxy.before(lane)
  proxy.meddle = (chunk, direction) => {
    passed[direction].push(chunk)
    return chunk
  }
  const pem = identities.portal.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  files = {
    ...{ 'portal.key': pem, 'portal.pem': identities.portal.pem },
    ...{ 'bus.pem': busCertificate, 'ca.pem': authority.pem },
    'ca.crl': await authority.revocationList(),
    'revoking.crl': await authority.revocationList([identities.portal.serialNumber]),
    'senet.pdf': '%PDF-1.7 sənəd',
  }
})

beforeEach(() => {
  passed = { there: [], back: [] }
})

afterAll(async () => {
  await proxy.close()
  await bus.close()
})

async function sluiceSend(...args: string[]) {
  const io = memoryIo(files)
  const keys = [
    '--key',
    'portal.key',
    '--cert',
    'portal.pem',
    '--bus-cert',
    'bus.pem',
    '--bus-ca',
    'ca.pem',
  ]
  const named = ['--url', proxy.address, '--client', subsystems.portal, '--service', service]
  const terms = ['--mode', 'body', '--case', 'VN-118', '--legal-basis', 'Vergi Məcəlləsi, maddə 30']
  const exitCode = await send(
    [...keys, ...named, ...terms, '--soap', '1.1', '--data', body, ...args],
    io,
  )
  return { exitCode, text: io.text, errors: io.errors }
}

async function explained(file: Buffer, ...args: string[]) {
  const io = memoryIo({ ...files, capture: file, request: Buffer.concat(passed.there) })
  const crl = args.includes('--crl') ? [] : ['--crl', 'ca.crl']
  await explain(['capture', '--json', '--trust', 'ca.pem', ...crl, ...args], io)
  return JSON.parse(io.text) as SoapExplainJson
}

const replyOptions = ['--cert', 'bus.pem', '--request', 'request']

/** The captured request changed, with the length that it now has, on a connection of its own. */
function spoilt(capture: Buffer, change: (text: string) => string): Buffer {
  const text = capture.toString('latin1')
  const after = change(text)
  if (after === text) throw new Error('nothing was changed')
  const at = after.indexOf('\r\n\r\n') + 4
  const head = after
    .slice(0, at)
    .replace(/content-length: \d+/i, `content-length: ${after.length - at}`)
    .replace(/connection: keep-alive/i, 'connection: close')
  return Buffer.from(head + after.slice(at), 'latin1')
}

/** What the bus answers to these bytes. */
async function answered(file: Buffer): Promise<{ fault: string | undefined; reply: Buffer }> {
  const { text } = await sendBytes(Number(new URL(lane).port), file)
  const reply = Buffer.from(text, 'latin1')
  return { fault: /<f:code>(\w+)<\/f:code>/.exec(text)?.[1], reply }
}

describe('sluice send for SOAP through the bus', () => {
  it.each([
    ['SOAP 1.1', ['--soap-action', 'urn:finAxtaris']],
    ['SOAP 1.2', ['--soap', '1.2']],
    ['SOAP 1.1 with an attachment', ['--attach', 'senet.pdf;type=application/pdf']],
  ])('%s: is answered, and both captures are found good', async (_what, args) => {
    const { exitCode, text, errors } = await sluiceSend(...args)
    expect([exitCode, errors]).toEqual([0, ''])
    expect(text).toContain(body)
    expect(text).toMatch(
      /^200 OK\nExchange id: .*\nSigned by the bus at .*, in answer to this request\./,
    )
    expect(await explained(Buffer.concat(passed.there))).toMatchObject({ verdict: 'accepted' })
    const reply = await explained(Buffer.concat(passed.back), ...replyOptions)
    expect(reply).toMatchObject({ verdict: 'accepted', message: 'bus-reply' })
  })

  it('shows what the bus refuses, and the refusal is found good', async () => {
    const { exitCode, text } = await sluiceSend(
      ...['--service', `${subsystems.taxes}/basqa/v1`, '--data', '<g:basqa xmlns:g="urn:gcq"/>'],
    )
    expect(exitCode).toBe(1)
    expect(text).toContain('REFUSED  TARGET_UNREGISTERED: Service not registered. Side: consumer.')
    expect(text).toContain('Qərar: rədd edilir. Xidmət reyestrdə qeydiyyata alınmayıb.')
    const reply = await explained(Buffer.concat(passed.back), ...replyOptions)
    expect(reply).toMatchObject({ verdict: 'accepted', message: 'bus-reply' })
  })
})

describe('of a message that the bus refuses, sluice explain says the same code', () => {
  const fin = (text: string): string => text.replace('5XY7K2A', '5XY7K2B')
  const userId = `<x:userId xmlns:x="${xroad}">AZ1</x:userId>`

  it.each<[string, (text: string) => string, string]>([
    ['an altered Body', fin, 'SIGNATURE_INVALID'],
    ['an altered header block', (text) => text.replace('VN-118', 'VN-119'), 'SIGNATURE_INVALID'],
    [
      'an uncovered block',
      (text) => text.replace('</S:Header>', `${userId}</S:Header>`),
      'SIGNATURE_INVALID',
    ],
    [
      'no signature',
      (text) => text.replace(/<wsse:Security .*<\/wsse:Security>/s, ''),
      'SIGNATURE_MISSING',
    ],
    [
      'SHA-1',
      (text) =>
        text
          .replaceAll('xmlenc#sha256', 'xmldsig#sha1')
          .replaceAll('2001/04/xmldsig#sha1', '2000/09/xmldsig#sha1'),
      'ALGORITHM_FORBIDDEN',
    ],
    ['an end tag of another name', (text) => text.replace('</fin>', '</fim>'), 'PAYLOAD_UNSAFE'],
    ['a DTD', (text) => text.replace('<S:Envelope', '<!DOCTYPE x><S:Envelope'), 'PAYLOAD_UNSAFE'],
    ['no Content-Type', (text) => text.replace(/content-type: [^\r]*\r\n/i, ''), 'PAYLOAD_UNSAFE'],
    [
      'a SOAPAction without quotation marks',
      (text) => text.replace('SOAPAction: ""', 'SOAPAction: urn:x'),
      'REQUEST_INVALID',
    ],
    [
      'a repeated header block',
      (text) => text.replace(/<xroad:id .*?<\/xroad:id>/, '$&$&'),
      'REQUEST_INVALID',
    ],
    [
      'a token that is none',
      (text) => text.replace(/(<wsse:BinarySecurityToken [^>]*>)[^<]*/, '$1MAA='),
      'CERT_UNKNOWN',
    ],
  ])('%s', async (_what, change, code) => {
    await sluiceSend()
    const file = spoilt(Buffer.concat(passed.there), change)
    const { fault, reply } = await answered(file)
    expect(fault).toBe(code)
    expect(await explained(file)).toMatchObject({
      verdict: 'refused',
      fault: code,
      side: 'consumer',
    })
    expect(await explained(reply, ...replyOptions)).toMatchObject({ verdict: 'accepted' })
    expect(
      await explained(
        spoilt(reply, (text) => text.replace(`<f:code>${code}`, '<f:code>THROTTLED')),
        ...replyOptions,
      ),
    ).toMatchObject({ verdict: 'refused' })
  })

  it('an altered attachment', async () => {
    await sluiceSend('--attach', 'senet.pdf;type=application/pdf')
    const file = spoilt(Buffer.concat(passed.there), (text) => text.replace('%PDF-1.7', '%PDF-1.6'))
    expect((await answered(file)).fault).toBe('SIGNATURE_INVALID')
    expect(await explained(file)).toMatchObject({
      fault: 'SIGNATURE_INVALID',
      field: 'attachment 1',
    })
  })

  it('an element in the Body that is not named as the service, which a contract might name', async () => {
    await sluiceSend('--data', '<g:finSil xmlns:g="urn:gcq"/>')
    const { verdict } = await explained(Buffer.concat(passed.there))
    expect(verdict).toBe('incomplete')
    expect(Buffer.concat(passed.back).toString()).toContain('<f:code>REQUEST_INVALID</f:code>')
  })

  it('a certificate that was revoked', async () => {
    await sluiceSend()
    const { verdict, fault } = await explained(Buffer.concat(passed.there), '--crl', 'revoking.crl')
    expect([verdict, fault]).toEqual(['refused', 'CERT_REVOKED'])
  })
})
