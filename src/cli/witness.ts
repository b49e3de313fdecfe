import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { noteSigner, verifierKeyText, type NoteSigner } from '../tlog/note-keys.js'
import { NoteError } from '../tlog/note.js'
import { followLog, type FollowedLog, type FollowOutcome } from '../witness/follow-log.js'
import { openWitnessServer } from '../witness/witness-server.js'
import { WitnessStateError } from '../witness/witness-state-error.js'
import { WitnessState } from '../witness/witness-state.js'
import { Witness, type Judgement } from '../witness/witness.js'
import { UsageError, type CommandIo } from './command-io.js'
import { parseWitness, witnessUsage, type WitnessRequest } from './witness-options.js'

const misconductExitCode = 3

/**
 * `sluice witness …`.
 * @param stop - ends a witness that goes on by itself
 * @returns exit code: 0 vouched for, 1 failed, 2 wrong use, 3 a log forked or shrank
 */
export async function witness(
  args: readonly string[],
  io: CommandIo,
  stop: () => AbortSignal,
): Promise<number> {
  try {
    const request = parseWitness(args)
    if (request === 'help') {
      io.out(witnessUsage)
      return 0
    }
    if (request.kind === 'key') return makeKey(request, io)
    return await run(request, io, stop())
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof WitnessStateError)) throw error
    io.err(error.message)
    return error instanceof UsageError ? 2 : 1
  }
}

/** Made once; afterwards the same key is shown again. */
function makeKey({ name, keyFile }: WitnessRequest & { kind: 'key' }, io: CommandIo): number {
  const path = resolve(keyFile)
  const { privateKey } = generateKeyPairSync('ed25519')
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(path, pem, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  io.out(verifierKeyText(signerOf(name, keyFile).key))
  return 0
}

async function run(
  request: Exclude<WitnessRequest, { kind: 'key' }>,
  io: CommandIo,
  stop: AbortSignal,
): Promise<number> {
  const signer = signerOf(request.name, request.keyFile)
  const state = await WitnessState.open(resolve(request.stateFolder))
  try {
    if (request.kind === 'listen') {
      const parts = new Witness({ signer, logs: request.keys, state })
      return await listen(request, parts, io, stop)
    }
    const { logs, everyMs } = request
    const parts = new Witness({ signer, logs: logs.map(({ key }) => key), state })
    return await follow(logs, parts, everyMs, { io, stop })
  } finally {
    await state.close()
  }
}

async function listen(
  { host, port }: WitnessRequest & { kind: 'listen' },
  parts: Witness,
  io: CommandIo,
  stop: AbortSignal,
): Promise<number> {
  const told = (what: Judgement | Error): void => {
    if (what instanceof Error) io.err(`not signed: ${what.message}`)
    else if (what.kind === 'cosigned') io.out(`vouched for ${what.size} entries`)
    else if (what.evidence === undefined) io.err(`refused (${what.kind}): ${what.why}`)
    else io.err(loud('forked', what.why, what.evidence))
  }
  const server = await openWitnessServer({ witness: parts, host, port, told })
  io.out(`witness at ${server.address}/add-checkpoint`)
  await aborted(stop)
  await server.close()
  return 0
}

async function follow(
  logs: readonly FollowedLog[],
  parts: Witness,
  everyMs: number | undefined,
  { io, stop }: { readonly io: CommandIo; readonly stop: AbortSignal },
): Promise<number> {
  let exitCode = 0
  // A log that did not behave is not asked again; the others have not deserved that.
  let behaving = logs
  for (;;) {
    const outcomes: FollowOutcome[] = []
    for (const log of behaving) {
      const outcome = await followLog(log, parts, { stop })
      outcomes.push(outcome)
      tell(log, outcome, io)
    }
    if (outcomes.some(isMisconduct)) exitCode = misconductExitCode
    behaving = behaving.filter((_log, at) => !isMisconduct(outcomes[at]))
    if (everyMs === undefined) {
      const hasFailed = outcomes.some(({ kind }) => kind === 'failed')
      return exitCode === 0 && hasFailed ? 1 : exitCode
    }
    if (behaving.length === 0 || (await endsWithin(everyMs, stop))) return exitCode
  }
}

function tell({ key }: FollowedLog, outcome: FollowOutcome, io: CommandIo): void {
  if (outcome.kind === 'cosigned') io.out(`${key.name}: vouched for ${outcome.size} entries`)
  else if (outcome.kind === 'failed') io.err(`${key.name}: ${outcome.why}`)
  else io.err(`${key.name}: ${loud(outcome.kind, outcome.why, outcome.evidence)}`)
}

function loud(kind: 'forked' | 'shrunk', why: string, evidence: string): string {
  const what = kind === 'forked' ? 'THE LOG FORKED' : 'THE LOG SHRANK'
  return `${what}: ${why}. Nothing was signed. Both checkpoints are in ${evidence}`
}

function isMisconduct(outcome: FollowOutcome | undefined): boolean {
  return outcome?.kind === 'forked' || outcome?.kind === 'shrunk'
}

/** @throws UsageError */
function signerOf(name: string, keyFile: string): NoteSigner {
  try {
    return noteSigner(name, privateKeyOf(keyFile), 'cosignature/v1')
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new UsageError(`--name, --key: ${error.message}`)
  }
}

function privateKeyOf(path: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(resolve(path)))
  } catch (error) {
    throw new UsageError(`${path}: no unencrypted private key in PEM (${(error as Error).message})`)
  }
}

/** @returns whether the end came */
async function endsWithin(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  return signal.aborted
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
