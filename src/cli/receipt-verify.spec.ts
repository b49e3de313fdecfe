import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { memoryIo } from '../../test/support/command-io.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from '../../test/support/pki.js'
import {
  encoded,
  partsOf,
  sampleExchangeId,
  sampleOutcome,
  sampleReceipt,
  sampleReceipts,
  sampleTime,
  signedToken,
} from '../../test/support/receipts.js'
import type { TestSigner } from '../../test/support/signing.js'
import { leafHashOf } from '../tlog/merkle.js'
import { receiptVerify } from './receipt-verify.js'

const day = 86_400_000
const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/'

let authority: TestAuthority
let bus: TestIdentity
let busRsa: TestIdentity
let files: Record<string, string | Buffer>
let token: string
/** An outcome's entry, whose hash is promised. */
let entry: string

function signerOf({ privateKey, publicKey, thumbprint }: TestIdentity): TestSigner {
  return { subsystem: '', keyType: 'p256', privateKey, publicKey, thumbprint }
}

function entryText(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ domain: 'PORTAL', exchangeId: sampleExchangeId, ...fields })
}

const headOf = (receipt: string, exchangeId = sampleExchangeId): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSluice-Exchange-Id: ${exchangeId}\r\nSluice-Receipt: ${receipt}\r\nContent-Length: 2\r\n\r\n{}`

const envelopeOf = (blocks: string): string =>
  `<S:Envelope xmlns:S="${soap11}" xmlns:s="urn:sluice:header:1"><S:Header>${blocks}</S:Header><S:Body/></S:Envelope>`

const blocksOf = (receipt: string): string =>
  `<s:exchangeId>${sampleExchangeId}</s:exchangeId><s:receipt>${receipt}</s:receipt>`

beforeAll(async () => {
  authority = await makeAuthority('Kök')
  const strange = await makeAuthority('Başqa kök')
  // Valid at the time of the receipts, and not any more.
  const then = {
    notBefore: new Date(sampleTime.getTime() - 2 * day),
    notAfter: new Date(sampleTime.getTime() + 2 * day),
  }
  const root = await makeAuthority('Köhnə kök', { ...then })
  bus = await root.issue({ subject: 'Şlüz', ...then })
  busRsa = await root.issue({ subject: 'Şlüz RSA', keyType: 'rsa-2048', ...then })
  const late = await root.issue({ subject: 'Gec', notBefore: new Date(sampleTime.getTime() + day) })
  const list = (serials: readonly string[], thisUpdate: Date): Promise<Buffer> =>
    root.revocationList(serials, {
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + day),
    })
  entry = entryText({
    kind: 'reply',
    recordedAt: sampleTime.toISOString(),
    requestEntry: encoded(sampleOutcome.requestLeafHash ?? ''),
  })
  const outcome = { ...sampleOutcome, leafHash: leafHashOf(Buffer.from(entry)) }
  ;[token = ''] = sampleReceipts(bus, 5, outcome)
  files = {
    'bus.pem': busRsa.pem + bus.pem,
    'rsa.pem': busRsa.pem,
    'late.pem': late.pem,
    'root.pem': root.pem,
    'strange.pem': strange.pem,
    'clean.crl': await list([], sampleTime),
    'revoking.crl': await list([bus.serialNumber], sampleTime),
    'today.crl': await list([], new Date()),
    'token.txt': `${token}\n`,
    'head.txt': headOf(token).split('\r\n\r\n')[0] ?? '',
    'reply.http': headOf(token),
    'other.http': headOf(token, '019ab2c4-0000-7000-8000-000000000000'),
    'two.http': headOf(`${token}\r\nsluice-receipt: ${token}`),
    'none.http': headOf(token).replace('Sluice-Receipt', 'Sluice-Entry'),
    'reply.xml': envelopeOf(blocksOf(token)),
    'two.xml': envelopeOf(blocksOf(token) + blocksOf(token)),
    'none.xml': envelopeOf(''),
    'comment.xml': envelopeOf(blocksOf(`${token}<!-- -->`)),
    'other.xml': '<a/>',
    'broken.xml': '<a',
    'soap.http': `HTTP/1.1 500 x\r\nContent-Type: text/xml\r\n\r\n${envelopeOf(blocksOf(token))}`,
    'entry.json': entry,
    'entry-line.json': `${entry}\n`,
    'other-entry.json': entry.replace('reply', 'refusal'),
    'empty.txt': '',
  }
})

async function run(...args: string[]) {
  const io = memoryIo(files)
  const exitCode = await receiptVerify(args, io)
  return { exitCode, text: io.text, errors: io.errors }
}

/** Outcomes of the steps by name, with the exit code. */
async function steps(receipt: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, text } = await run(receipt, '--certificate', 'bus.pem', '--json', ...args)
  const report = JSON.parse(text) as { steps: { name: string; outcome: string }[] }
  return {
    exitCode,
    ...Object.fromEntries(report.steps.map(({ name, outcome }) => [name, outcome])),
  }
}

const right = { form: 'ok', certificate: 'ok', signature: 'ok', validity: 'ok' }

describe('sluice receipt verify', () => {
  it('says in both languages what was looked at and what the bus promised', async () => {
    const { exitCode, text } = await run('reply.http', '--certificate', 'bus.pem')
    expect(exitCode).toBe(0)
    expect(text).toContain('ok           It is a receipt, signed with ES256.')
    expect(text).toContain('Bu, ES256 alqoritmi ilə imzalanmış qəbzdir.')
    expect(text).toContain('CN=Şlüz')
    expect(text).toContain(`exchange / mübadilə        ${sampleExchangeId}`)
    expect(text).toContain('log / jurnal               domain/PORTAL')
    expect(text).toContain('recorded / yazının vaxtı   2026-03-31 14:30:00 UTC')
    expect(text).toContain(`request / sorğu            ${'02'.repeat(32)}`)
    expect(text).toMatch(/\nGENUINE {2}.*\nNəticə: qəbz həqiqidir/)
  })

  it.each(['token.txt', 'head.txt', 'reply.http', 'reply.xml', 'soap.http'])(
    'takes the receipt from %s',
    async (file) => {
      const message = file === 'token.txt' ? {} : { message: 'ok' }
      expect(await steps(file)).toEqual({
        exitCode: 0,
        ...right,
        ...message,
        chain: 'not checked',
      })
    },
  )

  it('takes the receipt from the command line, and one without a request', async () => {
    expect(await steps(token)).toMatchObject({ exitCode: 0, ...right })
    const { statement, header } = partsOf(token)
    const alone = statement.replace(/"requestLeafHash":"[^"]*",/, '')
    const unasked = signedToken({ header, statement: alone }, signerOf(bus))
    const { exitCode, text } = await run(unasked, '--certificate', 'bus.pem')
    expect(exitCode).toBe(0)
    expect(text).not.toContain('sorğu  ')
  })

  it('gives it as JSON', async () => {
    const { text } = await run(token, '--certificate', 'bus.pem', '--json')
    expect(JSON.parse(text)).toMatchObject({
      genuine: true,
      receipt: { exchangeId: sampleExchangeId, half: 2, recordedAt: sampleTime.toISOString() },
    })
  })

  it('believes nothing of a receipt that was changed', async () => {
    const forged = signedToken(partsOf(token), signerOf(await authority.issue()))
    const { exitCode, text } = await run(forged, '--certificate', 'bus.pem')
    expect(exitCode).toBe(1)
    expect(text).toMatch(/WRONG {8}The key of the certificate did not make its signature\./)
    expect(text).toMatch(/\nNOT GENUINE {2}.*\nWhat to do: .*\nNəticə: qəbz təsdiqlənmədi\. İmza/)
    expect(text).not.toContain(sampleExchangeId)
    expect(await steps(`${token}=`)).toEqual({ exitCode: 1, form: 'wrong' })
    // The signature is the bus's, and of other statements.
    const [first = '', second = ''] = sampleReceipts(bus, 2)
    const mixed = first.replace(/~.*/, '') + second.replace(/^[^~]*/, '').replace('~1~', '~0~')
    const ofOthers = await run(mixed, '--certificate', 'bus.pem')
    expect(ofOthers.text).toMatch(/WRONG {8}Its statement is not the one that was signed there\./)
    expect(ofOthers.text).toContain('İmza bu qəbzin məzmununu əhatə etmir')
    expect(ofOthers.text).not.toContain(sampleExchangeId.slice(0, -3))
    expect(await steps('empty.txt')).toEqual({ exitCode: 1, form: 'wrong' })
  })

  it('asks for the certificate that it names', async () => {
    const { exitCode, text } = await run(token, '--certificate', 'rsa.pem')
    expect(exitCode).toBe(1)
    expect(text).toContain(bus.thumbprint)
    expect(text).toContain('--certificate ilə göstərin')
  })

  it('needs a certificate that was valid when the entry was recorded, and not today', async () => {
    expect(await steps(token)).toMatchObject({ exitCode: 0, validity: 'ok' })
    const { statement, header } = partsOf(token)
    const moved = statement.replace('2026-03-31', '2026-04-03')
    const after = signedToken({ header, statement: moved }, signerOf(bus))
    expect(await steps(after)).toMatchObject({ exitCode: 1, signature: 'ok', validity: 'wrong' })
  })

  it.each([
    [['root.pem'], 'ok', 0],
    [['root.pem', '--crl', 'clean.crl'], 'ok', 0],
    [['root.pem', '--crl', 'revoking.crl'], 'wrong', 1],
    // The list of another day says nothing of that one.
    [['root.pem', '--crl', 'today.crl'], 'wrong', 1],
    [['strange.pem'], 'wrong', 1],
  ])('checks the chain as of that time: --trust %j is %s', async (trust, chain, exitCode) => {
    expect(await steps(token, '--trust', ...trust)).toEqual({ exitCode, ...right, chain })
  })

  it('says that it comes with a reply of another exchange', async () => {
    expect(await steps('other.http')).toMatchObject({ exitCode: 1, ...right, message: 'wrong' })
  })

  it.each([
    ['entry.json', 'ok', 0],
    ['entry-line.json', 'ok', 0],
    ['other-entry.json', 'wrong', 1],
    ['empty.txt', 'wrong', 1],
  ])('compares an entry with the promise: %s is %s', async (file, outcome, exitCode) => {
    expect(await steps(token, '--entry', file)).toMatchObject({ exitCode, entry: outcome })
  })

  it("knows the request's entry, and an entry that contradicts the receipt", async () => {
    const ofRequest = entryText({ kind: 'request' })
    const liar = entryText({ kind: 'reply', recordedAt: '2026-04-01T00:00:00.000Z' })
    const of = (outcome: string): string =>
      sampleReceipt(bus, {
        ...sampleOutcome,
        leafHash: leafHashOf(Buffer.from(outcome)),
        requestLeafHash: leafHashOf(Buffer.from(ofRequest)),
      })
    Object.assign(files, { 'request.json': ofRequest, 'liar.json': liar })
    const asked = await run(of(entry), '--certificate', 'bus.pem', '--entry', 'request.json')
    expect(asked.exitCode).toBe(0)
    expect(asked.text).toContain('The entry given is that of the request')
    expect(await steps(of(liar), '--entry', 'liar.json')).toMatchObject({ entry: 'wrong' })
  })

  it.each<[string[], RegExp]>([
    [[], /RECEIPT is missing/],
    [['token.txt'], /--certificate is missing/],
    [['token.txt', 'more', '--certificate', 'bus.pem'], /One receipt/],
    [['nowhere', '--certificate', 'bus.pem'], /nowhere: cannot be read/],
    [['two.http', '--certificate', 'bus.pem'], /two\.http: .* more than one receipt/],
    [['two.xml', '--certificate', 'bus.pem'], /two\.xml: .* more than one receipt/],
    [['none.http', '--certificate', 'bus.pem'], /none\.http: .*receipt/],
    [['none.xml', '--certificate', 'bus.pem'], /none\.xml: The reply brings no receipt/],
    [['comment.xml', '--certificate', 'bus.pem'], /comment\.xml: /],
    [['other.xml', '--certificate', 'bus.pem'], /other\.xml: .* no SOAP envelope/],
    [['broken.xml', '--certificate', 'bus.pem'], /broken\.xml: /],
    [['token.txt', '--certificate', 'token.txt'], /no certificate/],
    [['token.txt', '--certificate', 'bus.pem', '--entry', 'nowhere'], /nowhere/],
    [['token.txt', '--certificate', 'bus.pem', '--trust', 'token.txt'], /token\.txt/],
    [['--nonsense'], /--nonsense/],
  ])('%j is wrong usage', async (args, message) => {
    const { exitCode, errors } = await run(...args)
    expect({ exitCode, errors }).toEqual({ exitCode: 2, errors: expect.stringMatching(message) })
  })

  it('ends with an exit code whatever is in the file, and finds no receipt that is not there', async () => {
    const captures = ['reply.http', 'soap.http', 'reply.xml', 'token.txt'].map((name) =>
      Buffer.from(files[name] ?? ''),
    )
    const changed = fc
      .tuple(fc.constantFrom(...captures), fc.nat(), fc.nat(12), fc.uint8Array({ maxLength: 12 }))
      .map(([capture, place, cut, put]) => {
        const at = place % (capture.length + 1)
        return Buffer.concat([capture.subarray(0, at), put, capture.subarray(at + cut)])
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
        const io = memoryIo({ ...files, fuzz: Buffer.from(bytes) })
        const exitCode = await receiptVerify(['fuzz', '--certificate', 'bus.pem'], io)
        const isThere = Buffer.from(bytes).includes(token)
        expect(exitCode === 0 ? isThere : [1, 2].includes(exitCode)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('explains itself', async () => {
    expect((await run('--help')).text).toMatch(/^Usage: sluice receipt verify/)
  })
})
