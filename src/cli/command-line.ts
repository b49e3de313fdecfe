import type { Config } from '../config/config.js'
import { adminCommand } from './admin.js'
import { c14n, type OctetCommandIo } from './c14n.js'
import { caCommand } from './ca.js'
import type { FileCommandIo } from './command-io.js'
import { conformityRun } from './conformity-run.js'
import { contractCheck } from './contract-check.js'
import { evidenceExport } from './evidence-export.js'
import { evidenceVerify } from './evidence-verify.js'
import { explain } from './explain.js'
import { checkNewFile } from './file-trouble.js'
import { logCommand, logCommandNames } from './log-commands.js'
import { mqDead } from './mq-dead.js'
import { mqUser } from './mq-user.js'
import { openAdministratorsOf } from './open-administrators.js'
import { openBrokerUsersOf } from './open-broker-users.js'
import { openCaPoolOf, openRegistryOf, type DatabasePlace } from './open-database.js'
import type { ShowProgress } from './log-verify.js'
import { openEvidenceOf } from './open-evidence.js'
import { openLettersOf, recordLetterAct } from './open-letters.js'
import { openOutboxOf } from './open-outbox.js'
import { outboxCommand } from './outbox.js'
import { mapTry } from './map-try.js'
import { receiptVerify } from './receipt-verify.js'
import { registryCommand, type OpenStore } from './registry.js'
import { send } from './send.js'
import { trustVerify } from './trust-verify.js'
import { witness } from './witness.js'

const usage = `Usage: sluice COMMAND …

  registry apply FILE... [--dry-run]   bring the registry to what the files declare
  registry export                      write the registry as one declaration
  contract check FOLDER …              check a service's contract before it is registered
  conformity run APPLICATION …         check what an application for connection says and has, as its desk will
  log show EXCHANGE_ID                 show an exchange's entries in the message log
  log search …                         find exchanges by time, parties, outcome, ids, subject
  log acts                             show what administrators did
  log payload EXCHANGE_ID …            open a stored payload, for a reason that is recorded
  log key                              write the keys by which the logs' checkpoints are verified
  log archive --before DATE            write days to archive files, then take them out of the database
  log archive verify FILE...           check archive files, with no database and no network
  log erase --reason TEXT              erase payloads whose retention is over; entries and proofs stay
  log hold set|lift|list               keep exchanges from both
  mq user SUBSYSTEM --reason TEXT      make a subsystem's user at the broker, or renew its password
  mq dead list|show|requeue|drop       look after messages that were put aside at the broker
  ca init|show|crl|request|install     look after the CA that issues certificates to systems
  admin add|list|role|reset|unlock     look after who may log in to the admin API
  outbox list|show|retry|drop          look after one-way messages that wait for their delivery
  evidence export …                    write what proves one exchange into a sealed container
  evidence verify FILE …               say step by step what a container proves, without database or network
  log verify …                         check the logs from their raw rows, and name what is wrong with them
  send …                               sign a request, send it, verify the answer
  explain FILE …                       say step by step why a captured request would be accepted or refused
  trust verify CERT …                  the same for a certificate and its chain
  receipt verify RECEIPT …             say whether the bus gave a receipt, and what it promised
  c14n FILE …                          write XML as the canonical octets that a signature covers
  map try --contract FOLDER … FILE     show what a contract's mapping makes of a message, value by value
  witness …                            vouch for a log of another body's bus: it only grows
  --version                            say which version this is

Each command says more with --help. Commands that read or change the registry or the log use DATABASE_URL,
or the embedded database of the bus in this folder (SLUICE_VAR).`

/** Where the command line runs. What a command does not need is not asked for. */
export interface Surroundings {
  readonly io: OctetCommandIo
  /** @throws ConfigError */
  readonly place: () => DatabasePlace
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** @throws ConfigError */
  config(): Config
  /** Writes a new file. @throws where there is one of this name already */
  writeNew(path: string, content: Uint8Array): Promise<void>
  version(): Promise<string>
  /** Aborted when the command is told to end; only asked for by one that would go on by itself. */
  readonly stop: () => AbortSignal
  /** Draws progress on a terminal; undefined where there is none. */
  readonly showProgress?: ShowProgress | undefined
}

