import type { ParseArgsConfig } from 'node:util'
import { applyDeclarations, type Applied } from '../registry/apply-declarations.js'
import { formatProblem } from '../registry/declaration/problem.js'
import { writeDeclaration } from '../registry/declaration/write-declaration.js'
import type { ReadContract } from '../registry/contract.js'
import type { Change, Noun, Plan } from '../registry/plan/plan.js'
import type { RegistryStore } from '../registry/registry.store.js'
import type {
  RevocationListRefreshSettings,
  RevocationListState,
} from '../registry/revocation-list-refresh.js'
import { authorOf, type Author } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { nounWords } from '../registry-acts.js'

/** `read`: the database stays as it is, and is not made where there is none. */
export type Access = 'read' | 'change'

/** The registry, opened for a command. */
export interface OpenRegistry {
  readonly store: Pick<RegistryStore, 'read' | 'apply'>
  readonly revocationLists: RevocationListRefreshSettings['store']
  readonly readRevocationList: RevocationListRefreshSettings['readRevocationList']
  close(): Promise<void>
}

/** Opens the registry; whoever changes it is recorded. */
export type OpenStore = (access: Access, author: Author) => Promise<OpenRegistry>

const usage = `Usage: sluice registry apply FILE... [--reason TEXT] [--actor NAME] [--dry-run] [--json]
       sluice registry export

apply   Brings the registry to what the files declare: adds and changes, removes nothing.
        With --dry-run it only says what it would do. Everything added or changed is an entry of the
        audit log, under the name of the account or of --actor.
export  Writes the registry as one declaration.

export and --dry-run only read: they neither make a database nor bring an older one up to date.

Exit code: 0 done, 1 refused or failed, 2 wrong use.`

/**
 * `sluice registry …`.
 * @param args - what follows `registry`
 * @param openStore - opens the registry; to `read` it changes nothing at all
 * @returns exit code: 0 done (also where there was nothing to do), 1 refused or failed, 2 wrong use
 */
export function registryCommand(
  args: readonly string[],
  io: CommandIo,
  openStore: OpenStore,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const request = parse(args)
    return request === 'help' ? 'help' : carryOut(request, io, openStore)
  })
}

