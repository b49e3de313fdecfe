import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launch } from './launch.js'
import { prepare, root } from './prepare.js'
import { installCommands } from './system-commands.js'

// Tests speak to the bus with these tools of other people. CI leaves nothing out.
const missing = installCommands()
if (missing.commands.length > 0 && isCi()) {
  process.stderr.write(`The tests need ${missing.commands.join(', ')}. ${missing.remedy}\n`)
  process.exit(1)
}
// Whole-bus tests start the built bus, so tests build first.
prepare()
const folder = ownTempFolder()
launch(
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    `--import=${pathToFileURL(join(root, 'scripts/end-children.js')).href}`,
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: root, env: { ...process.env, ...folder?.env } },
  (exitCode) => {
    const left = folder?.end() ?? []
    // Of a test that failed, something may remain.
    if (left.length > 0 && exitCode === 0) {
      process.stderr.write(`\nTests left in the folder for temporary files: ${left.join(', ')}\n`)
      process.exitCode = 1
    }
    if (missing.commands.length === 0) return
    process.stderr.write(
      `\nNOT TESTED: this machine has no ${missing.commands.join(', ')}; tests that need them were skipped.\n` +
        `${missing.remedy} With CI set, npm test fails instead.\n`,
    )
  },
)

/**
 * What tests put aside goes with it, whatever ends them. Elsewhere than on Linux the paths of sockets in it
 * would be too long.
 */
function ownTempFolder() {
  if (process.platform !== 'linux') return undefined
  const path = mkdtempSync(join(tmpdir(), 'sluice-'))
  // As the folder around it: PostgreSQL of root's tests runs under another account.
  chmodSync(path, 0o1777)
  return {
    env: { TMPDIR: path, SLUICE_TEST_TEMPLATES: process.env.SLUICE_TEST_TEMPLATES ?? tmpdir() },
    /** @returns what is ours and was left there */
    end() {
      const left = readdirSync(path).filter((name) => name.startsWith('sluice'))
      rmSync(path, { recursive: true, force: true, maxRetries: 3 })
      return left
    },
  }
}

function isCi() {
  return process.env.CI !== undefined
}
