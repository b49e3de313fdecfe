#!/usr/bin/env node
/** The command line. It runs what `npm run build` made; `npm run sluice -- …` builds first. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/src/cli/main.js')
if (!existsSync(main)) {
  process.stderr.write('Sluice is not built yet: run "npm run build" in its folder first.\n')
  process.exit(2)
}
await import(pathToFileURL(main).href)
