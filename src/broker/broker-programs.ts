import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { BrokerError } from './broker-error.js'

/** Where RabbitMQ's programs are. */
export interface BrokerPrograms {
  /** The start script itself, not Debian's wrapper around it, which runs it as another account in a folder of its own. */
  readonly server: string
  /** Erlang's port mapper, without which no RabbitMQ starts. */
  readonly epmd: string
  /** Folders of the programs that these call. */
  readonly path: string
}

/** Where systems have their programs; the last two are Homebrew's on a Mac. */
const systemPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/sbin:/opt/homebrew/bin'
/** Where Debian's package has the script itself. */
const scriptFolders = ['/usr/lib/rabbitmq/bin']
const debianWrapper = 'rabbitmq-script-wrapper'

/**
 * Finds the RabbitMQ of this machine: Debian's package, or what is where systems have programs.
 * @throws BrokerError where there is none, saying what to do
 */
export async function findBrokerPrograms(
  first: readonly string[] = scriptFolders,
  path = systemPath,
): Promise<BrokerPrograms> {
  const folders = [...new Set(path.split(delimiter).filter((folder) => folder !== ''))]
  const server = await findServer([...first, ...folders])
  const erl = await find('erl', folders)
  const beside = erl === undefined ? [] : [dirname(await realpath(erl))]
  const epmd = await find('epmd', [...folders, ...beside])
  if (server === undefined || epmd === undefined) {
    throw new BrokerError(
      'There is no RabbitMQ on this machine: install it ("apt-get install rabbitmq-server" on Debian), or name a broker of your own in AMQP_URL.',
    )
  }
  return { server, epmd, path: folders.join(delimiter) }
}

async function findServer(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = await find('rabbitmq-server', [folder])
    if (file !== undefined && !(await realpath(file)).endsWith(debianWrapper)) return file
  }
  return undefined
}

async function find(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, name)
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}
