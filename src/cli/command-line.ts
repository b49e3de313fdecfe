import type { CommandIo } from './command-io.js'
import { commands } from './command-table.js'
import type { Surroundings } from './surroundings.js'

const usage = `Usage: sluice COMMAND …

  registry apply FILE... [--dry-run]   bring the registry to what the files declare
  registry export                      write the registry as one declaration
  contract check FOLDER …              check a service's contract before it is registered
  conformity init KIND ID …            write an application for connection, to be filled in
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
  document verify FILE… …              verify a document of the connection desk, without database or network
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

/**
 * `sluice …`.
 * @returns exit code: 0 done, 1 refused or failed, 2 wrong use; commands may have further ones
 * @throws ConfigError where a command needs a database and the configuration is wrong
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const [word = '', ...rest] = args
  const { io } = surroundings
  if (word === 'help' || isHelp(word)) return help(io)
  if (word === '--version') {
    io.out(`sluice ${await surroundings.version()}`)
    return 0
  }
  const command = ownOf(commands, word)
  if (!command) return wrongUse(word === '' ? 'COMMAND is missing.' : unknown(word), io)
  if (typeof command === 'function') return command(rest, surroundings)
  const [second = '', ...afterSecond] = rest
  const ofTwoWords = ownOf(command, second)
  if (ofTwoWords) return ofTwoWords(afterSecond, surroundings)
  return isHelp(second) ? help(io) : otherThan(word, Object.keys(command), second, io)
}

function ownOf<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

/** A word after a command of two words that is not one it has. */
function otherThan(word: string, known: readonly string[], second: string, io: CommandIo): number {
  const reason = second === '' ? `${word} needs another word.` : unknown(`${word} ${second}`)
  const choice = [known.slice(0, -1).join(', '), ...known.slice(-1)].filter((each) => each !== '')
  return wrongUse(`${reason} Say ${word} ${choice.join(' or ')}.`, io)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

function help(io: CommandIo): number {
  io.out(usage)
  return 0
}

function unknown(command: string): string {
  return `There is no command ${JSON.stringify(command)}.`
}

function wrongUse(reason: string, io: CommandIo): number {
  io.err(`${reason}\n\n${usage}`)
  return 2
}
