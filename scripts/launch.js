import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isNpmGone, onNpmGone } from './npm-watch.js'

/** For programs that end when this channel closes: they hear even of a launcher that was killed. */
export const withChannel = ['inherit', 'inherit', 'inherit', 'ipc']

/**
 * Runs a Node program with this terminal and ends as it ends. Whatever ends this process ends the
 * program first, in its own order: Ctrl-C, `kill`, a terminal that is closed, an npm that is gone.
 * SIGHUP stops, too: a rolling restart is asked of the bus itself.
 * @param atEnd - called with the exit code before this process ends
 */
export function launch(args, options = {}, atEnd = () => undefined) {
  // Installing and building took their time.
  if (isNpmGone()) process.exit(exitCodeOf('SIGTERM'))
  const child = spawn(process.execPath, args, { stdio: 'inherit', ...options })
  // Ctrl-C in a terminal reaches the program by itself as well; every one of ours bears it twice.
  process.on('SIGINT', () => child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
  onNpmGone(() => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? exitCodeOf(signal)
    atEnd(process.exitCode)
    process.exit()
  })
}

/** As a shell says that a signal ended a program. */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal]
}
