import pg from 'pg'
import { createClient } from '../../src/database/connection.js'
import { verifyLimits } from '../../src/limits/log-archive.js'
import { verifyLogs, type Verdict, type VerifyOptions } from '../../src/log-verifier/verify-logs.js'
import type { TestDatabase } from './database.js'

/** A database of a test server with logs in it, of which copies can be tampered with. */
export class TamperedLogs {
  readonly #database: TestDatabase
  readonly #base: string
  /** Name of what copies are made of: the logs without the tables' rules, which take longer to drop than a copy to make. */
  #withoutRules: Promise<string> | undefined
  #copies = 0

  /** @param base - name of the database to copy; nobody may be connected to it */
  constructor(database: TestDatabase, base: string) {
    this.#database = database
    this.#base = base
  }

  /** Addresses of the owner and of the auditor for a database of this name. */
  urlsOf(name: string): { readonly owner: string; readonly auditor: string } {
    const at = (url: string): string => {
      const address = new URL(url)
      address.pathname = `/${name}`
      return address.href
    }
    return { owner: at(this.#database.ownerUrl), auditor: at(this.#database.auditorUrl) }
  }

  /** Does something to a copy as whoever owns the database may do it, and gives the verdict on it. */
  async verdictAfter(
    tamper: (owner: pg.Client) => Promise<unknown>,
    options: Omit<VerifyOptions, 'connect' | 'limits'>,
  ): Promise<Verdict> {
    this.#copies += 1
    const name = `tampered_${this.#copies}`
    const template = await (this.#withoutRules ??= this.#dropRules())
    // Nobody may be connected to what is copied.
    const admin = await connected(this.urlsOf('template1').owner)
    try {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
      const owner = await connected(this.urlsOf(name).owner)
      try {
        await owner.query("SET session_replication_role = 'replica'")
        await tamper(owner)
      } finally {
        await owner.end()
      }
      return await verify(this.urlsOf(name).auditor, options)
    } finally {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await admin.end()
    }
  }

  async #dropRules(): Promise<string> {
    const name = `${this.#base}_without_rules`
    const admin = await connected(this.urlsOf('template1').owner)
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${this.#base}`)
    await admin.end()
    const owner = await connected(this.urlsOf(name).owner)
    await withoutRules(owner)
    await owner.end()
    return name
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  return client
}

/** The verdict on a database as it is. */
export function verify(
  auditorUrl: string,
  options: Omit<VerifyOptions, 'connect' | 'limits'>,
): Promise<Verdict> {
  const connect = (): pg.Client =>
    createClient({
      url: auditorUrl,
      role: 'owner',
      applicationName: 'sluice test verifier',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 0,
    })
  return verifyLogs({ connect, limits: verifyLimits, ...options })
}

/** Whoever owns the tables can have them without their rules. */
async function withoutRules(owner: pg.Client): Promise<void> {
  // Those of the whole first; those of the partitions are their own then.
  for (let level = 0; level < 2; level += 1) {
    await owner.query(`
    DO $$ DECLARE c record; BEGIN
      FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint
                WHERE connamespace = 'sluice'::regnamespace AND contype IN ('c', 'f')
                  AND conparentid = 0 AND coninhcount = 0
                  AND conrelid::regclass::text ~ '^(sluice[.])?(message_log|audit_log|log_|payload_erasure|legal_hold)' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.tab, c.conname);
      END LOOP;
    END $$`)
  }
}

/** How one byte of a value of this type is changed, as SQL. */
export function changedByte(column: string, type: string): string {
  switch (type) {
    case 'bytea':
      return `set_byte(${column}, length(${column}) / 2, get_byte(${column}, length(${column}) / 2) # 1)`
    case 'text':
      return `overlay(${column} placing CASE substr(${column}, greatest(1, length(${column}) / 2), 1)
        WHEN 'x' THEN 'y' ELSE 'x' END from greatest(1, length(${column}) / 2) for 1)`
    case 'uuid':
      return `overlay(${column}::text placing
        CASE right(${column}::text, 1) WHEN '0' THEN '1' ELSE '0' END from 36 for 1)::uuid`
    case 'smallint':
      return `(${column} # 2)::smallint`
    case 'bigint':
      return `${column} # (1::bigint << 40)`
    case 'timestamp with time zone':
      return `${column} + interval '1 second'`
    case 'date':
      return `${column} + 1`
    case 'boolean':
      return `NOT ${column}`
    case 'xid8':
      return `((${column}::text::bigint # 1)::text)::xid8`
    default:
      throw new Error(`no way to change a ${type}`)
  }
}
