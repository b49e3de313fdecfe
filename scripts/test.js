import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
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
  const databases = memoryFolder() ?? path
  return {
    env: {
      TMPDIR: path,
      SLUICE_TEST_TEMPLATES: process.env.SLUICE_TEST_TEMPLATES ?? tmpdir(),
      SLUICE_TEST_DATABASES: databases,
    },
    /** @returns what is ours and was left there */
    end() {
      const folders = [...new Set([path, databases])]
      const left = folders.flatMap((folder) => readdirSync(folder))
      for (const folder of folders) {
        rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
      }
      // PostgreSQL's programs stay on purpose, where its account cannot reach those of the package.
      return left.filter((name) => /^sluice(?!-postgres-)/.test(name))
    },
  }
}

/** Databases of tests are copied, filled and removed by the hundred: on a disk that is most of their time. */
function memoryFolder() {
  const tmpfs = 0x01021994
  const bytesMin = 4 * 1_073_741_824
  try {
    const { type, bavail, bsize } = statfsSync('/dev/shm')
    if (type !== tmpfs || bavail * bsize < bytesMin || process.availableMemory() < bytesMin)
      return undefined
    const path = mkdtempSync('/dev/shm/sluice-')
    chmodSync(path, 0o1777)
    return path
  } catch {
    // There is none, or it is not ours to write to.
    return undefined
  }
}

function isCi() {
  return process.env.CI !== undefined
}
