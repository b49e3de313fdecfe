import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describeWith } from '../support/command.js'
import { makeAuthority, type TestIdentity } from '../support/pki.js'
import { encoded, partsOf, sampleReceipts } from '../support/receipts.js'

const run = promisify(execFile)

const describeOrSkip = await describeWith('bash', 'openssl')

let folder: string
let bus: TestIdentity
let stranger: TestIdentity

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice check receipt '))
  const authority = await makeAuthority('Kök')
  bus = await authority.issue({ keyType: 'p256' })
  stranger = await authority.issue({ keyType: 'p256' })
  await writeFile(join(folder, 'bus.pem'), bus.pem)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What docs/check-receipt.sh prints, or its exit code. */
async function checked(receipt: string): Promise<string | number> {
  const { stdout, code } = await run('bash', [
    ...['docs/check-receipt.sh', receipt, join(folder, 'bus.pem')],
  ]).then(
    ({ stdout: printed }) => ({ stdout: printed, code: 0 }),
    (error: unknown) => error as { stdout: string; code: number },
  )
  return code === 0 ? stdout : code
}

describeOrSkip('docs/check-receipt.sh: bash and openssl alone', () => {
  it.each([1, 2, 3, 6])('verifies each receipt of %i that were signed together', async (size) => {
    for (const receipt of sampleReceipts(bus, size)) {
      expect(await checked(receipt)).toBe(`${partsOf(receipt).statement}\n`)
    }
  })

  it.each<[string, (of: string) => string]>([
    ['of another', () => sampleReceipts(stranger, 3)[1] ?? ''],
    ['with another statement', (of) => of.replace(/~eyJ[^~]*/, `~${encoded('{"half":2}')}`)],
    ['at another place', (of) => of.replace('~1~', '~0~')],
    ['at a place that is none', (of) => of.replace('~1~', '~3~')],
    ['without its whole path', (of) => of.replace(/~[^~]*$/, '')],
    ['with a longer path', (of) => `${of}~${encoded(Buffer.alloc(32))}`],
    ['with another path', (of) => of.replace(/[^~]*$/, encoded(Buffer.alloc(32)))],
    ['with another payload', (of) => of.replace(/\.[^.]*\./, `.${encoded('{"size":3}')}.`)],
    ['that is the JWS alone', (of) => of.replace(/~.*/, '')],
    ['without a signature', (of) => of.replace(/\.[^.]*~/, '.~')],
  ])('refuses one %s', async (_, change) => {
    const [, receipt = ''] = sampleReceipts(bus, 3)
    expect(change(receipt)).not.toBe(receipt)
    expect(await checked(change(receipt))).toBe(3)
  })

  it('takes nothing in a receipt for a command', async () => {
    const [, receipt = ''] = sampleReceipts(bus, 3)
    const trap = join(folder, 'trap')
    for (const index of [`a[$(touch '${trap}')]`, `$(touch '${trap}')`]) {
      expect(await checked(receipt.replace('~1~', `~${index}~`))).toBe(3)
    }
    expect(existsSync(trap)).toBe(false)
  })
})
