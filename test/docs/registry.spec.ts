import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata'
import type pg from 'pg'
import { applyDeclarations, type Applied } from '../../src/registry/apply-declarations.js'
import { formatProblem } from '../../src/registry/declaration/problem.js'
import { RegistryStore } from '../../src/registry/registry.store.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { makeAuthority } from '../support/pki.js'
import { ownerPool, recordNothing } from '../support/registry-database.js'

let database: TestDatabase
let pool: pg.Pool
let folder: string
let examples: readonly string[]

beforeAll(async () => {
  const page = await readFile(join(process.cwd(), 'docs/registry.md'), 'utf8')
  examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)
  database = await startTestDatabase()
  pool = ownerPool(database.ownerUrl)
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-docs-'))
  const authority = await makeAuthority('National authority')
  // The files that the page names.
  await writeFile(join(folder, 'national-ca.pem'), authority.pem)
  await writeFile(join(folder, 'vergi.pem'), (await authority.issue()).pem)
  await writeFile(join(folder, 'portal.pem'), (await authority.issue()).pem)
})

afterAll(async () => {
  await pool.end()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
})

async function apply(example: number): Promise<Applied> {
  const file = join(folder, `example-${example}.yaml`)
  await writeFile(file, examples[example] ?? '')
  return applyDeclarations(new RegistryStore(pool, recordNothing), [file], {
    dryRun: false,
    now: new Date(),
  })
}

describe('docs/registry.md', () => {
  it('shows a declaration that applies as it stands', async () => {
    expect(examples).toHaveLength(2)
    const { plan, written } = await apply(0)
    expect(plan.problems.map(formatProblem)).toEqual([])
    expect(plan.warnings).toEqual([])
    expect(written).toBe(true)
  })

  it('and applying it twice changes nothing the second time', async () => {
    expect(await apply(0)).toMatchObject({ written: false, plan: { changes: [], problems: [] } })
  })

  it('shows how one field is changed', async () => {
    const { plan } = await apply(1)
    expect(plan.problems.map(formatProblem)).toEqual([])
    expect(plan.changes).toEqual([
      {
        noun: 'services',
        id: 'AZ/GOV/VN/VERGI/voenTap/v1',
        kind: 'changed',
        fields: [{ field: 'status', old: 'active', new: 'suspended' }],
      },
    ])
  })
})
