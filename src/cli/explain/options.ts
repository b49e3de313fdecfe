import { parseArgs } from 'node:util'
import { normalisedAuthority } from '../../http/head.js'
import { UsageError } from '../command-io.js'
import type { TrustFiles } from '../trust-files.js'
import { timeOf } from '../trust-verify-options.js'

export const explainUsage = `Usage: sluice explain FILE [options]

Says step by step why the bus would accept or refuse a captured HTTP request (head and body as they
went over the wire), or a message of a queue. Needs no registry. FILE is "-" for standard input.

REST: shows the signature base that the bus builds. SOAP: also takes answers of the bus and of a
provider, and bare envelopes; shows each signature with its algorithms, its certificate, what each
Reference names and whether its digest fits, and what is not covered. Queues: FILE is JSON, an object
with properties (AMQP's names, such as message_id) and their headers, and the body in --body or, as
rabbitmqadmin -f raw_json writes it, in payload; shows the protected header and what is signed.

  --cert FILE           certificate of the signer. An HTTP signature holds only its thumbprint (keyid), so
                        without this it cannot be verified; a SOAP message mostly brings it along. For a
                        SOAP answer of the bus: the bus's certificates, one after the other
  --trust FILE          an accepted root: the certificate's chain is checked (repeatable)
  --intermediate FILE   a certificate between the root and --cert (repeatable)
  --crl FILE            a revocation list (repeatable)
  --at DATE             check as of this time, such as 2026-03-31T14:30:00Z
  --scheme http|https   how the bus is reached; http by default
  --authority NAME      an authority of the bus, as in its configuration: Host has to be one (repeatable)
  --body FILE           queues: the message's body, byte for byte
  --base FILE           REST: signature base that your system signed: the first difference is shown
  --request FILE        SOAP: the request that an answer of the bus must be the answer to
  --reply-of bus|provider   SOAP: whose answer FILE is, where its content does not say it
  --json                print one JSON object

Exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read, 3 nothing is wrong so
far and not every check could be made. Accepted needs --trust, and --cert for REST, queues and an answer of
the bus; whether the certificate is registered to the sender, and whether it may call the service, only
the registry says.`

export interface ExplainOptions {
  readonly file: string
  readonly certificateFile: string | undefined
  /** Handed on to the check of the chain. */
  readonly chain: TrustFiles
  readonly at: Date
  readonly scheme: 'http' | 'https'
  /** The bus's own; undefined where any Host is let pass. */
  readonly authorities: ReadonlySet<string> | undefined
  readonly bodyFile: string | undefined
  readonly baseFile: string | undefined
  readonly requestFile: string | undefined
  readonly replyOf: 'bus' | 'provider' | undefined
  readonly json: boolean
}

/** @throws UsageError */
export function readExplainOptions(args: readonly string[]): ExplainOptions | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [file, ...others] = positionals
  if (file === undefined) throw new UsageError(`FILE is missing.\n\n${explainUsage}`)
  if (others.length > 0) {
    throw new UsageError(`One captured message at a time.\n\n${explainUsage}`)
  }
  const { scheme, trust, intermediate, crl } = values
  if (scheme !== 'http' && scheme !== 'https') {
    throw new UsageError('--scheme must be http or https.')
  }
  const replyOf = values['reply-of']
  if (replyOf !== undefined && replyOf !== 'bus' && replyOf !== 'provider') {
    throw new UsageError('--reply-of must be bus or provider.')
  }
  return {
    file,
    certificateFile: values.cert,
    chain: { trust, intermediate, crl },
    at: timeOf(values.at),
    scheme,
    authorities: authoritiesOf(values.authority, scheme),
    bodyFile: values.body,
    baseFile: values.base,
    requestFile: values.request,
    replyOf,
    json: values.json,
  }
}

function authoritiesOf(
  names: readonly string[],
  scheme: 'http' | 'https',
): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined
  return new Set(
    names.map((name) => {
      const authority = normalisedAuthority(name, scheme)
      if (authority === undefined)
        throw new UsageError('--authority must be a host name, with its port.')
      return authority
    }),
  )
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        cert: { type: 'string' },
        trust: { type: 'string', multiple: true, default: [] },
        intermediate: { type: 'string', multiple: true, default: [] },
        crl: { type: 'string', multiple: true, default: [] },
        at: { type: 'string' },
        scheme: { type: 'string', default: 'http' },
        authority: { type: 'string', multiple: true, default: [] },
        body: { type: 'string' },
        base: { type: 'string' },
        request: { type: 'string' },
        'reply-of': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${explainUsage}`)
  }
}
