import { parseArgs } from 'node:util'
import { UsageError } from './command-io.js'
import type { RevocationPolicy } from '../trust/x509/trust-store.js'
import type { TrustFiles } from './trust-files.js'

export const usage = `Usage: sluice trust verify CERT [options]

Says step by step why the bus would accept or refuse a certificate. Files are PEM or DER; a PEM file
may hold several values. Certificates after the first in CERT help to build the path.

  --trust FILE          an accepted root (repeatable)
  --intermediate FILE   a certificate between the root and CERT (repeatable)
  --crl FILE            a revocation list (repeatable)
  --revocation MODE     crl: every authority must have a current list (default where --crl is given)
                        none: revocation is not checked (default without --crl)
  --at DATE             check as of this time, such as 2026-03-31 or 2026-03-31T14:30:00Z
  --json                print one JSON object

Exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read.`

export interface Options extends TrustFiles {
  readonly certificate: string
  readonly revocation: RevocationPolicy
  readonly at: Date
  readonly json: boolean
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [certificate, ...others] = positionals
  if (certificate === undefined) throw new UsageError(`CERT is missing.\n\n${usage}`)
  if (others.length > 0) throw new UsageError(`One certificate at a time.\n\n${usage}`)
  const { trust, intermediate, crl } = values
  if (trust.length === 0) {
    throw new UsageError('Nothing is trusted: name at least one root with --trust.')
  }
  const revocation = values.revocation ?? revocationBy(crl)
  if (revocation !== 'crl' && revocation !== 'none') {
    throw new UsageError('--revocation must be crl or none.')
  }
  return {
    certificate,
    trust,
    intermediate,
    crl,
    revocation,
    at: timeOf(values.at),
    json: values.json,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string', multiple: true, default: [] },
        intermediate: { type: 'string', multiple: true, default: [] },
        crl: { type: 'string', multiple: true, default: [] },
        revocation: { type: 'string' },
        at: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}

/** Lists are asked for where there are any. */
export function revocationBy(crl: readonly string[]): RevocationPolicy {
  return crl.length > 0 ? 'crl' : 'none'
}

const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** A date from the command line; now where none is given. @throws UsageError */
export function timeOf(text: string | undefined): Date {
  if (text === undefined) return new Date()
  const time = new Date(text)
  // A date that does not exist, such as 30 February, must not roll over to another.
  const exists = iso.test(text) && !Number.isNaN(time.getTime()) && isDay(text.slice(0, 10))
  if (!exists) throw new UsageError(`--at: "${text}" is not a date such as 2026-03-31.`)
  return time
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
