import { describe, expect, it } from '@jest/globals'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CreateAdapter } from '../../src/exchange/adapter.js'
import { describeConformance, type ConformanceDriver } from './conformance.js'

const folder = join(import.meta.dirname, '../../adapters')

/** Folders that hold an adapter; a folder for a later protocol has a README alone. */
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'adapter.ts')))
  .map(({ name }) => name)

describe('every adapter', () => {
  it('is found', () => {
    expect(names).toContain('rest')
  })

  it.each(names)('adapters/%s has a README, and a driver for this suite', (name) => {
    expect(existsSync(join(folder, name, 'README.md'))).toBe(true)
    expect(existsSync(join(import.meta.dirname, `${name}.ts`))).toBe(true)
  })
})

for (const name of names) {
  const { createAdapter } = (await import(`../../adapters/${name}/adapter.js`)) as {
    createAdapter: CreateAdapter
  }
  const { driver } = (await import(`./${name}.js`)) as { driver: ConformanceDriver }
  describeConformance(name, createAdapter, driver)
}
