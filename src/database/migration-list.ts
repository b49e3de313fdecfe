import type { MigrationInterface } from 'typeorm'
import { BusRoleGrants1764000000000 } from './migrations/1764000000000-bus-role-grants.js'

/** Every migration, oldest first; named one by one so that a build holds all of them. */
export const migrations: (new () => MigrationInterface)[] = [BusRoleGrants1764000000000]
