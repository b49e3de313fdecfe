import 'reflect-metadata'
import { constants } from 'node:os'
import { troubleOf } from '../src/process/start-trouble.js'
import { runDemo } from './run-demo.js'

/**
 * `npm run demo`: the whole bus with sample agencies. `--once` ends by itself, and its exit code
 * tells how it went; whatever interrupts it gives the exit code of that signal. Without `--once`,
 * Ctrl-C once everything has been shown is the usual end.
 */
const usage = 'npm run demo -- [--once]'
const [option, ...others] = process.argv.slice(2)
if (others.length > 0 || (option !== undefined && option !== '--once')) {
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}
const once = option === '--once'
const ending = new AbortController()
/** What has been started, the latest first. */
const closing: (() => Promise<unknown>)[] = []
let isShown = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void interrupt(signal))
}
// The launcher was killed, and nobody would hear of us any more.
process.on('disconnect', () => void interrupt('SIGTERM'))
if ('connected' in process && !process.connected) void interrupt('SIGTERM')
// The terminal was closed, or whoever read along has gone: there is nobody to show anything to.
process.stdout.on('error', () => void interrupt('SIGPIPE'))

try {
  const failures = await runDemo({ once, stop: ending.signal, closing, onBusEnd, say })
  isShown = !once && failures === 0
  if (!isShown) await end(failures > 0 ? 1 : 0)
} catch (error) {
  const { text, exitCode } = troubleOf(error)
  warn(text)
  await end(exitCode)
}

function onBusEnd(): void {
  warn('The bus ended by itself; var/demo/bus.log says why.')
  void end(1)
}

function interrupt(signal: keyof typeof constants.signals): Promise<void> {
  return end(isShown ? 0 : 128 + constants.signals[signal])
}

async function end(exitCode: number): Promise<void> {
  if (ending.signal.aborted) return
  ending.abort()
  for (const close of closing) await close().catch(() => undefined)
  process.exit(exitCode)
}

function say(text: string): void {
  if (!ending.signal.aborted) process.stdout.write(`${text}\n`)
}

function warn(text: string): void {
  if (!ending.signal.aborted) process.stderr.write(`${text}\n`)
}
