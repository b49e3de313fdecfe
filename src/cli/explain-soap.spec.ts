import { hash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import {
  explainSoapSamples,
  referenceTo,
  senet,
  soap12,
  soapWhole,
} from '../../test/support/explain-soap-samples.js'
import { xroad } from '../../test/support/wss.js'
import { signTemplate } from '../../test/support/xml-template.js'

const samples = await explainSoapSamples()
const { consumer, good, goodRequest, request, signed, changed, run, json, canonical } = samples
const { mtomRequest } = samples

describe('sluice explain: a SOAP request', () => {
  it.each([
    ['SOAP 1.1', {}, 'plain'],
    ['SOAP 1.2', { namespace: soap12, action: 'urn:fin' }, 'plain'],
    ['SOAP 1.1 with an attachment', { attachments: [senet] }, 'swa'],
  ])('finds nothing wrong with a good one in %s', async (_what, sample, packaging) => {
    const result = await json(request(signed(sample), sample), ...soapWhole)
    expect(result).toMatchObject({
      ...{ exitCode: 0, verdict: 'accepted', message: 'request', packaging, missing: [] },
      ...{ consumer: 'AZ/GOV/VN/SC', certificate: { thumbprint: consumer.thumbprint } },
    })
    const { sender, registry, ...others } = result.outcomes
    expect([sender, registry]).toEqual(['not checked', 'not checked'])
    expect(new Set(Object.values(others))).toEqual(new Set(['ok']))
    const [signature] = result.signatures
    expect(signature!.references.map(({ fits }) => fits)).not.toContain(false)
    expect(result.parts.every(({ covered }) => covered)).toBe(true)
  })

  it('says which algorithms, key and certificate, and what each Reference names', async () => {
    const { text } = await run(goodRequest, ...soapWhole)
    expect(text).toContain('SignatureMethod   http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    expect(text).toMatch(/Key +SecurityTokenReference, direct reference to "#X-[^"]*", a Binary/)
    expect(text).toContain('Certificate       C=AZ, O=Sınaq, CN=SC')
    expect(text).toMatch(/Reference "#B-[^"]*" to S:Envelope\/S:Body \(line 2, column \d+\)/)
    expect(text).toMatch(/client names AZ\/GOV\/VN\/SC; the certificate is that of C=AZ/)
    expect(text).toMatch(/\nACCEPTED .*\nQərar: sorğu qəbul edilir\./)
  })

  it('finds an altered Body: which digest was signed, which is there, and of which octets', async () => {
    const file = request(changed('5XY7K2A', '5XY7K2B'))
    const result = await json(file, ...soapWhole)
    expect(result).toMatchObject({
      ...{ exitCode: 1, fault: 'SIGNATURE_INVALID', side: 'consumer', field: 'Body' },
      outcomes: { signature: 'ok', digests: 'ok', payload: 'wrong' },
    })
    const body = referenceTo(result, '/S:Body')
    expect(body.fits).toBe(false)
    const octets = await canonical(file, body.c14n!)
    expect(hash('sha256', octets, 'base64')).toBe(body.digestFound)
    expect(hash('sha256', await canonical(goodRequest, body.c14n!), 'base64')).toBe(
      body.digestValue,
    )
    expect((await run(file, ...soapWhole)).text).toContain(`see           ${body.c14n!}`)
  })

  it('finds an altered header block and an altered attachment', async () => {
    const block = await json(request(changed('>VN-118<', '>VN-119<')), ...soapWhole)
    expect(block).toMatchObject({ exitCode: 1, field: 'issue', outcomes: { digests: 'wrong' } })
    const sample = { attachments: [senet] }
    const other = { attachments: [{ ...senet, content: Buffer.from('%PDF-1.7 başqa') }] }
    const attachment = await json(request(signed(sample), other), ...soapWhole)
    expect(attachment).toMatchObject({ exitCode: 1, field: 'attachment 1' })
  })

  it('names every part that is not covered', async () => {
    const block = `<xroad:userId xmlns:xroad="${xroad}">AZ5XY7K2A</xroad:userId>`
    const envelope = changed('</S:Header>', `${block}<w:w xmlns:w="urn:w"/></S:Header>`)
    const file = request(envelope, { attachments: [senet] })
    const result = await json(file, ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, fault: 'SIGNATURE_INVALID', field: 'userId' })
    expect(result.parts.filter(({ covered }) => !covered)).toMatchObject([
      { name: 'xroad:userId', mustBeCovered: true },
      { name: 'w:w', mustBeCovered: false },
      { name: 'attachment <senet@vn.az>', mustBeCovered: true },
    ])
    const { text } = await run(file, ...soapWhole)
    expect(text).toContain('SIGNATURE_INVALID (attachment 1): The part is present')
    expect(text).toMatch(
      /Not covered {2}S:Envelope\/S:Header\/xroad:userId \(line 2, .*; it must be/,
    )
    expect(result.remedy?.az).toContain('Timestamp')
  })

  it('shows where what was signed stands in a message that wraps it', async () => {
    const body = /<S:Body[ >].*<\/S:Body>/s.exec(good.toString())![0]
    const evil = changed(body, '<S:Body><g:finSil xmlns:g="urn:gcq"/></S:Body>')
    const wrapped = changed('</S:Header>', `<w:W xmlns:w="urn:w">${body}</w:W></S:Header>`, evil)
    const result = await json(request(wrapped), ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, fault: 'SIGNATURE_INVALID', field: 'Reference' })
    expect(referenceTo(result, '/S:Body').place?.path).toBe('S:Envelope/S:Header/w:W/S:Body')
    expect(result.parts.at(-1)).toMatchObject({ name: 'S:Body', covered: false })
  })

  it('names all forbidden algorithms at once, and whether their digests fit', async () => {
    const sha1 = good
      .toString()
      .replaceAll(
        'http://www.w3.org/2001/04/xmlenc#sha256',
        'http://www.w3.org/2000/09/xmldsig#sha1',
      )
      .replace(
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      )
    const file = request(signTemplate(sha1, consumer.privateKey))
    const result = await json(file, ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, fault: 'ALGORITHM_FORBIDDEN' })
    expect(referenceTo(result, '/S:Body').fits).toBe(true)
    const { text } = await run(file, ...soapWhole)
    expect(text).toContain('RSA with SHA-1 is not accepted in SignatureMethod.')
    expect(text).toContain('SHA-1 is not accepted in DigestMethod.')
    expect(text).toContain('What to do: Set in the security policy of your stack')
  })

  it('checks an expired capture as of its own time', async () => {
    const then = new Date(Date.now() - 3_600_000)
    const file = request(signed({}, consumer, { now: () => then }))
    const late = await json(file, ...soapWhole)
    expect(late).toMatchObject({ exitCode: 1, fault: 'CLOCK_SKEW', field: 'Created' })
    const at = ['--trust', 'ca.pem', '--at', then.toISOString()]
    expect((await json(file, ...at)).exitCode).toBe(0)
  })

  it('R-083 finds a revoked certificate, and one of an authority that is not accepted', async () => {
    const revoked = await json(goodRequest, '--trust', 'ca.pem', '--crl', 'revoking.crl')
    expect(revoked).toMatchObject({ exitCode: 1, fault: 'CERT_REVOKED' })
    const strange = await json(goodRequest, '--trust', 'other.pem')
    expect(strange).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN' })
    expect(strange.remedy?.en).toContain('--trust')
  })

  it('says that a message is not signed', async () => {
    const bare = changed(/<wsse:Security .*<\/wsse:Security>/s, '')
    const result = await json(request(bare), ...soapWhole)
    expect(result).toMatchObject({
      ...{ exitCode: 1, fault: 'SIGNATURE_MISSING', side: 'consumer', signatures: [] },
    })
  })

  it('says where the XML is broken', async () => {
    const file = request(changed('<fin>5XY7K2A</fin>', '<fin>\n5XY7K2A</fim>'))
    const { exitCode, text } = await run(file, ...soapWhole)
    expect(exitCode).toBe(1)
    expect(text).toMatch(
      /PAYLOAD_UNSAFE \(Envelope\): The XML is not accepted: .* \(line 3, column \d+\)/,
    )
    expect(text).toContain('REFUSED  PAYLOAD_UNSAFE')
  })

  it('says where the multipart is broken', async () => {
    const sample = { attachments: [senet] }
    const whole = request(signed(sample), sample)
    const cut = Buffer.from(whole.toString('latin1').replace(/--\r\n$/, '\r\n'), 'latin1')
    expect(await json(cut, ...soapWhole)).toMatchObject({
      ...{ exitCode: 1, fault: 'PAYLOAD_UNSAFE', field: 'multipart' },
      outcomes: { 'soap-part': 'ok', coverage: 'ok', multipart: 'wrong', payload: 'not checked' },
    })
    const other = Buffer.from(
      whole.toString('latin1').replace('type="text/xml"', 'type="x/y"'),
      'latin1',
    )
    expect(await json(other, ...soapWhole)).toMatchObject({ exitCode: 1, field: 'type' })
  })

  it.each([
    [/Content-Type: text\/xml/, 'Content-Type: application/xml', 'PAYLOAD_UNSAFE', 'Content-Type'],
    [/SOAPAction: ""/, 'SOAPAction: urn:fin', 'REQUEST_INVALID', 'SOAPAction'],
    [/^POST/, 'PUT', 'REQUEST_INVALID', 'method'],
    [/charset=utf-8/, 'charset=windows-1254', 'PAYLOAD_UNSAFE', 'charset'],
  ])('holds the HTTP head to the rules: %s %s', async (from, to, fault, field) => {
    const file = changed(from, to, goodRequest)
    const result = await json(file, ...soapWhole)
    expect(result).toMatchObject({ exitCode: 1, fault, field })
    // What stands in the message is looked at all the same.
    expect(result.outcomes).toMatchObject({ http: 'wrong', signature: 'ok', payload: 'ok' })
  })

  it('reads a long message in two steps, as the bus does', async () => {
    const long = '<a>x</a>'.repeat(20_000)
    const envelope = signed({ body: `<g:finAxtaris xmlns:g="urn:gcq">${long}</g:finAxtaris>` })
    expect(await json(request(envelope), ...soapWhole)).toMatchObject({ exitCode: 0 })
    const cut = changed('<a>x</a></g:', '<a>y</a></g:', envelope)
    expect(await json(request(cut), ...soapWhole)).toMatchObject({ exitCode: 1, field: 'Body' })
    const broken = changed('x</a></g:', 'x</b></g:', envelope)
    expect(await json(request(broken), ...soapWhole)).toMatchObject({
      ...{ fault: 'PAYLOAD_UNSAFE', outcomes: { signature: 'ok', payload: 'wrong' } },
    })
  })

  it('takes what MTOM has moved out of the Body for covered with it', async () => {
    const photo = Buffer.from('şəkil'.repeat(1000))
    const body = `<g:finAxtaris xmlns:g="urn:gcq">${photo.toString('base64')}</g:finAxtaris>`
    const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:f@g"/>'
    const envelope = changed(photo.toString('base64'), include, signed({ body }))
    const attachments = (content: Buffer) => [{ ...senet, contentId: 'f@g', content }]
    const file = (content: Buffer): Buffer =>
      mtomRequest(envelope, { attachments: attachments(content) })
    const result = await json(file(photo), ...soapWhole)
    expect(result).toMatchObject({ exitCode: 0, verdict: 'accepted' })
    expect(result.parts.at(-1)).toMatchObject({ name: 'attachment <f@g>', covered: true })
    expect(referenceTo(result, '/S:Body').fits).toBe(true)
    const other = await json(file(photo.subarray(1)), ...soapWhole)
    expect(other).toMatchObject({ exitCode: 1, field: 'Body' })
    // No command would write these octets.
    expect(referenceTo(other, '/S:Body')).not.toHaveProperty('c14n')
    const noMtom = await json(request(envelope, { attachments: attachments(photo) }), ...soapWhole)
    expect(noMtom).toMatchObject({ exitCode: 1, field: 'attachment 1' })
    expect(referenceTo(noMtom, '/S:Body').fits).toBe(false)
  })

  it('reads header blocks and the Body’s element as the bus does', async () => {
    const blocks = samples.blocks.map((block) =>
      block.replace(/<id:memberClass>GOV<\/id:memberClass>/, ''),
    )
    expect(await json(request(signed({ blocks })), ...soapWhole)).toMatchObject({
      ...{ exitCode: 1, fault: 'REQUEST_INVALID', field: 'memberClass' },
      outcomes: { header: 'wrong' },
    })
    const body = '<g:finSil xmlns:g="urn:gcq"/>'
    expect(await json(request(signed({ body: `${body}${body}` })), ...soapWhole)).toMatchObject({
      ...{ exitCode: 1, fault: 'REQUEST_INVALID', field: 'Body' },
      outcomes: { operation: 'wrong' },
    })
    // What a contract calls a request, nobody knows here.
    expect(await json(request(signed({ body })), ...soapWhole)).toMatchObject({
      outcomes: { operation: 'not checked' },
    })
  })
})
