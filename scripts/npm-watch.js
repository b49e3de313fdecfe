import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * npm does not pass signals on: told to end, it ends its shell and itself, and what the shell runs
 * goes on without them. No event tells of that, but a process whose parent has ended gets another.
 */
const links = linksToNpm()

/** Calls back once, when the npm that started this process has ended. Without npm, never. */
export function onNpmGone(act) {
  if (links.length === 0) return
  const timer = setInterval(() => {
    if (!isNpmGone()) return
    clearInterval(timer)
    act()
  }, lookEveryMs)
  timer.unref()
}

export function isNpmGone() {
  return links.some(([pid, parent]) => parentOf(pid) !== parent)
}

// Between npm and this process there is a shell that outlives an npm that was killed outright. What
// npm starts has npm's variables in its environment; npm itself has not.
function linksToNpm() {
  const found = []
  for (let pid = process.pid; pid > 1 && isScriptOfNpm(pid);) {
    const parent = parentOf(pid)
    if (parent === undefined) break
    found.push([pid, parent])
    pid = parent
  }
  return found
}

function isScriptOfNpm(pid) {
  if (pid === process.pid) return process.env.npm_lifecycle_event !== undefined
  return /(^|\0)npm_lifecycle_event=/.test(factsOf(pid, 'environ') ?? '')
}

// Other processes only where the system shows them as files (Linux). Elsewhere the shell makes way
// for its one command, and npm is the parent.
function parentOf(pid) {
  if (pid === process.pid) return process.ppid
  const stat = factsOf(pid, 'stat')
  // The name, in parentheses, may hold anything; the fields after it are plain.
  return stat && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function factsOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}
