import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Builds another commit of this repository beside this one, with the packages that are installed here.
 * @returns its `dist` folder
 * @throws Error where git does not know the revision, or it does not build with these packages
 */
export function buildOf(revision: string, say: (text: string) => void): string {
  const git = (...args: string[]): Buffer =>
    execFileSync('git', args, { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] })
  const commit = git('rev-parse', '--verify', `${revision}^{commit}`).toString().trim()
  const folder = resolve('var', 'bench-builds', commit)
  const stamp = join(folder, '.built')
  if (existsSync(stamp)) return join(folder, 'dist')
  say(`Building ${commit} …`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: git('archive', commit) })
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr.toString()}`)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
  const built = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) throw new Error(`${commit} does not build with the packages of this one`)
  writeFileSync(stamp, '')
  return join(folder, 'dist')
}
