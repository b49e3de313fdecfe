import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignedXml } from 'xml-crypto'
import { describeWith } from '../../../test/support/command.js'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  sampleBlocks,
  signedMessage,
  soapContent,
  soapVerdict,
  type TestTrust,
} from '../../../test/support/wss.js'
import type { VerificationRules } from '../http-signature/verify-request.js'

const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const keyTypes = ['rsa-2048', 'rsa-3072', 'p256', 'p384'] as const

/** What is spelt in more ways than one, so that canonicalisation has work to do. */
const oddBody =
  '<g:sorgu xmlns:g=\'urn:gcq\' xmlns:z="urn:z" b = \'2\' a="1" >\r\n<![CDATA[a < b]]><!-- qeyd -->' +
  '&#x159;&gt;<z:x xmlns:u="urn:unused" z:q="&quot;&#9;" p=""/>\t<y xmlns=""></y></g:sorgu>'

const withXmlsec1 = await describeWith('xmlsec1')

describe("other people's tools", () => {
  let trust: TestTrust
  let rules: VerificationRules
  let folder: string
  const signers = new Map<string, TestIdentity>()

  beforeAll(async () => {
    trust = await makeTestTrust()
    folder = mkdtempSync(join(tmpdir(), 'sluice-xmlsec-'))
    for (const keyType of keyTypes) {
      const signer = await trust.authority.issue({ keyType })
      trust.register(signer)
      signers.set(keyType, signer)
    }
    rules = trust.rules()
  })

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }
  const certificateFile = ({ der, thumbprint }: TestIdentity): string =>
    write(`${thumbprint}.pem`, new X509Certificate(der).toString())
  const keyFile = ({ privateKey, thumbprint }: TestIdentity): string =>
    write(`${thumbprint}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const idAttributes = [
    'Body',
    'Timestamp',
    'client',
    'service',
    'id',
    'protocolVersion',
    'mode',
  ].flatMap((name) => ['--id-attr:Id', name])
  const xmlsec1 = (...args: string[]): { status: number | null; output: string } => {
    const { status, stderr, error } = spawnSync('xmlsec1', args, { encoding: 'utf8' })
    if (error) throw error
    return { status, output: stderr }
  }

  withXmlsec1('xmlsec1', () => {
    it.each(keyTypes)('verifies what we sign with %s', (keyType) => {
      const signer = signers.get(keyType)!
      const signed = signedMessage(signer, { body: oddBody })
      const args = ['--verify', '--pubkey-cert-pem', certificateFile(signer), ...idAttributes]
      const { status, output } = xmlsec1(...args, write('ours.xml', signed))
      expect(output).toContain('SignedInfo References (ok/all): 7/7')
      expect(status).toBe(0)
      const changed = signed.toString().replace('sorgu-1', 'sorgu-2')
      expect(xmlsec1(...args, write('changed.xml', changed)).status).not.toBe(0)
    })

    it.each(keyTypes)('signs what we accept with %s', async (keyType) => {
      const signer = signers.get(keyType)!
      // Our message as a template: its digests and its signature are for xmlsec1 to fill in.
      const list = `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="S wsu"/>`
      const template = signedMessage(signer, { body: oddBody })
        .toString()
        .replace(/<ds:DigestValue>[^<]*/g, '<ds:DigestValue>')
        .replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>')
        .replace(/(<ds:CanonicalizationMethod [^>]*>)/, `$1\r\n  ${list}`)
        .replace(/(<ds:Transform [^>]*>)(<\/ds:Transform>)/, `$1${list}$2`)
        .replace('<ds:SignedInfo ', "\n<!-- imza --><ds:SignedInfo   Id='SI'  ")
      const output = join(folder, 'theirs.xml')
      const made = xmlsec1(
        '--sign',
        '--privkey-pem',
        keyFile(signer),
        ...idAttributes,
        '--output',
        output,
        write('template.xml', template),
      )
      expect(made.output).toBe('')
      expect(await soapVerdict(soapContent(readFileSync(output)), rules)).toBe('accepted')
    })
  })

  describe('xml-crypto', () => {
    const signatureOf = (message: string): string =>
      /<ds:Signature .*<\/ds:Signature>/s.exec(message)![0]

    it('verifies what we sign with RSA', () => {
      const signer = signers.get('rsa-2048')!
      const check = (text: string): boolean => {
        const signed = new SignedXml({ publicCert: new X509Certificate(signer.der).toString() })
        signed.loadSignature(signatureOf(text))
        return signed.checkSignature(text)
      }
      const message = signedMessage(signer, { body: oddBody }).toString()
      expect(check(message)).toBe(true)
      expect(check(message.replace('sorgu-1', 'sorgu-2'))).toBe(false)
    })

    it('signs what we accept', async () => {
      const signer = signers.get('rsa-2048')!
      const message = signedMessage(signer, { body: oddBody }).toString()
      const signed = new SignedXml({
        privateKey: signer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        canonicalizationAlgorithm: exclusive,
        signatureAlgorithm: `${more}rsa-sha256`,
        idMode: 'wssecurity',
        // KeyInfo as ours has it.
        getKeyInfoContent: () => /<ds:KeyInfo>(.*)<\/ds:KeyInfo>/s.exec(message)![1]!,
      })
      const names = [...sampleBlocks.map((block) => /:(\w+)/.exec(block)![1]!), 'Timestamp', 'Body']
      for (const name of names) {
        const xpath = `//*[local-name(.)='${name}' and @*[local-name(.)='Id']]`
        signed.addReference({ xpath, digestAlgorithm: sha256, transforms: [exclusive] })
      }
      const bare = message.replace(signatureOf(message), '')
      signed.computeSignature(bare, {
        prefix: 'ds',
        location: { reference: "//*[local-name(.)='Timestamp']", action: 'after' },
      })
      expect(await soapVerdict(soapContent(Buffer.from(signed.getSignedXml())), rules)).toBe(
        'accepted',
      )
    })

    it('says yes to a wrapped Body, which we refuse', async () => {
      const signer = signers.get('rsa-2048')!
      const message = signedMessage(signer).toString()
      const body = /<S:Body .*<\/S:Body>/s.exec(message)![0]
      const wrapped = message
        .replace(body, '<S:Body><evil/></S:Body>')
        .replace('</S:Header>', `<w:W xmlns:w="urn:w">${body}</w:W></S:Header>`)
      const signed = new SignedXml({ publicCert: new X509Certificate(signer.der).toString() })
      signed.loadSignature(signatureOf(wrapped))
      expect(signed.checkSignature(wrapped)).toBe(true)
      expect(await soapVerdict(soapContent(Buffer.from(wrapped)), rules)).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })
  })
})