/**
 * `sluice …`.
 * @returns exit code: 0 done, 1 refused or failed, 2 wrong use; commands may have further ones
 * @throws ConfigError where a command needs a database and the configuration is wrong
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const [command = '', ...rest] = args
  const [sub = '', ...afterSub] = rest
  const { io } = surroundings
  switch (command) {
    case 'registry':
      return registryCommand(rest, io, registryOf(surroundings))
    case 'log':
      return logCommand(sub, afterSub, surroundings) ?? otherThan(logCommandNames, sub, io)
    case 'ca':
      return caCommand(rest, io, {
        config: () => surroundings.config(),
        openPool: (access) => openCaPoolOf(surroundings.place(), access),
      })
    case 'outbox':
      return outboxCommand(rest, io, (access) => openOutboxOf(surroundings.place(), access))
    case 'admin':
      return adminCommand(rest, io, (author) => openAdministratorsOf(surroundings.place(), author))
    case 'mq':
      return mqCommand(sub, afterSub, surroundings)
    case 'evidence':
      return evidenceCommand(sub, afterSub, surroundings)
    case 'conformity':
      return sub === 'run'
        ? conformityRun(afterSub, io, (path, content) => surroundings.writeNew(path, content))
        : otherThan('conformity run', sub, io)
    case 'witness':
      return witness(rest, io, () => surroundings.stop())
    case '--version':
      io.out(`sluice ${await surroundings.version()}`)
      return 0
    default:
      return fileCommand(args, surroundings)
  }
}

/** Commands that need no bus, only files and perhaps the network; and what is none. */
async function fileCommand(
  args: readonly string[],
  { io, environment }: Pick<Surroundings, 'io' | 'environment'>,
): Promise<number> {
  const [command = '', ...rest] = args
  const [sub = '', ...afterSub] = rest
  switch (command) {
    case 'contract':
      return sub === 'check' ? contractCheck(afterSub, io) : otherThan('contract check', sub, io)
    case 'send':
      return send(rest, io, environment)
    case 'explain':
      return explain(rest, io)
    case 'c14n':
      return c14n(rest, io)
    case 'trust':
      return sub === 'verify' ? trustVerify(afterSub, io) : otherThan('trust verify', sub, io)
    case 'receipt':
      return sub === 'verify' ? receiptVerify(afterSub, io) : otherThan('receipt verify', sub, io)
    case 'map':
      return sub === 'try' ? mapTry(afterSub, io) : otherThan('map try', sub, io)
    default:
      if (command === 'help' || isHelp(command)) return help(io)
      return wrongUse(command === '' ? 'COMMAND is missing.' : unknown(command), io)
  }
}

function registryOf(surroundings: Surroundings): OpenStore {
  return (access, author) => openRegistryOf(surroundings.place(), access, author)
}

async function mqCommand(
  sub: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { io } = surroundings
  if (sub === 'dead') {
    return mqDead(args, io, {
      open: (which) => openLettersOf(surroundings.config(), which),
      record: (act) => recordLetterAct(surroundings.place(), act),
    })
  }
  if (sub !== 'user') return otherThan('mq user or mq dead', sub, io)
  return mqUser(args, io, (author) =>
    openBrokerUsersOf(surroundings.place(), surroundings.config(), author),
  )
}

async function evidenceCommand(
  sub: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { io } = surroundings
  if (sub === 'verify') return evidenceVerify(args, io)
  if (sub !== 'export') return otherThan('evidence export or evidence verify', sub, io)
  return evidenceExport(args, io, {
    checkNew: checkNewFile,
    writeNew: (path, content) => surroundings.writeNew(path, content),
    open: () =>
      openEvidenceOf(surroundings.place(), surroundings.config(), (line) => {
        io.err(line)
      }),
  })
}

/** A word after a command of two words that is not the one it has. */
function otherThan(known: string, sub: string, io: FileCommandIo): number {
  if (isHelp(sub)) return help(io)
  const [command = ''] = known.split(' ')
  const reason = sub === '' ? `${command} needs another word.` : unknown(`${command} ${sub}`)
  return wrongUse(`${reason} Say ${known}.`, io)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

function help(io: FileCommandIo): number {
  io.out(usage)
  return 0
}

function unknown(command: string): string {
  return `There is no command ${JSON.stringify(command)}.`
}

function wrongUse(reason: string, io: FileCommandIo): number {
  io.err(`${reason}\n\n${usage}`)
  return 2
}
