import { spawnSync } from 'node:child_process'

/**
 * Looks for tools of other people that tests speak to the bus with. On Debian as root what is
 * missing is installed.
 * @param packages - a command's packages, separated by blanks
 * @returns the commands that are still missing, and what a person can do about it
 */
export function installCommands(packages) {
  const missing = Object.keys(packages).filter((command) => !isThere(command))
  const names = [...new Set(missing.flatMap((command) => packages[command].split(' ')))]
  if (missing.length > 0 && process.getuid?.() === 0 && isThere('apt-get')) aptInstall(names)
  return {
    commands: missing.filter((command) => !isThere(command)).map(nameOf),
    remedy: `Install ${names.join(', ')}, e.g. "apt-get install ${names.join(' ')}".`,
  }
}

function aptInstall(names) {
  process.stderr.write(`Installing ${names.join(', ')} (apt-get) …\n`)
  const options = {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options)
}

function nameOf(command) {
  return command === 'openssl' ? 'openssl (3.0 or newer)' : command
}

// OpenSSL signs with Ed25519 from 3.0 on; what macOS calls openssl is LibreSSL, and does not.
function isThere(command) {
  const isOpenssl = command === 'openssl'
  const { error, stdout } = spawnSync(command, [isOpenssl ? 'version' : '--version'])
  return error === undefined && (!isOpenssl || /^OpenSSL ([3-9]|\d\d)\./.test(stdout.toString()))
}
