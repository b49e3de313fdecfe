import type { openCaPoolOf } from './open-database.js'

/** Opens the database of the CA, to look or to change. */
export type OpenCaPool = (access: 'read' | 'change') => ReturnType<typeof openCaPoolOf>
