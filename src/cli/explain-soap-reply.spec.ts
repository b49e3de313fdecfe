import { describe, expect, it } from '@jest/globals'
import { renderFault } from '../../adapters/soap/fault.js'
import { refusalHeaderBlocks } from '../../adapters/soap/reply-envelope.js'
import {
  explainSoapSamples,
  replyWhole,
  senet,
  soapWhole,
} from '../../test/support/explain-soap-samples.js'
import { memoryIo } from '../../test/support/command-io.js'
import { Fault } from '../exchange/fault.js'
import { explain } from './explain.js'
import { createSoapSigner } from '../trust/wss/sign-message.js'

const samples = await explainSoapSamples()
const { bus, other, reply, busReply, signed, run, json } = samples

function altered(file: Buffer, from: string | RegExp, to: string): Buffer {
  const text = file.toString()
  const after = text.replace(from, to)
  if (after === text) throw new Error('nothing was changed')
  return Buffer.from(after)
}

describe('sluice explain: a SOAP reply of the bus', () => {
  it('is accepted where the bus signed it, whole, in answer to the request', async () => {
    const result = await json(reply(busReply()), ...replyWhole)
    expect(result).toMatchObject({ exitCode: 0, verdict: 'accepted', message: 'bus-reply' })
    expect(new Set(Object.values(result.outcomes))).toEqual(new Set(['ok']))
    const sample = { attachments: [senet] }
    const packed = reply(busReply(sample), sample)
    expect(await json(packed, ...replyWhole)).toMatchObject({ exitCode: 0, packaging: 'swa' })
    expect(await json(busReply(), ...replyWhole)).toMatchObject({ exitCode: 0 })
  })

  it('gets no verdict before it is known whose the certificate is, and what was asked', async () => {
    const result = await json(reply(busReply()), '--trust', 'ca.pem')
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete' })
    expect(result.missing.map(({ option }) => option)).toEqual(['--cert', '--request'])
    expect(result.outcomes).toMatchObject({ signature: 'ok', sender: 'not checked' })
  })

  it.each([
    ['the Body', 'Şəfəq', 'Şükür', 'Body', 'payload'],
    ['the request’s id', '>sorgu-1<', '>sorgu-2<', 'id', 'digests'],
    ['the exchange id', 'mübadilə-1', 'mübadilə-2', 'exchangeId', 'digests'],
  ])('is refused with %s altered', async (_what, from, to, field, check) => {
    const result = await json(altered(reply(busReply()), from, to), ...replyWhole)
    expect(result).toMatchObject({ exitCode: 1, fault: 'SIGNATURE_INVALID', side: 'bus', field })
    expect(result.outcomes[check]).toBe('wrong')
  })

  it('is refused where somebody else signed it, or it answers another request', async () => {
    const forged = await json(reply(busReply({}, other)), ...replyWhole)
    expect(forged).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN' })
    const asked = signed({ body: '<g:finAxtaris xmlns:g="urn:gcq"><fin>1</fin></g:finAxtaris>' })
    const elsewhere = await json(reply(busReply({}, bus, asked)), ...replyWhole)
    expect(elsewhere).toMatchObject({
      exitCode: 1,
      fault: 'RESPONSE_INVALID',
      field: 'requestHash',
    })
    expect(elsewhere.outcomes).toMatchObject({ payload: 'ok', answers: 'wrong' })
  })

  it('may bear any of the certificates in a file that holds all of the bus’s', async () => {
    const both = [...soapWhole, '--request', 'request.http', '--cert', 'both.pem']
    for (const by of [bus, other]) {
      const result = await json(reply(busReply({}, by)), ...both)
      expect(result).toMatchObject({ exitCode: 0, outcomes: { token: 'ok', sender: 'ok' } })
    }
    const { exitCode, text } = await run(reply(busReply({}, samples.consumer)), ...both)
    expect(exitCode).toBe(1)
    expect(text).toContain(
      "What to do: Give the bus's certificates, as its operator handed them out",
    )
  })

  it.each([
    ['', 'other: The file is empty.'],
    ['\0\x01', /^other: The file begins with no request line .*no status line, no XML and no JSON/],
  ])('is not compared with %j, and that file is named', async (content, message) => {
    const io = memoryIo({ ...samples.files, capture: reply(busReply()), other: content })
    expect(await explain(['capture', '--request', 'other'], io)).toBe(2)
    expect(io.errors).toMatch(message)
  })

  it('that is a refusal names no request, and needs none', async () => {
    const fault = new Fault('ACCESS_DENIED')
    const { envelope } = renderFault(fault, { version: '1.1', exchangeId: 'm-1', language: 'az' })
    const { privateKey, der: certificate } = bus
    const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
    const headerBlocks = refusalHeaderBlocks(undefined, { exchangeId: 'm-1', receipt: 'e30.e30.x' })
    const answer = Buffer.from(signer.sign({ envelope, headerBlocks, attachments: [] }))
    const file = reply(answer, {}, '500 Internal Server Error')
    const result = await json(file, ...soapWhole, '--cert', 'bus.pem')
    expect(result).toMatchObject({ exitCode: 0, message: 'bus-reply' })
    const changed = altered(file, 'ACCESS_DENIED', 'CERT_UNKNOWN')
    expect(await json(changed, ...replyWhole)).toMatchObject({ exitCode: 1, field: 'Body' })
  })
})

