import { parseArgs } from 'node:util'
import {
  IdentifierError,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
} from '../exchange/identifier.js'
import { UsageError } from './command-io.js'
import { mqOptions, readMqOptions, type MqSendOptions } from './send-mq-options.js'
import { readAssertionOptions, type AssertionOptions } from './send-assertion.js'
import { readSoapOptions, soapOptions, type SoapSendOptions } from './send-soap-options.js'

export const sendUsage = `Usage: sluice send --url URL --key FILE --cert FILE --bus-cert FILE --client ID --service ID [options]
       sluice send --mq request|message --key FILE --cert FILE --bus-cert FILE --client ID --service ID [options]

Signs a request as an agency's own system does, sends it through the bus, verifies the signature of
the bus over the answer, and prints status, exchange id and body.

  --url URL             where the bus's lane listens, such as http://127.0.0.1:8080
  --key FILE            private key of the system (PEM)
  --cert FILE           its certificate (PEM or DER)
  --bus-cert FILE       certificates with which the bus signs its answers, one after the other (repeatable)
  --bus-ca FILE         trust anchors, to one of which each certificate of the bus must chain
  --client ID           the system that asks, such as AZ/GOV/VN/SC
  --service ID          the service asked, such as AZ/GOV/DIN/GCQ/finAxtaris/v1 (version optional)
  --path PATH           what follows the service in the address, such as /axtar; SOAP: the whole path
  --query QUERY         query without "?", encoded already
  --method METHOD       GET by default, POST where there is --data
  --data TEXT|@FILE     body; @- is standard input. SOAP: the Body's one element, or an Envelope without Header
  --header 'N: V'       further header field (repeatable)
  --id ID               message id; a new one by default
  --mode body|user      on behalf of the agency or of a person
  --legal-basis TEXT    --purpose TEXT    --case NUMBER    --user ID    --domain NAME
  --assert JSON         in mode user: who the user is, such as '{"fin":"0TEST01"}', asserted with the same key
  --acr LEVEL           how the user proved that: code-password (default) or e-signature
  --soap 1.1|1.2        sends SOAP of this version, signed with WS-Security, to the SOAP lane
  --soap-action URI     SOAPAction (SOAP 1.1), or action of Content-Type (SOAP 1.2); none by default
  --attach FILE[;type=TYPE][;id=ID]   an attachment (repeatable): media type, application/octet-stream by
                        default, and Content-ID, attachment-1 and so on by default
  --mq request|message  sends through the system's exchange at the broker instead of to --url; prints the reply,
                        or the notices that come in time
  --broker URL          address that sluice mq user wrote; AMQP_URL by default, which other users of this
                        machine do not see
  --to ID               a further recipient of a message (repeatable)
  --wait SECONDS        how long a reply or notices are waited for; 30 by default
  --verbose             print what is sent and received

Exit code: 0 answered (2xx), or with every recipient, 1 refused or any other answer, 2 wrong usage, 3 the answer, or the receipt
that it brings, is not verifiably the bus's.`

export interface SendOptions {
  readonly url: string
  readonly keyFile: string
  readonly certificateFile: string
  readonly busCertificateFiles: readonly string[]
  readonly busAnchorFile: string | undefined
  readonly client: string
  readonly service: string
  readonly path: string
  readonly query: string | undefined
  readonly method: string
  readonly data: string | undefined
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly id: string | undefined
  /** Header fields of the envelope by name; free text, not yet encoded. */
  readonly envelope: readonly (readonly [name: string, value: string])[]
  /** Of a user; undefined for none. */
  readonly assertion: AssertionOptions | undefined
  /** Undefined for REST. */
  readonly soap: SoapSendOptions | undefined
  /** Undefined for what goes over HTTP. */
  readonly mq: MqSendOptions | undefined
  readonly verbose: boolean
}

const text = { type: 'string' } as const

const envelopeOptions = {
  mode: 'Sluice-Mode',
  domain: 'Sluice-Domain',
  purpose: 'Sluice-Purpose',
  'legal-basis': 'Sluice-Legal-Basis',
  case: 'X-Road-Issue',
  user: 'X-Road-UserId',
} as const

/** @throws UsageError */
export function readSendOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SendOptions | 'help' {
  const values = parsed(args)
  if (values.help) return 'help'
  const need = (name: 'url' | 'key' | 'cert' | 'client' | 'service'): string => {
    const value = values[name]
    if (value === undefined) throw new UsageError(`--${name} is missing.\n\n${sendUsage}`)
    return value
  }
  const envelope = Object.entries(envelopeOptions).flatMap(([option, name]) => {
    const value = values[option as keyof typeof envelopeOptions]
    return value === undefined ? [] : [[name, value] as const]
  })
  const mq = readMqOptions(values, (service) => identifier(service, parseService), environment)
  return {
    url: mq ? '' : busUrl(need('url')),
    keyFile: need('key'),
    certificateFile: need('cert'),
    busCertificateFiles: busCertificates(values['bus-cert']),
    busAnchorFile: values['bus-ca'],
    client: identifier(need('client'), parseSubsystemId),
    service: identifier(need('service'), parseService),
    path: pathOf(values.path ?? ''),
    query: values.query,
    method: methodOf(values.method ?? (values.data === undefined ? 'GET' : 'POST')),
    data: values.data,
    headers: values.header.map(headerOf),
    id: values.id,
    envelope,
    assertion: readAssertionOptions(values),
    soap: readSoapOptions(values),
    mq,
    verbose: values.verbose,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: text,
        key: text,
        cert: text,
        'bus-cert': { type: 'string', multiple: true, default: [] },
        'bus-ca': text,
        client: text,
        service: text,
        path: text,
        query: text,
        method: text,
        data: text,
        header: { type: 'string', multiple: true, default: [] },
        id: text,
        mode: text,
        domain: text,
        purpose: text,
        'legal-basis': text,
        case: text,
        user: text,
        assert: text,
        acr: text,
        ...soapOptions,
        ...mqOptions,
        verbose: { type: 'boolean', short: 'v', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${sendUsage}`)
  }
}

function busCertificates(files: readonly string[]): readonly string[] {
  if (files.length === 0) throw new UsageError(`--bus-cert is missing.\n\n${sendUsage}`)
  return files
}

function busUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new UsageError('--url must be the address of the bus, such as http://127.0.0.1:8080')
  }
  return url.origin
}

function identifier(value: string, parse: (value: string) => string): string {
  try {
    return parse(value)
  } catch (error) {
    if (error instanceof IdentifierError) throw new UsageError(`"${value}": ${error.message}`)
    throw error
  }
}

function parseService(value: string): string {
  return value.split('/').length === 5 ? parseServiceCode(value) : parseServiceId(value)
}

function pathOf(value: string): string {
  if (value === '' || /^\/[^?#\s]*$/.test(value)) return value
  throw new UsageError('--path must begin with "/" and hold no "?".')
}

function methodOf(value: string): string {
  if (/^[A-Z]+$/.test(value)) return value
  throw new UsageError('--method must be an HTTP method in capital letters.')
}

function headerOf(line: string): [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~]*)$/.exec(line)
  if (!match) throw new UsageError('--header must be "Name: value" in printable ASCII.')
  return [match[1] ?? '', match[2] ?? '']
}
