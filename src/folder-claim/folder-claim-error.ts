import type { ClaimHolder } from './claim-holder.js'

/** A folder belongs to another process, or may. */
export class FolderClaimError extends Error {
  override readonly name = 'FolderClaimError'
  /** The process that has the folder and runs, where that is known. */
  readonly holder: Pick<ClaimHolder, 'pid'> | undefined

  constructor(message: string, holder?: Pick<ClaimHolder, 'pid'>) {
    super(message)
    this.holder = holder
  }
}
