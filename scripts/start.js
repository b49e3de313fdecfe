import { join } from 'node:path'
import { launch } from './launch.js'
import { prepare, root } from './prepare.js'

prepare()
launch(['--enable-source-maps', join(root, 'dist/src/main.js'), ...process.argv.slice(2)], {
  cwd: root,
})
