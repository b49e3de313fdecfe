import type { SoapVersion } from '../exchange/soap-content.js'
import { UsageError } from './command-io.js'

/** What of the options is SOAP's alone. */
export interface SoapSendOptions {
  readonly version: SoapVersion
  /** Empty for none. */
  readonly action: string
  readonly attachments: readonly AttachmentOption[]
  readonly terms: EnvelopeTerms
}

/** What the envelope says beside who asks what. */
export interface EnvelopeTerms {
  readonly userId: string | undefined
  /** Case number. */
  readonly issue: string | undefined
  readonly domain: string | undefined
  readonly mode: string | undefined
  readonly purpose: string | undefined
  readonly legalBasis: string | undefined
}

export interface AttachmentOption {
  readonly file: string
  readonly mediaType: string
  readonly contentId: string
}

/** For `parseArgs`. */
export const soapOptions = {
  soap: { type: 'string' },
  'soap-action': { type: 'string' },
  attach: { type: 'string', multiple: true, default: [] as string[] },
} as const

type Values = Readonly<
  Partial<
    Record<
      | 'soap'
      | 'soap-action'
      | 'user'
      | 'case'
      | 'domain'
      | 'mode'
      | 'purpose'
      | 'legal-basis'
      | 'method'
      | 'query'
      | 'data',
      string
    >
  >
> & { readonly attach: readonly string[] }

/** @throws UsageError for options that do not go together */
export function readSoapOptions(values: Values): SoapSendOptions | undefined {
  const { soap: version, attach } = values
  if (version === undefined) {
    if (values['soap-action'] !== undefined || attach.length > 0) {
      throw new UsageError('--soap-action and --attach belong to --soap 1.1 or --soap 1.2.')
    }
    return undefined
  }
  if (version !== '1.1' && version !== '1.2') throw new UsageError('--soap must be 1.1 or 1.2.')
  if (values.method !== undefined || values.query !== undefined) {
    throw new UsageError('--method and --query belong to REST: SOAP is sent with POST to --path.')
  }
  if (values.data === undefined) throw new UsageError('--data is missing: SOAP always has a Body.')
  return {
    version,
    action: actionOf(values['soap-action'] ?? ''),
    attachments: attach.map(attachmentOption),
    terms: {
      userId: values.user,
      issue: values.case,
      domain: values.domain,
      mode: values.mode,
      purpose: values.purpose,
      legalBasis: values['legal-basis'],
    },
  }
}

function actionOf(action: string): string {
  if (/^[!#-~]*$/.test(action)) return action
  throw new UsageError('--soap-action must be a URI, without blanks and quotation marks.')
}

/** `FILE;type=TYPE;id=ID`, as curl writes its parts. */
function attachmentOption(text: string, index: number): AttachmentOption {
  const [file = '', ...settings] = text.split(';')
  const found = {
    file,
    mediaType: 'application/octet-stream',
    contentId: `attachment-${index + 1}`,
  }
  for (const setting of settings) {
    const [, name, value = ''] = /^(type|id)=(.+)$/.exec(setting) ?? []
    if (name === 'type') found.mediaType = value
    else if (name === 'id') found.contentId = value
    else throw new UsageError(`--attach "${text}": after the file come ;type=TYPE and ;id=ID.`)
  }
  if (!/^[!-;=?-~]+$/.test(found.contentId)) {
    throw new UsageError(`--attach "${text}": id must be printable ASCII without angle brackets.`)
  }
  return found
}
