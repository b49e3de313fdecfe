import { constants, hash, sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { memoryIo } from '../../test/support/command-io.js'
import { explainSamples, outcomes, payload, whole } from '../../test/support/explain-samples.js'
import { explain } from './explain.js'

const { signer, files, signed, capture, run, json } = await explainSamples()

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
}

describe('sluice explain', () => {
  it('finds nothing wrong with a good request, and says what only the registry knows', async () => {
    const result = await json(capture(), ...whole)
    expect(result).toMatchObject({ exitCode: 0, verdict: 'accepted', accepted: true, missing: [] })
    const { sender, registry, ...others } = outcomes(result)
    expect([sender, registry]).toEqual(['not checked', 'not checked'])
    expect(new Set(Object.values(others))).toEqual(new Set(['ok']))
  })

  it('tells every fault, not only the first, in both languages', async () => {
    const created = new Date(Date.now() - 3_600_000)
    const headers = { ...signed({ created }), 'X-Road-Issue': '42', 'Sluice-Mode': 'body' }
    const { exitCode, text } = await run(capture(headers), ...whole)
    expect(exitCode).toBe(1)
    expect(text).toContain('SIGNATURE_INVALID (x-road-issue): ')
    expect(text).toContain('SIGNATURE_INVALID (sluice-mode): ')
    expect(text).toContain('CLOCK_SKEW (created): ')
    expect(text).toMatch(/REFUSED {2}SIGNATURE_INVALID: .*\nWhat to do: Add the part/)
    expect(text).toContain('Qərar: rədd edilir. İmza etibarsızdır')
  })

  it('checks an old capture as of its own time', async () => {
    const created = new Date(Date.now() - 3_600_000)
    const result = await json(capture(signed({ created })), ...whole, '--at', created.toISOString())
    expect(result.exitCode).toBe(0)
  })

  it('holds Host to the authorities of the bus where they are given', async () => {
    const own = ['--authority', 'sluice.gov.az', '--authority', 'BUS.example:8080']
    expect((await json(capture(), ...whole, ...own)).exitCode).toBe(0)
    const { exitCode, text } = await run(capture(), ...whole, '--authority', 'bus.example')
    expect(exitCode).toBe(1)
    expect(text).toContain('REQUEST_INVALID (Host): ')
  })

  it('puts up with LF in the head and with what editors add, and says so', async () => {
    const file = Buffer.concat([capture(signed(), payload, '\n'), Buffer.from('\n')])
    const result = await json(file, ...whole)
    expect(result.exitCode).toBe(0)
    expect(result.captureNotes).toEqual([
      expect.stringContaining('end in LF'),
      expect.stringContaining('1 bytes after the end of the body'),
    ])
  })

  it('puts chunks together', async () => {
    const headers = { ...without(signed(), 'Content-Length'), 'Transfer-Encoding': 'chunked' }
    const body = `5\r\n${payload.toString('latin1', 0, 5)}\r\n${(payload.length - 5).toString(16)}\r\n${payload.toString('latin1', 5)}\r\n0\r\n\r\n`
    const result = await json(capture(headers, Buffer.from(body, 'latin1')), ...whole)
    expect(result).toMatchObject({ exitCode: 0 })
  })

  it('finds a changed body', async () => {
    const result = await json(capture(signed(), Buffer.from('{"ad":"Şəfəm"}')), ...whole)
    expect(result).toMatchObject({
      exitCode: 1,
      fault: 'SIGNATURE_INVALID',
      field: 'content-digest',
    })
  })

  it('R-083 finds a revoked certificate, and one of an authority that is not accepted', async () => {
    const revoked = ['--cert', 'sc.pem', '--trust', 'ca.pem', '--crl', 'revoking.crl']
    expect(await json(capture(), ...revoked)).toMatchObject({ exitCode: 1, fault: 'CERT_REVOKED' })
    const strange = ['--cert', 'sc.pem', '--trust', 'other.pem']
    const unknown = await json(capture(), ...strange)
    expect(unknown).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN' })
    // Whoever has files before them is told of files, not of an exchange that there was none of.
    expect(unknown.remedy?.en).toContain('--trust')
    expect(unknown.remedy?.az).toContain('--intermediate')
  })

  it('tells a wrong signature before the state of the certificate, as the bus does', async () => {
    const headers = { ...signed(), Signature: `consumer=:${Buffer.alloc(64).toString('base64')}:` }
    const result = await json(capture(headers), ...whole.slice(0, 4), '--crl', 'revoking.crl')
    expect(result).toMatchObject({ exitCode: 1, fault: 'SIGNATURE_INVALID', field: 'signature' })
    expect(outcomes(result)).toMatchObject({ verification: 'wrong', chain: 'wrong' })
  })

  it('says which thumbprint keyid should be', async () => {
    const result = await json(capture(), '--cert', 'other.pem')
    expect(result).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN', field: 'keyid' })
    expect(outcomes(result)).toMatchObject({ certificate: 'wrong', verification: 'wrong' })
  })

  it('finds the first byte in which two signature bases differ', async () => {
    const { signatureBase } = await json(capture())
    files.base = signatureBase!.replace('sorgu-1', 'sorgu-2')
    const { firstDifference } = await json(capture(), '--base', 'base')
    const at = signatureBase!.indexOf('sorgu-1') + 6
    expect(firstDifference).toContain(`at byte ${at} `)
    expect(firstDifference).toMatch(/the bus has "1\\n.*", yours has "2\\n/)
  })

  it('reads the envelope as the REST adapter does', async () => {
    const headers = { Host: 'bus.example:8080', 'X-Road-Client': 'AZ/X/y/z', 'X-Road-Id': '1' }
    const result = await json(capture(signed({ headers })), ...whole)
    expect(result).toMatchObject({ exitCode: 1, fault: 'REQUEST_INVALID', field: 'X-Road-Client' })
  })

  it('refuses what the listener would refuse', async () => {
    expect(await json(capture(without(signed(), 'Host')))).toMatchObject({
      fault: 'REQUEST_INVALID',
      field: 'Host',
    })
  })
})

describe('sluice explain: mistakes that it recognises', () => {
  async function mistake(resign: (base: Buffer) => Buffer, ...args: string[]) {
    const headers = signed()
    const { signatureBase } = await json(capture(headers))
    const value = resign(Buffer.from(signatureBase!)).toString('base64')
    const result = await json(
      capture({ ...headers, Signature: `consumer=:${value}:` }),
      ...whole,
      ...args,
    )
    expect(outcomes(result).verification).toBe('wrong')
    return result.likelyMistake
  }

  const raw = (data: Buffer | string): Buffer =>
    sign('sha256', Buffer.from(data), { key: signer.privateKey, dsaEncoding: 'ieee-p1363' })

  it.each<[string, (base: Buffer) => Buffer, RegExp]>([
    ['a line feed at the end', (base) => raw(`${base.toString()}\n`), /line feed/],
    ['CRLF', (base) => raw(base.toString().replaceAll('\n', '\r\n')), /CRLF/],
    [
      'no @signature-params',
      (base) => raw(base.toString().replace(/\n"@signature-params".*/, '')),
      /@signature-params/,
    ],
    ['https', (base) => raw(base.toString().replace('http:', 'https:')), /made for https/],
    ['DER', (base) => sign('sha256', base, signer.privateKey), /DER/],
    [
      'another digest',
      (base) => sign('sha384', base, { key: signer.privateKey, dsaEncoding: 'ieee-p1363' }),
      /sha384/,
    ],
    ['a digest of the digest', (base) => raw(hash('sha256', base, 'buffer')), /once more/],
    ['no query', (base) => raw(base.toString().replace('?fin=5XY7K2A', '')), /query/],
  ])('%s', async (_what, resign, text) => {
    expect(await mistake(resign)).toMatch(text)
  })

  it('nothing where nothing fits', async () => {
    expect(await mistake(() => raw('x'))).toBeUndefined()
  })

  it('RSA-PSS that is not said', async () => {
    const key = files['rsa.key']!
    const headers = signed()
    const { signatureBase } = await json(capture(headers))
    const input = headers['Signature-Input']!.replace(/;alg="[^"]*"/, '')
    const base = signatureBase!.replace(/;alg="[^"]*"/, '')
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const value = sign('sha512', Buffer.from(base), { key, padding, saltLength: 64 })
    const changed = {
      ...headers,
      'Signature-Input': input,
      Signature: `consumer=:${value.toString('base64')}:`,
    }
    const result = await json(capture(changed), '--cert', 'rsa.pem')
    expect(result.likelyMistake).toMatch(/sha512, PSS/)
  })
})

describe('sluice explain: use', () => {
  it.each<[string[], RegExp]>([
    [[], /^FILE is missing\./],
    [['a', 'b'], /One captured message/],
    [['none'], /cannot be read/],
    [['sc.pem'], /request line/],
    [['capture', '--scheme', 'ftp'], /--scheme/],
    [['capture', '--authority', 'http://bus'], /--authority/],
    [['capture', '--at', '30.02.2026'], /--at/],
    [['capture', '--cert', 'capture'], /no certificate/],
    [['capture', '--trust', 'none', '--cert', 'sc.pem'], /none: cannot be read/],
    [['capture', '--trust', 'none'], /none: cannot be read/],
    [['capture', '--trust', 'capture'], /capture: no CERTIFICATE/],
    [['capture', '--trust', 'ca.crl'], /ca\.crl: /],
    [['capture', '--crl', 'sc.pem'], /sc\.pem: no X509 CRL/],
    [['capture', '--wrong'], /--wrong/],
  ])('%j is wrong usage', async (args, message) => {
    const io = memoryIo({ ...files, capture: capture() })
    expect(await explain(args, io)).toBe(2)
    expect(io.errors).toMatch(message)
  })

  it('any bytes at all are explained or called no request', async () => {
    const good = capture()
    const mutation = fc.tuple(fc.nat(good.length), fc.nat(12), fc.uint8Array({ maxLength: 8 }))
    const changed = fc
      .array(mutation, { minLength: 1, maxLength: 3 })
      .map((edits) =>
        edits.reduce(
          (now, [at, cut, put]) =>
            Buffer.concat([now.subarray(0, at), put, now.subarray(at + cut)]),
          good,
        ),
      )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
          changed,
        ),
        async (file) => {
          const { exitCode } = await run(Buffer.from(file), '--cert', 'sc.pem')
          expect([1, 2, 3]).toContain(exitCode)
        },
      ),
      { numRuns: 300 },
    )
  })
})
