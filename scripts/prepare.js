/**
 * Makes a fresh clone runnable with Node and npm alone: installs the packages that are missing and
 * builds what is older than its sources. Plain JavaScript, because nothing is installed yet.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const sources = ['src', 'adapters', 'demo', 'bench', 'test/support', 'test/resilience']
const buildInputs = ['package-lock.json', 'scripts/swc-options.js', 'scripts/transpile.js']

/** Installs and builds. Says what it does on standard error, so that standard output stays clean. */
export function prepare() {
  checkNode()
  install()
  build()
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Sluice needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
}

function install() {
  const stamp = join(root, 'node_modules', '.sluice-installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('Installing packages (npm ci) …')
  run(npmCommand(), ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'])
  writeFileSync(stamp, wanted)
}

function build() {
  const stamp = join(root, 'dist', '.built')
  const newest = Math.max(
    ...buildInputs.map((file) => statSync(join(root, file)).mtimeMs),
    ...sources.map((folder) => newestIn(join(root, folder))),
  )
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return
  say('Building …')
  // What changes while it builds is newer than this.
  const begunAt = new Date()
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  run([process.execPath, join(root, 'scripts/transpile.js')], ['dist', ...sources])
  writeFileSync(stamp, '')
  utimesSync(stamp, begunAt, begunAt)
}

function newestIn(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}

// npm tells its scripts where it is itself; without that, the one on the path is taken.
export function npmCommand() {
  const npm = process.env.npm_execpath
  return npm && npm.endsWith('.js') ? [process.execPath, npm] : ['npm']
}

function run([command, ...first], rest) {
  const { status, error } = spawnSync(command, [...first, ...rest], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (error) fail(`${command} cannot be run: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
