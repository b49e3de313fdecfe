import { join } from 'node:path'
import { launch } from './launch.js'
import { prepare, root } from './prepare.js'

prepare()
launch([join(root, 'dist/bench/main.js'), ...process.argv.slice(2)], { cwd: root })
