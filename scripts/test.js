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
launch(
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    `--import=${pathToFileURL(join(root, 'scripts/end-children.js')).href}`,
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: root },
  () => {
    if (missing.commands.length === 0) return
    process.stderr.write(
      `\nNOT TESTED: this machine has no ${missing.commands.join(', ')}; tests that need them were skipped.\n` +
        `${missing.remedy} With CI set, npm test fails instead.\n`,
    )
  },
)

function isCi() {
  return process.env.CI !== undefined
}
