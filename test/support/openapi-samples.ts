import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { ContractFiles } from '../../src/openapi/contract-tree.js'
import { OpenApiError } from '../../src/openapi/openapi-error.js'
import { readOpenApi } from '../../src/openapi/read-openapi.js'

/** The files of `test/contracts/openapi/<name>`. */
export function sampleFiles(name: string): ContractFiles {
  const folder = join(import.meta.dirname, '..', 'contracts', 'openapi', name)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path)]),
  )
}

/** One file, `openapi.yaml`, or several by their names. */
export function filesOf(texts: string | Readonly<Record<string, string>>): ContractFiles {
  const byName = typeof texts === 'string' ? { 'openapi.yaml': texts } : texts
  return new Map(Object.entries(byName).map(([name, text]) => [name, Buffer.from(text)]))
}

/** What is wrong with a description: rule, pointer and text of each problem. */
export async function problemsOf(
  texts: string | Readonly<Record<string, string>>,
  main = 'openapi.yaml',
): Promise<string[]> {
  try {
    await readOpenApi(filesOf(texts), main)
    return []
  } catch (error) {
    if (error instanceof OpenApiError) {
      return error.problems.map(({ pointer, rule, en }) => `${rule} ${pointer} ${en}`)
    }
    throw error
  }
}
