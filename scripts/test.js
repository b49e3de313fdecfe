import { join } from 'node:path'
import { launch } from './launch.js'
import { prepare, root } from './prepare.js'
import { ensureCommands } from './system-commands.js'

// Whole-bus tests start the built bus, so tests build first.
ensureCommands({
  bash: 'bash',
  curl: 'curl',
  openssl: 'openssl',
  xmlsec1: 'xmlsec1 libxmlsec1-openssl',
})
prepare()
launch(
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: root },
)
