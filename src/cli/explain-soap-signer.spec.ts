import { sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  explainSoapSamples,
  referenceTo,
  senet,
  soapWhole,
} from '../../test/support/explain-soap-samples.js'
import { signTemplate } from '../../test/support/xml-template.js'

const samples = await explainSoapSamples()
const { consumer, good, goodRequest, request, signed, changed, run, json } = samples

describe('sluice explain: whose SOAP signature it is', () => {
  const named =
    `<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=Sınaq CA,O=Sınaq,C=AZ</ds:X509IssuerName>` +
    `<ds:X509SerialNumber>${BigInt(`0x${consumer.serialNumber}`)}</ds:X509SerialNumber>` +
    '</ds:X509IssuerSerial></ds:X509Data>'
  const bySerial = request(
    changed(
      /<wsse:Reference [^>]*\/>/,
      named,
      changed(/<wsse:BinarySecurityToken.*<\/wsse:BinarySecurityToken>/s, ''),
    ),
  )

  it('asks for a certificate that the message only names, and gives no verdict before', async () => {
    const result = await json(bySerial, '--trust', 'ca.pem')
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete', accepted: false })
    expect(result.missing.map(({ option }) => option)).toEqual(['--cert'])
    expect(result.outcomes).toMatchObject({ token: 'not checked', signature: 'not checked' })
    expect(result.signatures[0]?.keyReference).toContain('X509IssuerSerial')
    expect(await json(bySerial, ...soapWhole, '--cert', 'sc.pem')).toMatchObject({ exitCode: 0 })
  })

  it('refuses without a certificate what is wrong in any case', async () => {
    const text = bySerial.toString().replace('5XY7K2A', '5XY7K2B')
    expect(await json(text)).toMatchObject({
      exitCode: 1,
      fault: 'SIGNATURE_INVALID',
      field: 'Body',
    })
  })

  it('accepts no signature by a certificate that nobody vouches for', async () => {
    const result = await json(goodRequest)
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete' })
    expect(result.missing.map(({ option }) => option)).toEqual(['--trust'])
    expect(result.outcomes).toMatchObject({ signature: 'ok', chain: 'not checked' })
  })

  it('tells a message signed with another certificate than the one given', async () => {
    const result = await json(goodRequest, ...soapWhole, '--cert', 'other.pem')
    expect(result).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN', field: 'KeyInfo' })
    expect(result.outcomes).toMatchObject({ token: 'wrong', signature: 'ok', payload: 'ok' })
    expect(result.certificate?.thumbprint).toBe(consumer.thumbprint)
  })

  it('gives a bare envelope no verdict, since it does not show how it was sent', async () => {
    const result = await json(good, ...soapWhole)
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete' })
    expect(result.missing.map(({ option }) => option)).toEqual(['FILE'])
    const sample = { attachments: [senet] }
    const without = await json(signed(sample), ...soapWhole)
    expect(without).toMatchObject({ exitCode: 3, outcomes: { payload: 'not checked' } })
  })
})

describe('sluice explain: mistakes with XML signatures that it recognises', () => {
  it('an ECDSA signature in DER', async () => {
    const envelope = signed({}, samples.other).toString()
    const signedInfo = /<ds:SignedInfo.*<\/ds:SignedInfo>/s.exec(envelope)![0]
    const der = sign('sha256', Buffer.from(signedInfo), samples.other.privateKey)
    const file = envelope.replace(/(<ds:SignatureValue>)[^<]*/, `$1${der.toString('base64')}`)
    const result = await json(request(Buffer.from(file)), ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, field: 'SignatureValue' })
    expect(result.likelyMistake).toContain('DER')
  })

  it('a digest over inclusive C14N where the Transform says exclusive', async () => {
    const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
    const text = good
      .toString()
      .replace(
        /(<ds:Reference URI="#H2-[^"]*"><ds:Transforms><ds:Transform Algorithm=")[^"]*/,
        `$1${inclusive}`,
      )
    const digested = signTemplate(text, consumer.privateKey).toString()
    const back = digested.replace(inclusive, 'http://www.w3.org/2001/10/xml-exc-c14n#')
    const file = request(signTemplate(back, consumer.privateKey, 'kept'))
    const result = await json(file, ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, field: 'id', outcomes: { digests: 'wrong' } })
    expect(referenceTo(result, '/xroad:id').likelyMistake).toContain('inclusive C14N 1.0')
  })
})

describe('sluice explain: any bytes', () => {
  it('that are nearly a SOAP message are explained or called none', async () => {
    const sample = { attachments: [senet] }
    const bases = [
      goodRequest,
      request(signed(sample), sample),
      good,
      samples.reply(samples.busReply()),
    ]
    const edits = fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(12),
        fc.uint8Array({ maxLength: 8 }),
      ),
      { minLength: 1, maxLength: 3 },
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(bases.length - 1), edits, async (which, changes) => {
        const file = changes.reduce((now, [place, cut, put]) => {
          const at = Math.floor(place * now.length)
          return Buffer.concat([now.subarray(0, at), put, now.subarray(at + cut)])
        }, bases[which]!)
        const { exitCode } = await run(file)
        expect([1, 2, 3]).toContain(exitCode)
      }),
      { numRuns: 150 },
    )
  })
})
