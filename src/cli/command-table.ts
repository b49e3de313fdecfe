import { checkNewFile } from './file-trouble.js'
import type { OpenCaPool } from './open-ca.js'
import type { OpenEvidence } from './evidence-export.js'
import type { OpenKeepingFor } from './open-keeping.js'
import type { Surroundings } from './surroundings.js'

const openDatabase = () => import('./open-database.js')
const openLog = () => import('./open-log.js')
const openLetters = () => import('./open-letters.js')
const logKeys = () => import('../config/log-keys.js')

/** @param args - the words after its own */
export type Command = (args: readonly string[], surroundings: Surroundings) => Promise<number>

/**
 * Each command loads its own code when it is asked for, and what reaches a database or a broker when that is
 * opened: all of it is fifteen hundred files, and a second of a processor.
 */
export const commands: Readonly<Record<string, Command | Readonly<Record<string, Command>>>> = {
  registry: async (args, { io, place }) => {
    const { registryCommand } = await import('./registry.js')
    return registryCommand(args, io, async (access, author) => {
      const { openRegistryOf } = await import('./open-registry.js')
      return openRegistryOf(await place(), access, author)
    })
  },
  contract: {
    check: async (args, { io }) => (await import('./contract-check.js')).contractCheck(args, io),
  },
  conformity: {
    init: async (args, { io }) => (await import('./conformity-init.js')).conformityInit(args, io),
    run: async (args, { io, writeNew, environment }) =>
      (await import('./conformity-run.js')).conformityRun(args, io, writeNew, environment),
  },
  log: {
    show: async (args, { io, place }) => {
      const { logShow } = await import('./log-show.js')
      return logShow(args, io, async () => (await openDatabase()).openLogOf(await place()))
    },
    search: async (args, { io, place }) => {
      const { logSearch } = await import('./log-search.js')
      return logSearch(args, io, {
        open: async () => (await openLog()).openSearchOf(await place()),
        pseudonymKey: async () => (await logKeys()).findLogKey(await place(), 'pseudonym'),
      })
    },
    acts: async (args, { io, place, stop }) => {
      const { logActs } = await import('./log-acts.js')
      return logActs(args, io, async () => (await openLog()).openActsOf(await place()), stop)
    },
    payload: async (args, { io, place }) => {
      const { logPayload } = await import('./log-payload.js')
      return logPayload(args, io, async () => (await openLog()).openVaultOf(await place()))
    },
    key: async (args, { io, config }) => (await import('./log-key.js')).logKey(args, io, config),
    verify: async (args, { io, place, config, showProgress }) => {
      const { logVerify } = await import('./log-verify.js')
      return logVerify(args, io, {
        openDatabase: async () => (await openDatabase()).openAuditedOf(await place()),
        publishedKeys: async () => (await import('./log-key.js')).publishedKeys(await config()),
        showProgress,
      })
    },
    archive: async (args, { io, ...at }) =>
      args[0] === 'verify'
        ? (await import('./log-archive-verify.js')).logArchiveVerify(args.slice(1), io)
        : (await import('./log-archive.js')).logArchive(args, io, keepingAt(at)),
    erase: async (args, { io, ...at }) =>
      (await import('./log-erase.js')).logErase(args, io, keepingAt(at)),
    hold: async (args, { io, ...at }) =>
      (await import('./log-hold.js')).logHold(args, io, keepingAt(at)),
  },
  mq: {
    user: async (args, { io, place, config }) => {
      const { mqUser } = await import('./mq-user.js')
      return mqUser(args, io, async (author) => {
        const { openBrokerUsersOf } = await import('./open-broker-users.js')
        return openBrokerUsersOf(await place(), await config(), author)
      })
    },
    dead: async (args, { io, place, config }) => {
      const { mqDead } = await import('./mq-dead.js')
      return mqDead(args, io, {
        open: async (which) => (await openLetters()).openLettersOf(await config(), which),
        record: async (act) => (await openLetters()).recordLetterAct(await place(), act),
      })
    },
  },
  ca: async (args, { io, place, config }) => {
    const { caCommand } = await import('./ca.js')
    const openPool: OpenCaPool = async (access) =>
      (await openDatabase()).openCaPoolOf(await place(), access)
    return caCommand(args, io, { config, openPool })
  },
  admin: async (args, { io, place }) => {
    const { adminCommand } = await import('./admin.js')
    return adminCommand(args, io, async (author) => {
      const { openAdministratorsOf } = await import('./open-administrators.js')
      return openAdministratorsOf(await place(), author)
    })
  },
  outbox: async (args, { io, place }) => {
    const { outboxCommand } = await import('./outbox.js')
    return outboxCommand(args, io, async (access) =>
      (await import('./open-outbox.js')).openOutboxOf(await place(), access),
    )
  },
  evidence: {
    export: async (args, { io, place, config, writeNew }) => {
      const { evidenceExport } = await import('./evidence-export.js')
      const open = async (): Promise<OpenEvidence> => {
        const { openEvidenceOf } = await import('./open-evidence.js')
        return openEvidenceOf(await place(), await config(), (line) => io.err(line))
      }
      return evidenceExport(args, io, { checkNew: checkNewFile, writeNew, open })
    },
    verify: async (args, { io }) => (await import('./evidence-verify.js')).evidenceVerify(args, io),
  },
  send: async (args, { io, environment }) =>
    (await import('./send.js')).send(args, io, environment),
  explain: async (args, { io }) => (await import('./explain.js')).explain(args, io),
  document: {
    verify: async (args, { io }) => (await import('./document-verify.js')).documentVerify(args, io),
  },
  trust: {
    verify: async (args, { io }) => (await import('./trust-verify.js')).trustVerify(args, io),
  },
  receipt: {
    verify: async (args, { io }) => (await import('./receipt-verify.js')).receiptVerify(args, io),
  },
  c14n: async (args, { io }) => (await import('./c14n.js')).c14n(args, io),
  map: { try: async (args, { io }) => (await import('./map-try.js')).mapTry(args, io) },
  witness: async (args, { io, stop }) => (await import('./witness.js')).witness(args, io, stop),
}

function keepingAt({ place, config }: Pick<Surroundings, 'place' | 'config'>): OpenKeepingFor {
  return async (author) => {
    const { openKeepingOf } = await import('./open-keeping.js')
    return openKeepingOf(await place(), await config(), author)
  }
}
