/**
 * Writes the build: each source by itself, its types left out and not looked at. That a build should wait for types
 * costs half a minute, and `npm run lint` looks at those of all files.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { transformFile } from '@swc/core'
import { root } from './prepare.js'
import { swcOptions } from './swc-options.js'

const [target, ...folders] = process.argv.slice(2)
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name)),
)
for (const folder of new Set(files.map((file) => dirname(file)))) {
  mkdirSync(join(root, target, folder), { recursive: true })
}
await Promise.all(Array.from({ length: availableParallelism() }, transpileInTurn))

async function transpileInTurn() {
  for (let file = files.pop(); file !== undefined; file = files.pop()) await transpile(file)
}

async function transpile(file) {
  const built = join(root, target, file.replace(/\.ts$/, '.js'))
  const source = relative(dirname(built), join(root, file)).split(sep).join('/')
  const { code, map } = await transformFile(join(root, file), {
    ...swcOptions,
    ...{ configFile: false, swcrc: false, sourceMaps: true, sourceFileName: source },
  })
  const name = built.slice(dirname(built).length + 1)
  writeFileSync(built, `${code.trimEnd()}\n//# sourceMappingURL=${name}.map\n`)
  writeFileSync(`${built}.map`, map)
}
