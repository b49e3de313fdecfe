import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamplePki } from './sample-pki.js'

const dayMs = 86_400_000

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-pki-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)

async function certificateIn(name: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(folder, name, 'certificate.pem')))
}

async function issuedAt(now: Date): Promise<{ root: X509Certificate; portal: X509Certificate }> {
  const pki = await SamplePki.open(folder, now)
  await pki.credentials('portal', 'p256')
  return { root: await certificateIn('authority'), portal: await certificateIn('portal') }
}

describe('the demo’s certificates on a folder that is kept', () => {
  it('stay while they have thirty days left', async () => {
    const before = await issuedAt(inDays(0))
    const after = await issuedAt(inDays(334))
    expect(after.portal.fingerprint256).toBe(before.portal.fingerprint256)
    expect(after.root.fingerprint256).toBe(before.root.fingerprint256)
  })

  it('are renewed after that, under the same keys', async () => {
    const before = await issuedAt(inDays(0))
    const after = await issuedAt(inDays(336))
    for (const name of ['root', 'portal'] as const) {
      expect(after[name].serialNumber).not.toBe(before[name].serialNumber)
      expect(Date.parse(after[name].validTo)).toBeGreaterThan(inDays(700).getTime())
      expect(after[name].publicKey.equals(before[name].publicKey)).toBe(true)
    }
    expect(after.portal.checkIssued(after.root)).toBe(true)
    expect(before.portal.checkIssued(after.root)).toBe(true)
    expect(before.portal.verify(after.root.publicKey)).toBe(true)
  })
})
