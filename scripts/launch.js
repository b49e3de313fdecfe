import { spawn } from 'node:child_process'

/**
 * Runs a Node program with this terminal and ends as it ends. Signals reach the child as well,
 * whether they come from the terminal (to the whole group) or from `kill` (to this process only).
 */
export function launch(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: 'inherit', ...options })
  // The terminal sends Ctrl-C to the child itself; this process only has to outlive it.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
    process.exit()
  })
}
