import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Path inside the directory of public test vectors.
 * @throws Error when SLUICE_VECTORS is not set: a run without vectors must not look like a pass
 */
export function vectorPath(...segments: string[]): string {
  const directory = process.env.SLUICE_VECTORS
  if (!directory) throw new Error('SLUICE_VECTORS must name the directory of the test vectors')
  return join(directory, ...segments)
}

/** The parsed JSON of a vector file. The caller says its shape. */
export function readVectors(...segments: string[]): unknown {
  return JSON.parse(readFileSync(vectorPath(...segments), 'utf8'))
}
