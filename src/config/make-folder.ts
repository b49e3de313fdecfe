import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file to be made: its text, or a secret that only its owner may read. */
export type FileToMake = string | { readonly secret: string }

/** Makes a folder with these files, all or none: a start that is interrupted leaves no half of it. */
export function makeFolder(folder: string, files: Readonly<Record<string, FileToMake>>): void {
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  for (const [name, file] of Object.entries(files)) {
    const path = join(draft, name)
    if (typeof file === 'string') writeFileSync(path, file)
    else writeFileSync(path, file.secret, { mode: 0o600 })
  }
  renameSync(draft, folder)
}