describe('sluice explain: a SOAP answer of a provider', () => {
  const answer = { blocks: [], body: '<g:finAxtarisResponse xmlns:g="urn:gcq"/>' }

  it('is held to what a provider must sign', async () => {
    const file = reply(signed(answer))
    expect(await json(file, ...soapWhole)).toMatchObject({
      ...{ exitCode: 0, message: 'provider-reply', outcomes: { sender: 'not checked' } },
    })
    const broken = altered(file, '"urn:gcq"', '"urn:gcq')
    expect(await json(broken, ...soapWhole)).toMatchObject({
      ...{ exitCode: 1, fault: 'RESPONSE_INVALID', side: 'provider' },
    })
    const other = altered(file, '"urn:gcq"', '"urn:gcr"')
    expect(await json(other, ...soapWhole)).toMatchObject({
      ...{ exitCode: 1, fault: 'SIGNATURE_INVALID', side: 'provider', field: 'Body' },
    })
  })

  it('without a signature passes unless the registry demands one, and says so', async () => {
    const bare = altered(signed(answer), /<S:Header.*<\/S:Header>/s, '')
    const { exitCode, text } = await run(reply(altered(bare, / xmlns:wsu.*? wsu:Id="[^"]*"/, '')))
    expect(exitCode).toBe(0)
    expect(text).toContain('The answer bears no signature; the registry says whether it must.')
    expect(text).toContain('ACCEPTED  The bus passes the answer, unless the registry demands')
  })

  it.each([
    [
      'an HTML page',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>',
      'RESPONSE_INVALID',
    ],
    [
      'an error page',
      'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<h1>',
      'PROVIDER_FAULT',
    ],
    ['nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'RESPONSE_INVALID'],
  ])('that is %s is refused as the bus refuses it', async (_what, file, fault) => {
    expect(await json(file, ...soapWhole)).toMatchObject({ exitCode: 1, fault, side: 'provider' })
  })

  it('that says nothing of whose it is, is taken for whom the option names', async () => {
    const file = reply(signed())
    expect(await json(file, '--reply-of', 'bus')).toMatchObject({ message: 'bus-reply' })
    expect((await run(file, '--reply-of', 'me')).exitCode).toBe(2)
    const rest =
      'HTTP/1.1 200 OK\r\nSignature-Input: sluice=()\r\nContent-Type: application/json\r\n\r\n{}'
    expect((await run(rest)).errors).toContain('REST lane')
  })
})
