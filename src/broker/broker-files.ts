import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { privateBrokerLimits } from '../limits/queues.js'
import type { BrokerPrograms } from './broker-programs.js'

/** Ports of the loopback interface that a private broker takes. */
export interface BrokerPorts {
  readonly amqp: number
  readonly management: number
  /** Erlang's own: between nodes, of which there is one, and the port mapper. */
  readonly distribution: number
  readonly portMapper: number
}

/** The one user with every right, and the one virtual host. */
export const adminUser = 'sluice-admin'
export const privateVirtualHost = 'sluice'

/** Who the workers are: every right in the virtual host, and no access to the management API. */
export const workerUser = 'sluice-worker'

const passwordNames = { admin: 'admin-password', worker: 'worker-password' } as const
const secretBytes = 24
const schedulersMax = 4
/** Erlang would wait busily for more to do, on cores that are the workers' and the database's too. */
const idleSleeps = '+sbwt none +sbwtdcpu none +sbwtdio none'

/** Passwords of a private broker, made on the first start and kept. */
export interface BrokerPasswords {
  readonly admin: string
  readonly worker: string
}

export async function keptPasswords(folder: string): Promise<BrokerPasswords> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    admin: await keptSecret(join(folder, passwordNames.admin)),
    worker: await keptSecret(join(folder, passwordNames.worker)),
  }
}

/** Lays the files that the broker is started with. */
export async function layBrokerFiles(
  folder: string,
  ports: BrokerPorts,
  messageBytesMax: number,
): Promise<void> {
  await mkdir(join(folder, 'home'), { recursive: true, mode: 0o700 })
  const { admin } = await keptPasswords(folder)
  const cookie = join(folder, 'home', '.erlang.cookie')
  await keptSecret(cookie)
  // Erlang starts with no other.
  await chmod(cookie, 0o400)
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n')
  const text = configuration(ports, admin, messageBytesMax)
  await writeFile(join(folder, 'rabbitmq.conf'), text, { mode: 0o600 })
  await writeFile(join(folder, advancedFile), advancedConfiguration)
}

// There is no other place for it.
const advancedFile = 'advanced.config'
const advancedConfiguration = `[{rabbit, [{quorum_snapshot_interval, ${privateBrokerLimits.forgetAfterEntries}}]}].
`

// The user is made with the database; there never is a guest.
function configuration(ports: BrokerPorts, password: string, messageBytesMax: number): string {
  const { memoryBytesMax, diskBytesMin, walBytesMax } = privateBrokerLimits
  return `listeners.tcp.1 = 127.0.0.1:${ports.amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${ports.management}
management.rates_mode = none
default_user = ${adminUser}
default_pass = ${password}
default_vhost = ${privateVirtualHost}
max_message_size = ${messageBytesMax}
vm_memory_high_watermark.absolute = ${memoryBytesMax}
disk_free_limit.absolute = ${diskBytesMin}
raft.wal_max_size_bytes = ${walBytesMax}
log.file = false
log.console = true
log.console.level = info
log.connection.level = error
`
}

async function keptSecret(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  })
  if (kept !== undefined) return kept
  const made = randomBytes(secretBytes).toString('hex')
  // As a whole or not at all.
  await writeFile(`${file}.new`, made, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return made
}

/** What the broker's programs find in their environment: all of it, since inherited variables would change what they do. */
export function brokerEnvironment(
  folder: string,
  ports: BrokerPorts,
  programs: BrokerPrograms,
): Readonly<Record<string, string>> {
  const schedulers = Math.min(availableParallelism(), schedulersMax)
  return {
    PATH: programs.path,
    HOME: join(folder, 'home'),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    ERL_EPMD_PORT: String(ports.portMapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // A dump holds messages.
    ERL_CRASH_DUMP_SECONDS: '0',
    // The script becomes the server, and does not stand between it and us.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: 'sluice@localhost',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, advancedFile),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    RABBITMQ_PID_FILE: join(folder, 'server.pid'),
    // Ctrl-C in its terminal, if it has one, is for the bus.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+B i -kernel inet_dist_use_interface {127,0,0,1} +S ${schedulers}:${schedulers} ${idleSleeps}`,
  }
}
