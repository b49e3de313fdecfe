/**
 * Runs the linters side by side, as many as there are cores, and shows what each said once it is done.
 * Ends with 1 if any found something.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { npmCommand, root } from './prepare.js'

// What takes long begins first.
const waiting = ['lint:code', 'lint:types', 'lint:format', 'lint:imports']

await Promise.all(Array.from({ length: availableParallelism() }, runThem))

async function runThem() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next)
}

function run(name) {
  const begun = performance.now()
  const [command, ...first] = npmCommand()
  const child = spawn(command, [...first, 'run', '--silent', name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const seconds = Math.round((performance.now() - begun) / 1_000)
      const verdict = code === 0 ? 'as it should be' : 'WRONG'
      process.stdout.write(`${name} (${seconds} s): ${verdict}\n`)
      process.stdout.write(Buffer.concat(said))
      // One that a signal ended has not found that all is well.
      if (code !== 0) process.exitCode = 1
      resolve()
    })
  })
}
