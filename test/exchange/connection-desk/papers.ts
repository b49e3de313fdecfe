import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { command } from '../../support/command.js'
import type { DeskPlane, DeskStory } from '../../support/desk-plane.js'
import { ministry, system } from './joining.js'

interface PaperJson {
  readonly id: string
  readonly kind: string
  readonly number: string
}

/** What the procedure left behind in writing. */
export function papers(): readonly DeskStory[] {
  return [
    [
      'every paper of a case verifies with tools of other people, and says what it is (R-054)',
      async (desk) => {
        const folder = await mkdtemp(join(tmpdir(), 'sluice-papers-'))
        try {
          await writeFile(join(folder, 'root.pem'), desk.plane.bus.authority.pem)
          const found = await papersOf(desk)
          expect(new Set(found.map(({ kind }) => kind))).toEqual(
            new Set([
              ...['application', 'check-protocol', 'negative-opinion', 'justified-demand'],
              ...['improvement', 'opinion', 'agreement-annex', 'act-of-connection'],
            ]),
          )
          for (const paper of found) await expectSigned(desk, folder, paper)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      },
    ],
  ]
}

/** Of the service that failed first. */
async function papersOf({ plane }: DeskPlane): Promise<readonly PaperJson[]> {
  const object = encodeURIComponent(`${system}/icazeYoxla/v1`)
  const cases = await plane.ask(['AGENCY', 'GET', `/v1/connection-cases?objectId=${object}`])
  const [{ id }] = (cases.json as { items: [{ id: string }] }).items
  const list = await plane.ask(['AGENCY', 'GET', `/v1/documents?limit=200&caseId=${id}`])
  return (list.json as { items: PaperJson[] }).items
}

async function expectSigned(
  { plane }: DeskPlane,
  folder: string,
  { id, kind, number }: PaperJson,
): Promise<void> {
  const admin = `MEMBER_ADMIN ${ministry}` as const
  for (const form of ['pdf', 'data', 'signature'] as const) {
    const { bytes } = await plane.ask([admin, 'GET', `/v1/documents/${id}/${form}`])
    await writeFile(join(folder, form), bytes)
  }
  const said = (await command('pdfsig', ['-nocert', 'pdf'], folder)).toString()
  expect([kind, said]).toEqual([kind, expect.stringContaining('Signature is Valid.')])
  const text = (await command('pdftotext', ['-raw', 'pdf', '-'], folder)).toString()
  expect(text).toContain(number)
  const files = ['-in', 'signature', '-inform', 'DER', '-content', 'data', '-out', 'verified']
  const trust = ['-CAfile', 'root.pem', '-purpose', 'any']
  await command('openssl', ['cms', '-verify', '-binary', '-cades', ...files, ...trust], folder)
  const { status } = await plane.world.call(
    await plane.tokenOf('OPERATOR'),
    'PUT',
    `/v1/documents/${id}`,
    { body: {} },
  )
  expect(status).toBe(405)
}
