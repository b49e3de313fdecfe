import { parsedOptions, wrongUse } from './command-usage.js'

export const usage = `Usage: sluice conformity run APPLICATION [options]

Checks what an application for connection says and has, by the technical requirements (TT-01 …) and with the probes
that the operator's desk uses. APPLICATION is YAML or JSON (docs/conformity.md); a contract that it names is a folder,
relative to it. Test calls go to the declared endpoint alone. No bus is asked but the one that --bus names.

  --bus URL         admin API of the bus, such as https://host:8084: the requirements in force are taken from there
                    and, with a session's token in SLUICE_TOKEN, what its registry says of data objects (TT-07, TT-08)
  --requirements FILE|URL
                    a version of the requirements as GET /v1/requirement-sets/N gives it

  --allow NETWORK   a network that is not public where the endpoint may be, such as 10.20.0.0/16 (repeatable)
  --ca FILE         authorities (PEM) that the endpoint's TLS certificate is believed by; the usual ones without it
  --plain-http      let an endpoint without TLS be called; TT-02 warns of it
  --key FILE        with --cert: the key that signs the test calls; a throw-away one without it
  --cert FILE       its certificate
  --out FILE        write the protocol as JSON, to be attached to the application
  --lang az|en      language of what is said; English without it
  --json            print the protocol as JSON, in both languages

Exit code: 0 nothing fails, 1 something fails, 2 wrong use, or no application.`

export interface ConformityOptions {
  readonly application: string
  /** Address of an admin API, and file or address of a requirement set. */
  readonly bus: string | undefined
  readonly requirements: string | undefined
  readonly allow: readonly string[]
  readonly authoritiesFile: string | undefined
  readonly plainHttp: boolean
  /** Undefined for a throw-away identity. */
  readonly identity: { readonly keyFile: string; readonly certificateFile: string } | undefined
  readonly out: string | undefined
  readonly language: 'az' | 'en'
  readonly json: boolean
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): ConformityOptions | 'help' {
  const { values, positionals } = parsedOptions(
    args,
    {
      allowPositionals: true,
      options: {
        bus: { type: 'string' },
        requirements: { type: 'string' },
        allow: { type: 'string', multiple: true, default: [] },
        ca: { type: 'string' },
        'plain-http': { type: 'boolean', default: false },
        key: { type: 'string' },
        cert: { type: 'string' },
        out: { type: 'string' },
        lang: { type: 'string', default: 'en' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    usage,
  )
  if (values.help) return 'help'
  const [application, ...others] = positionals
  if (application === undefined || others.length > 0) throw wrongUse('Name one APPLICATION.', usage)
  const { lang, key, cert } = values
  if (lang !== 'az' && lang !== 'en') throw wrongUse('--lang is az or en.', usage)
  if ((key === undefined) !== (cert === undefined)) {
    throw wrongUse('--key and --cert go together.', usage)
  }
  return {
    ...{ bus: values.bus, requirements: values.requirements },
    ...{ application, allow: values.allow, authoritiesFile: values.ca },
    ...{ plainHttp: values['plain-http'], out: values.out, language: lang, json: values.json },
    identity: key === undefined || cert === undefined ? undefined : identityOf(key, cert),
  }
}

function identityOf(keyFile: string, certificateFile: string): ConformityOptions['identity'] {
  return { keyFile, certificateFile }
}
