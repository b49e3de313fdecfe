import { parseArgs } from 'node:util'
import type { Author } from './author.js'
import { archiveFilesGivenMax } from '../limits/evidence.js'
import { authorOf } from './author.js'
import { UsageError, type CommandIo } from './command-io.js'
import { fileReason, fileSentence, isFileTrouble } from './file-trouble.js'
import { uuidPattern } from './uuid-pattern.js'

/** The evidence of a bus, opened for a command. */
export interface OpenEvidence {
  /**
   * One exchange as a sealed container.
   * @param archives - paths of the archive files that it is in; none where it is in the database
   * @throws NoSuchExchange, CannotOpen, ContainerError, ArchiveNotUsable; Error where an archive file
   *   cannot be read
   */
  export(
    exchangeId: string,
    author: Author & { readonly reason: string },
    archives: readonly string[],
  ): Promise<Buffer>
  close(): Promise<void>
}

export interface ExportSurroundings {
  open(): Promise<OpenEvidence>
  /** @throws UsageError where no new file of this name can be made */
  checkNew(path: string): Promise<void>
  /** Writes a new file. @throws where there is one of this name already */
  writeNew(path: string, content: Uint8Array): Promise<void>
}

const usage = `Usage: sluice evidence export --exchange ID --reason TEXT [options]

Writes everything that speaks for one exchange into a sealed ASiC-E container: the messages as they came,
their entries with the proofs that they are in the log, checkpoint and timestamps, certificates and
revocation lists of that day, and a summary. The container holds the payloads in clear.

Who opens it and why is an entry of the audit log before anything is opened. Needs the login that owns the
bus's tables, and the bus's keys and identity: run it on a node of the bus.

With --archive it is made from files of "sluice log archive", when the rows have left the database. The database is
needed all the same, for that entry of the audit log, and for certificates and revocation lists of that day.

  --exchange ID   the exchange's id, a UUID
  --archive FILE  the archive file that has it (repeatable, as request and outcome may lie in two); which ones to
                  give is said where the exchange is not found without
  --reason TEXT   why it is opened, such as the number of a court's request
  --actor NAME    who asks for it; the account of the operating system by default
  --role TEXT     in what capacity, such as "security officer"
  --out FILE      by default evidence-ID.asice; a file that is there is not written over

Exit code: 0 written, 1 not, 2 wrong use, a file that cannot be read, or one that would be written over.`

interface Order {
  readonly exchangeId: string
  readonly author: Author & { readonly reason: string }
  readonly archives: readonly string[]
  readonly out: string
}

/** `sluice evidence export …`. @returns exit code */
export async function evidenceExport(
  args: readonly string[],
  io: CommandIo,
  surroundings: ExportSurroundings,
): Promise<number> {
  try {
    const order = orderOf(args)
    if (order === 'help') {
      io.out(usage)
      return 0
    }
    return await carryOut(order, io, surroundings)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function carryOut(
  { exchangeId, author, archives, out }: Order,
  io: CommandIo,
  surroundings: ExportSurroundings,
): Promise<number> {
  let evidence: OpenEvidence | undefined
  // An opening stands in the audit log for ever: none is for a file that cannot be written.
  await surroundings.checkNew(out)
  try {
    evidence = await surroundings.open()
    const container = await evidence.export(exchangeId, author, archives)
    await surroundings.writeNew(out, container)
    io.out(`${out}: ${container.length} bytes. Check it with: sluice evidence verify ${out}`)
    return 0
  } catch (error) {
    if (isFileTrouble(error) && archives.includes(error.path ?? '')) {
      throw new UsageError(`${error.path ?? ''}: cannot be read (${fileReason(error)})`)
    }
    io.err(`The evidence could not be exported: ${fileSentence(error)}`)
    return 1
  } finally {
    await evidence?.close()
  }
}

/** @throws UsageError */
function orderOf(args: readonly string[]): Order | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const { exchange, reason, actor, role, archive, out } = values
  if (positionals.length > 0) throw wrongUse('The exchange is named with --exchange.')
  if (exchange === undefined) throw wrongUse('Say which exchange: --exchange ID.')
  if (!uuidPattern.test(exchange)) {
    throw wrongUse('--exchange must be an exchange id, which is a UUID; sluice log show finds it.')
  }
  if (reason === undefined || reason.trim() === '') {
    throw wrongUse('A payload is opened for a reason: --reason TEXT.')
  }
  if (archive.length > archiveFilesGivenMax) {
    throw wrongUse(`No more than ${archiveFilesGivenMax} archive files can be given.`)
  }
  const exchangeId = exchange.toLowerCase()
  return {
    exchangeId,
    author: { ...authorOf({ actor, reason }), reason, ...(role !== undefined && { role }) },
    archives: archive,
    out: out ?? `evidence-${exchangeId}.asice`,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        exchange: { type: 'string' },
        reason: { type: 'string' },
        actor: { type: 'string' },
        role: { type: 'string' },
        archive: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw wrongUse((error as Error).message)
  }
}

function wrongUse(reason: string): UsageError {
  return new UsageError(`${reason}\n\n${usage}`)
}
