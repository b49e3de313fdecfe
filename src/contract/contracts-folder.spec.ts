import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readContractFolder } from './contract-files.js'
import { checkContract } from './lint/check-contract.js'
import { readForRegistration } from './register-contract.js'

/* Every contract in the repository: it can be registered, and each of its samples does what it says. */

const root = join(process.cwd(), 'contracts')
const folders = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('contract.yaml'))
  .map((path) => join(root, path, '..'))

describe.each(folders)('%s', (folder) => {
  it('can be registered', async () => {
    expect((await readForRegistration(folder)).flaws).toBeUndefined()
  })

  it('has samples, good and bad, and all come out as they should', async () => {
    const { samples, findings } = await checkContract(readContractFolder(folder))
    expect(samples.filter(({ trouble }) => trouble)).toEqual([])
    expect(samples.some(({ file }) => file.includes('/good/'))).toBe(true)
    expect(samples.some(({ file }) => file.includes('/bad/'))).toBe(true)
    expect(findings.filter(({ severity }) => severity !== 'warning')).toEqual([])
  })
})
