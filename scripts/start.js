import { join } from 'node:path'
import { launch, withChannel } from './launch.js'
import { prepare, root } from './prepare.js'

prepare()
launch(['--enable-source-maps', join(root, 'dist/src/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: withChannel,
})
