import { z } from 'zod'
import {
  IdentifierError,
  isSegment,
  parseMemberId,
  parseServiceId,
  parseSubsystemId,
} from '../exchange/identifier.js'
import { applicationLimits } from './limits.js'
import { objectKinds } from './requirement.js'

const { lineCharsMax, textCharsMax, listedMax, codeCharsMax } = applicationLimits

/** Control characters belong in no text of a form; a text of several lines has line ends and tabs. */
const plain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text)
const lines = (text: string): boolean =>
  text.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(text) && text.trim() !== ''

const noControls = { params: { az: 'idarəedici simvol ola bilməz', en: 'has a control character' } }
const someText = {
  params: {
    az: 'mətn olmalıdır, idarəedici simvolsuz',
    en: 'must be a text without control characters',
  },
}

const line = z.string().trim().min(1).max(lineCharsMax).refine(plain, noControls)
const text = z.string().min(1).max(textCharsMax).refine(lines, someText)
const code = z.string().trim().min(1).max(codeCharsMax).refine(plain, noControls)
const codes = z.array(code).max(listedMax)
const pem = z.string().min(1).max(applicationLimits.pemCharsMax).refine(lines, someText)
const bilingual = z.strictObject({ az: line, en: line })

const contact = z
  .strictObject({
    name: line,
    post: line,
    email: z.email().max(254),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[0-9][0-9 ()-]{4,29}$/),
  })
  .meta({ id: 'ApplicationContact', description: 'A person who can be asked' })

const probeRequest = z
  .strictObject({
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    target: z
      .string()
      .max(applicationLimits.targetCharsMax)
      .regex(/^(\/([!-.0-~][!-~]*)?)?(\?[!-~]*)?$/)
      .optional(),
    body: z.string().max(applicationLimits.probeBodyCharsMax).refine(isText, someText).optional(),
  })
  .meta({ id: 'ProbeRequest', description: 'A request that the check sends to the endpoint' })

function isText(body: string): boolean {
  return body === '' || lines(body)
}

const probes = z
  .strictObject({
    good: probeRequest,
    bad: probeRequest,
    echo: z.strictObject({ request: probeRequest, text: line }).optional(),
  })
  .meta({ id: 'ServiceProbes' })

const members = {
  kind: z.enum(objectKinds),
  member: z.string().refine(isMember, {
    params: { az: 'AZ/GOV/DIN kimi identifikator olmalıdır', en: 'must be as AZ/GOV/DIN is' },
  }),
  domain: z
    .string()
    .max(100)
    .refine(isSegment, {
      params: { az: 'domen kodu ola bilməz', en: 'cannot be the code of a domain' },
    }),
  objectId: z.string().trim().min(1).max(600),
  name: bilingual,
  declaration: z.record(z.string().max(codeCharsMax), z.unknown()),
  certificateRequest: pem.optional(),
  contract: z.string().min(1).max(lineCharsMax).refine(plain, noControls).optional(),
  probes: probes.optional(),
  regulation: z
    .strictObject({
      title: line,
      reference: line,
      answerMsMax: z.int().min(1).max(applicationLimits.answerMsMax),
    })
    .optional(),
  personalData: z
    .strictObject({ purpose: text, categories: codes.min(1), legalBasis: line })
    .optional(),
  dataObjects: codes.default([]),
  asksFor: codes.default([]),
  duplicateReason: text.optional(),
  softwareStatement: text.optional(),
  securityStatement: text.optional(),
  responsible: contact.optional(),
  technical: contact.optional(),
  hosting: z.strictObject({ place: z.enum(['data-centre', 'own']), address: line }).optional(),
  ownCheck: z.string().max(applicationLimits.ownCheckCharsMax).refine(isText, someText).optional(),
}

/** An application as a file says it, or the body of a request. */
export const applicationSchema = z
  .strictObject(members)
  .superRefine((given, context) => {
    const trouble = objectTrouble(given)
    if (trouble) context.addIssue({ code: 'custom', path: ['objectId'], params: trouble })
  })
  .meta({ id: 'ConnectionApplication', description: 'What a participant says of its object' })
export type ApplicationInput = z.infer<typeof applicationSchema>

function isMember(given: string): boolean {
  try {
    return parseMemberId(given) === given
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    return false
  }
}

/** Whether an object can be called so. Whose it is, the desk knows: a name stays where the owner has changed. */
function objectTrouble({
  kind,
  objectId,
}: {
  readonly kind: string
  readonly objectId: string
}): { az: string; en: string } | undefined {
  if (isNamed(kind, objectId)) return undefined
  return {
    az: `bu növ obyektin identifikatoru belə ola bilməz: ${examples[kind] ?? ''}`,
    en: `is no identifier of such an object, as ${examples[kind] ?? ''} is`,
  }
}

const examples: Readonly<Record<string, string>> = {
  system: 'AZ/GOV/DIN/GCQ',
  resource: 'AZ/GOV/DIN/ehali-reyestri',
  service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
}

function isNamed(kind: string, objectId: string): boolean {
  try {
    // A resource is named as a system is: by its owner, and a name of its own.
    if (kind === 'service') parseServiceId(objectId)
    else parseSubsystemId(objectId)
    return true
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    return false
  }
}
