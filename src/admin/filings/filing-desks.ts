import type { AdminDatabase } from '../admin-database.store.js'
import { FilingDesk } from './filing-desk.js'
import type { FilingKind } from './filing.js'

/** The desks of all kinds. */
export class FilingDesks implements Readonly<Record<FilingKind, FilingDesk>> {
  readonly 'fault-report': FilingDesk
  readonly proposal: FilingDesk

  constructor(database: AdminDatabase, now: () => Date) {
    this['fault-report'] = new FilingDesk('fault-report', database, now)
    this.proposal = new FilingDesk('proposal', database, now)
  }
}
