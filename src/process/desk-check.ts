import type { KeyObject } from 'node:crypto'
import { filesOf } from '../admin/contracts/contracts.store.js'
import type { RunCheck } from '../admin/connection-cases/check-job.js'
import type { AdminPool } from '../admin/admin-database.store.js'
import type { Config } from '../config/config.js'
import { checkConformity } from '../conformity/check-conformity.js'
import type { ConformityTools } from '../conformity/conformity-tools.js'
import { registryLookUps } from '../connection/registry-look-ups.store.js'
import { ContractError, contractProblem } from '../contract/contract-error.js'
import { folderOf, type ContractFolder } from '../contract/contract-files.js'
import { unpackFiles } from '../contract/pack-files.js'
import { newExchangeId } from '../new-exchange-id.js'
import { createBusSigner, type BusKey } from '../trust/reply-signers.js'

/** What checks of the desk are made of. */
export interface DeskCheckInput {
  readonly pool: AdminPool
  readonly config: DeskCheckConfig
  readonly identity: Omit<BusKey, 'privateKey'> & { readonly privateKey: KeyObject }
}
export type DeskCheckConfig = Pick<Config, 'admin' | 'adapters' | 'management' | 'logApi'>

/** The desk's check: the bus itself calls, with the registry at hand and to no address of its own. */
export function deskCheck({ pool, config, identity }: DeskCheckInput): RunCheck {
  const now = (): Date => new Date()
  const { http, soap } = createBusSigner(identity, now)
  const tools: ConformityTools = {
    ...{ now, newExchangeId, registry: registryLookUps(pool), signer: { http, soap } },
    addresses: {
      privateAddresses: config.admin?.conformity.privateAddresses ?? [],
      authorities: config.admin?.conformity.authorities,
      plainHttp: config.admin?.conformity.plainHttp ?? false,
      own: ownAddresses(config),
    },
    contract: (digest) => uploadedContract(pool, digest),
  }
  return (application, set, signal) => checkConformity(application, set, { ...tools, signal })
}

/** Wherever this node listens, by its configuration. */
function ownAddresses({
  admin,
  adapters,
  management,
  logApi,
}: DeskCheckConfig): { readonly host: string; readonly port: number }[] {
  const listening = [admin, management, logApi, ...Object.values(adapters)]
  return listening.flatMap((each) => {
    const { host, port }: { readonly host?: unknown; readonly port?: unknown } = each ?? {}
    return typeof host === 'string' && typeof port === 'number' ? [{ host, port }] : []
  })
}

/** @throws ContractError for a digest of no contract */
async function uploadedContract(pool: AdminPool, digest: string): Promise<ContractFolder> {
  const packed = await filesOf(pool, digest)
  if (packed) return folderOf(unpackFiles(packed))
  throw new ContractError([
    contractProblem('', 0, 'Belə müqavilə təqdim edilməyib', 'No such contract was uploaded'),
  ])
}
