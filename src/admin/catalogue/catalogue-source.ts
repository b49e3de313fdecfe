import type { CatalogueService } from '../../catalogue/catalogue-entry.js'
import { Catalogue } from '../../catalogue/catalogue.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { serviceState, stateLabels } from '../maintenance-windows/service-state.js'
import {
  catalogueMembers,
  catalogueResources,
  catalogueServices,
  catalogueVersion,
  catalogueWindows,
  type ServiceRow,
  type WindowRow,
} from './catalogue.store.js'

/** The catalogue as it is now: read once, and again when something changed. */
export class CatalogueSource {
  readonly #database: AdminDatabase
  #read: { readonly version: string; readonly catalogue: Promise<Catalogue> } | undefined

  constructor(database: AdminDatabase) {
    this.#database = database
  }

  /** @throws Error of the database */
  async now(): Promise<Catalogue> {
    const version = await catalogueVersion(this.#database.pool)
    if (this.#read?.version !== version) {
      const read = { version, catalogue: this.#load() }
      this.#read = read
      read.catalogue.catch(() => {
        if (this.#read === read) this.#read = undefined
      })
    }
    return this.#read.catalogue
  }

  async #load(): Promise<Catalogue> {
    const { pool } = this.#database
    // One after another: visitors take one of the API's connections and not four.
    const members = await catalogueMembers(pool)
    const services = await catalogueServices(pool)
    const windows = await catalogueWindows(pool)
    const resources = await catalogueResources(pool)
    return new Catalogue({
      ...{ members, resources },
      services: services.map((row) => serviceOf(row, windows)),
    })
  }
}

function serviceOf(row: ServiceRow, windows: readonly WindowRow[]): CatalogueService {
  const { id, name_az: az, name_en: en, maintenance_until: until, reason, since } = row
  const facts = {
    statuses: row.statuses,
    maintenance: until ? { from: row.maintenance_from ?? undefined, until } : undefined,
    windows: windows.filter(
      ({ subsystem, service }) => subsystem === row.subsystem && (service ?? id) === id,
    ),
    trouble: reason && since ? { reason, since } : undefined,
    // Who only uses it need not know: requests pass.
    recheckUntil: undefined,
  }
  return {
    ...{ id, version: row.version, group: `${row.subsystem}/${row.code}`, domain: row.domain },
    name: az !== null && en !== null ? { az, en } : undefined,
    owner: { id: row.owner, name: { az: row.owner_az, en: row.owner_en } },
    system: { id: row.subsystem, name: { az: row.system_az, en: row.system_en } },
    ...{ isDefault: row.is_default, protocol: row.protocol, pattern: row.pattern },
    ...{ modes: row.modes, hasContract: row.has_contract },
    deprecatedFrom: row.deprecated_from ?? undefined,
    successor: row.successor ?? undefined,
    place: placeOf(row),
    stateAt(now) {
      const state = serviceState(facts, now)
      return { code: state.state, label: stateLabels[state.state], until: state.until }
    },
  }
}

function placeOf({ approved_by: approvedBy, places, interaction }: ServiceRow) {
  if (!places || interaction === null) return undefined
  return { approvedBy: approvedBy ?? undefined, places, interaction }
}
