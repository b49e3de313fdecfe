import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Tools of other people that tests speak to the bus with, by name: what tells that one is there, and the
 * Debian packages that bring it. `test/support/command.ts` reads the same table.
 */
const tools = JSON.parse(readFileSync(new URL('foreign-tools.json', import.meta.url), 'utf8'))

/**
 * Looks for the tools that tests need. On Debian as root what is missing is installed.
 * @param names - of the table; by default all of it
 * @returns the tools that are still missing, and what a person can do about it
 */
export function installCommands(names = Object.keys(tools)) {
  const missing = names.map((name) => tools[name]).filter((tool) => !isThere(tool))
  if (missing.length > 0 && process.getuid?.() === 0 && hasApt()) aptInstall(packagesOf(missing))
  const left = missing.filter((tool) => !isThere(tool))
  const packages = packagesOf(left)
  return {
    commands: left.map(({ name }) => name),
    remedy: `Install ${packages.join(', ')}, e.g. "apt-get install ${packages.join(' ')}".`,
  }
}

function packagesOf(missing) {
  return missing.flatMap(({ packages }) => packages)
}

function aptInstall(packages) {
  process.stderr.write(`Installing ${packages.join(', ')} (apt-get) …\n`)
  const options = {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  spawnSync('apt-get', ['update', '-qq'], options)
  withoutServices(() => {
    const { status } = installed(packages, options)
    // One package that is not to be had must not keep the others out.
    if (status !== 0) for (const each of packages) installed([each], options)
  })
}

/**
 * Debian starts what it installs: a broker that listens to the world, with a guest. It asks this file whether it may
 * (invoke-rc.d(8)); one that is there says so already, or is somebody's decision.
 */
function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d'
  let isOurs = false
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 })
    isOurs = true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  try {
    work()
  } finally {
    if (isOurs) rmSync(policy, { force: true })
  }
}

function installed(packages, options) {
  return spawnSync(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    options,
  )
}

function hasApt() {
  return spawnSync('apt-get', ['--version']).error === undefined
}

function isThere({ probe: [command, ...args], answer = '' }) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 && new RegExp(answer, 'm').test(stdout)
}
