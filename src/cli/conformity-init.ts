import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { applicationTemplate, type TemplateTerms } from './conformity-template.js'

const usage = `Usage: sluice conformity init KIND OBJECT_ID [options] > application.yaml

Writes an application for connection with everything that is asked of a KIND (system, resource or service), explained
in Azerbaijani and English. What is left empty has to be filled in: sluice conformity run names every such place.

  --domain CODE       the exchange domain; PORTAL without it
  --protocol rest|soap|mq
  --address ADDRESS   of a service: its protocol, and where it is
  --request FILE      of a system: its certificate request (PKCS #10, PEM), which is put in

Exit code: 0 written, 2 wrong use.`

const segments = { system: 4, resource: 4, service: 6 } as const

/** `sluice conformity init …`. @returns exit code */
export function conformityInit(args: readonly string[], io: FileCommandIo): Promise<number> {
  return withUsage(io, usage, async () => {
    const { values, positionals } = parsedOptions(
      args,
      {
        allowPositionals: true,
        options: {
          domain: { type: 'string', default: 'PORTAL' },
          protocol: { type: 'string', default: 'rest' },
          address: { type: 'string' },
          request: { type: 'string' },
          help: { type: 'boolean', short: 'h', default: false },
        },
      },
      usage,
    )
    if (values.help) return 'help'
    const { domain, protocol, address, request } = values
    const [kind, objectId, ...others] = positionals
    if (kind !== 'system' && kind !== 'resource' && kind !== 'service') {
      throw wrongUse('KIND is system, resource or service.', usage)
    }
    checkId(kind, objectId, others)
    if (protocol !== 'rest' && protocol !== 'soap' && protocol !== 'mq') {
      throw wrongUse('--protocol is rest, soap or mq.', usage)
    }
    const pem = request === undefined ? undefined : await requestIn(request, io)
    const terms: TemplateTerms = { kind, objectId, domain, protocol, address, request: pem }
    for (const line of applicationTemplate(terms)) io.out(line)
    return 0
  })
}

/** @throws UsageError */
function checkId(
  kind: keyof typeof segments,
  objectId: string | undefined,
  others: readonly string[],
): asserts objectId is string {
  const isOne = objectId?.split('/').length === segments[kind] && others.length === 0
  if (isOne && /^[^\p{Cc}\s'":#]+$/u.test(objectId)) return
  const sample = kind === 'service' ? 'AZ/GOV/NN/DASIMA/xett/v1' : 'AZ/GOV/NN/DASIMA'
  throw wrongUse(`OBJECT_ID of a ${kind} is such as ${sample}.`, usage)
}

/** @throws UsageError */
async function requestIn(file: string, io: FileCommandIo): Promise<string> {
  const text = (await readInput(file, io)).toString('utf8')
  const pem =
    /-----BEGIN CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----/
  const [found] = pem.exec(text) ?? []
  if (found !== undefined) return found
  throw new UsageError(`${file}: no certificate request in PEM is in this file`)
}