const options = {
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    actor: { type: 'string' },
    reason: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig

interface Request {
  readonly act: 'apply' | 'export'
  readonly files: readonly string[]
  readonly dryRun: boolean
  readonly json: boolean
  readonly author: Author
}

async function carryOut(request: Request, io: CommandIo, openStore: OpenStore): Promise<number> {
  const changes = request.act === 'apply' && !request.dryRun
  let registry: OpenRegistry | undefined
  try {
    registry = await openStore(changes ? 'change' : 'read', request.author)
    if (request.act === 'apply') return await apply(registry, request, io)
    io.out(writeDeclaration(await registry.store.read()).trimEnd())
    return 0
  } catch (error) {
    io.err(`The registry could not be reached or changed: ${messageOf(error)}`)
    return 1
  } finally {
    await registry?.close()
  }
}

/** @throws UsageError */
function parse(args: readonly string[]): Request | 'help' {
  const { values, positionals } = parsedOptions(args, options, usage)
  if (values.help) return 'help'
  const [act, ...files] = positionals
  const { 'dry-run': dryRun, json } = values
  const author = authorOf(values)
  switch (act) {
    case 'apply':
      if (files.length === 0) throw wrongUse('apply needs a FILE.', usage)
      return { act, files, dryRun, json, author }
    case 'export':
      if (files.length > 0 || dryRun || json)
        throw wrongUse('export takes no files and no options.', usage)
      return { act, files, dryRun, json, author }
    case undefined:
      throw wrongUse('Say apply or export.', usage)
    default:
      throw wrongUse(`"${act}" is neither apply nor export.`, usage)
  }
}

async function apply(
  registry: OpenRegistry,
  { files, dryRun, json }: Request,
  io: CommandIo,
): Promise<number> {
  const options = { dryRun, now: new Date(), readContract }
  const applied = await applyDeclarations(registry.store, files, options)
  const isRefused = applied.plan.problems.length > 0
  const lists = isRefused || dryRun ? [] : await refreshLists(registry)
  if (json) io.out(JSON.stringify(asJson(applied, dryRun, lists), undefined, 2))
  else tell(applied, dryRun, lists, io)
  return isRefused ? 1 : 0
}

/** What reads contracts is half of this command's code, and most declarations name none. */
const readContract: ReadContract = async (folder) => {
  const { readForRegistration } = await import('../contract/register-contract.js')
  return readForRegistration(folder)
}

/** A new authority's list is fetched at once: without it the bus would refuse its certificates. */
async function refreshLists(registry: OpenRegistry): Promise<RevocationListState[]> {
  const { authorities } = await registry.store.read()
  if (authorities.length === 0) return []
  const { RevocationListRefresh } = await import('../registry/revocation-list-refresh.js')
  const { revocationLists: store, readRevocationList } = registry
  return new RevocationListRefresh({
    authorities: () => authorities,
    store,
    readRevocationList,
  }).refresh()
}

function asJson(
  { plan, written, generation }: Applied,
  dryRun: boolean,
  revocationLists: readonly RevocationListState[],
): object {
  const { problems, problemsDropped, warnings, changes, unchanged } = plan
  return {
    dryRun,
    written,
    generation,
    changes,
    unchanged,
    problems,
    problemsDropped,
    warnings,
    revocationLists,
  }
}

function tell(
  { plan, generation }: Applied,
  dryRun: boolean,
  lists: readonly RevocationListState[],
  io: CommandIo,
): void {
  for (const each of plan.problems) io.err(formatProblem(each))
  if (plan.problemsDropped > 0) io.err(`and ${plan.problemsDropped} problems more`)
  for (const each of plan.warnings) io.err(`warning: ${formatProblem(each)}`)
  for (const { authority, trouble } of lists) {
    if (trouble !== undefined) {
      io.err(`warning: no revocation list of ${authority}: ${trouble}`)
    }
  }
  if (plan.problems.length > 0) {
    const count = plan.problems.length + plan.problemsDropped
    io.err(`Nothing was changed: ${count} ${count === 1 ? 'problem' : 'problems'}.`)
    return
  }
  for (const change of plan.changes) io.out(changeText(change))
  io.out(summary(plan, generation, dryRun))
}

function changeText({ noun, id, kind, fields }: Change): string {
  const title = `${nounWords[noun]} ${id}${partiesText(noun, fields)}`
  const lines = fields.flatMap(({ field, old, new: now }) => {
    if (kind === 'changed') return [`    ${field}: ${old ?? '(none)'} → ${now ?? '(none)'}`]
    // Its name, or its thumbprint, stands in the title.
    return now === id ? [] : [`    ${field}: ${now ?? '(none)'}`]
  })
  return [`${kind === 'added' ? '+' : '~'} ${title}`, ...lines].join('\n')
}

/** Ids of rights and certificates say nothing to people; whose they are does. */
function partiesText(noun: Noun, fields: Change['fields']): string {
  const of = (name: string): string | undefined => fields.find(({ field }) => field === name)?.new
  const [consumer, service, subsystem] = [of('consumer'), of('service'), of('subsystem')]
  // Those of a thing that only changes stay as they were, and are not among the fields.
  if (noun === 'accessRights' && consumer && service) return ` (${consumer} → ${service})`
  return noun === 'certificates' && subsystem ? ` (${subsystem})` : ''
}

function summary({ changes, unchanged }: Plan, generation: number, dryRun: boolean): string {
  const added = changes.filter(({ kind }) => kind === 'added').length
  const counts = `${added} added, ${changes.length - added} changed, ${unchanged} unchanged`
  if (dryRun) return `Dry run, nothing was written: ${counts}.`
  if (changes.length === 0) return `Nothing to change: ${counts}. Generation ${generation}.`
  return `Applied: ${counts}. Generation ${generation}.`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
