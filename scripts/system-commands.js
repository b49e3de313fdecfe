import { spawnSync } from 'node:child_process'

/**
 * Makes sure that other people's tools, which tests speak to the bus with, are there. On Debian as
 * root what is missing is installed; elsewhere the person is told what to install.
 */
export function ensureCommands(packages) {
  const missing = Object.keys(packages).filter((command) => !isThere(command))
  if (missing.length === 0) return
  const names = [...new Set(missing.flatMap((command) => packages[command].split(' ')))]
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    process.stderr.write(`Installing ${names.join(', ')} (apt-get) …\n`)
    const options = {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }
    spawnSync('apt-get', ['update', '-qq'], options)
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options)
  }
  const still = missing.filter((command) => !isThere(command))
  if (still.length === 0) return
  process.stderr.write(
    `The tests need ${still.join(', ')}: install ${names.join(', ')} and try again.\n`,
  )
  process.exit(1)
}

function isThere(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}
