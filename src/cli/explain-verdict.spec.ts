import { describe, expect, it } from '@jest/globals'
import { explainSamples, outcomes, whole } from '../../test/support/explain-samples.js'

const { signer, signed, capture, run, json } = await explainSamples()

describe('sluice explain: the verdict', () => {
  it('without a certificate checks the rest, shows the signature base, and accepts nothing', async () => {
    const { exitCode, text } = await run(capture())
    expect(exitCode).toBe(3)
    expect(text).toContain('  | "@method": POST\n  | "@target-uri": http://bus.example:8080/r1/')
    expect(text).toMatch(/not checked {2}keyid names the certificate\n +Give .* --cert\./)
    expect(text).not.toContain('ACCEPTED')
    expect(text).toContain(
      'INCOMPLETE  Nothing is wrong so far; still to be checked: ' +
        'certificate, verification, algorithm, chain, envelope.\n' +
        "What to do: Add the signer's certificate with --cert FILE: an HTTP message holds only its " +
        `thumbprint (keyid ${signer.thumbprint}).\n` +
        'What to do: Add an accepted root with --trust FILE',
    )
    expect(text).toMatch(/Qərar: hələ yoxdur, yoxlama tamamlanmayıb\. .*--cert FAYL.*--trust FAYL/)
  })

  it("gives no verdict with the issue's own options, and says that the certificate is missing", async () => {
    const at = new Date().toISOString()
    const result = await json(capture(), '--trust', 'ca.pem', '--at', at)
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete', accepted: false })
    expect(result.missing.map(({ option }) => option)).toEqual(['--cert'])
    expect(result.missing[0]?.text.en).toContain(signer.thumbprint)
    expect(outcomes(result)).toMatchObject({
      certificate: 'not checked',
      chain: 'not checked',
      verification: 'not checked',
    })
  })

  it('refuses without a certificate what is wrong in any case', async () => {
    const result = await json(capture(signed(), Buffer.from('x')), '--trust', 'ca.pem')
    expect(result).toMatchObject({ exitCode: 1, verdict: 'refused', fault: 'SIGNATURE_INVALID' })
  })

  it('accepts no signature by a certificate that nobody vouches for', async () => {
    const result = await json(capture(), '--cert', 'sc.pem')
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete' })
    expect(result.missing.map(({ option }) => option)).toEqual(['--trust'])
    expect(outcomes(result)).toMatchObject({ verification: 'ok', chain: 'not checked' })
  })

  it('says where revocation was not checked', async () => {
    const result = await json(capture(), '--cert', 'sc.pem', '--trust', 'ca.pem')
    expect(result).toMatchObject({ exitCode: 0, verdict: 'accepted' })
    expect(result.checks.find(({ name }) => name === 'chain')?.notes).toEqual([
      'Revocation was not checked: give the lists with --crl.',
    ])
  })

  it('advises in both languages about files, and never about an exchange id', async () => {
    const missingList = await json(capture(), ...whole.slice(0, 4), '--crl', 'other.crl')
    expect(missingList).toMatchObject({ exitCode: 1, fault: 'CERT_UNKNOWN' })
    expect(missingList.remedy?.en).toContain('revocation list')
    expect(missingList.remedy?.az).toContain('ləğv edilmiş sertifikatlar siyahısı')
    const headers = { ...signed(), 'X-Road-Issue': '42' }
    const uncovered = await json(capture(headers), ...whole)
    expect(uncovered.remedy?.en).toContain('Signature-Input')
    expect(uncovered.remedy?.az).toContain('Signature-Input')
  })
})
