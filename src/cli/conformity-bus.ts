import { request } from 'undici'
import { z } from 'zod'
import type { HeldDataObject, RegistryLookUps } from '../conformity/conformity-tools.js'
import { firstRequirementSet } from '../conformity/first-requirements.js'
import { readRequirementSet } from '../conformity/read-requirement-set.js'
import type { RequirementSet } from '../conformity/requirement.js'
import { kitAnswerBytesMax, kitAnswerMsMax, kitCodesAskedMax } from '../limits/command-line.js'
import { folded } from '../registry/folded.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'

/** What an applicant is held to, and where that was taken from; undefined for what this program was built with. */
export interface HeldTo {
  readonly set: RequirementSet
  readonly from: string | undefined
}

interface Where {
  readonly requirements: string | undefined
  readonly bus: string | undefined
}

/** @throws UsageError where there is none at that place */
export async function requirementsAt(
  { requirements, bus }: Where,
  io: FileCommandIo,
): Promise<HeldTo> {
  const from = requirements ?? (bus && `${busOf(bus)}/v1/requirement-sets/in-force`)
  if (from === undefined) return { set: firstRequirementSet, from }
  const isAddress = /^https?:\/\//.test(from)
  const set = readRequirementSet(isAddress ? await found(from) : await readInput(from, io))
  if (typeof set !== 'string') return { set, from }
  throw new UsageError(`${from}: it is no version of the requirements: ${set}`)
}

/**
 * What the registry of a bus knows, asked under the applicant's login.
 * @param token - of a session
 * @throws UsageError where the token would be sent in clear to another machine
 */
export function registryAt(bus: string, token: string): RegistryLookUps {
  const base = busOf(bus)
  const { protocol, hostname } = new URL(base)
  if (protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
    throw new UsageError(`--bus ${bus}: a login is sent over TLS only.`)
  }
  const holders = (codes: readonly string[]) => holdersOf(base, token, codes)
  return {
    async findDuplicates({ dataObjects, objectId, member }) {
      const held = await holders(dataObjects)
      return held
        .filter(({ resource, owner }) => resource !== objectId && owner !== member)
        .map(heldObject)
    },
    async asksForHeld({ asksFor }) {
      const held = await holders(asksFor)
      return held
        .filter(({ asked, identifiers }) => {
          return !identifiers.some((each) => folded(each) === folded(asked))
        })
        .map(heldObject)
    },
    async hasPersonalDataEntry({ objectId }) {
      const path = `${base}/v1/personal-data-systems/${encodeURIComponent(objectId)}`
      const { status, body } = await asked(path, token)
      if (status === 404) return false
      return shaped(path, entrySchema, jsonOf(path, status, body)).status === 'active'
    },
  }
}

const word = z.string()
const holderSchema = z.object({
  ...{ asked: word, resource: word, owner: word },
  identifiers: z.array(word),
})
const holdersSchema = z.object({ items: z.array(holderSchema) })
const entrySchema = z.object({ status: word })
type Holder = z.infer<typeof holderSchema>

const heldObject = ({ asked, resource }: Holder): HeldDataObject => ({ code: asked, resource })

async function holdersOf(base: string, token: string, codes: readonly string[]): Promise<Holder[]> {
  if (codes.some((code) => code.includes(','))) {
    throw new UsageError('A data object whose code has a comma cannot be looked up at the bus.')
  }
  const holders: Holder[] = []
  for (let at = 0; at < codes.length; at += kitCodesAskedMax) {
    const some = encodeURIComponent(codes.slice(at, at + kitCodesAskedMax).join(','))
    const path = `${base}/v1/data-objects/holders?codes=${some}`
    const { status, body } = await asked(path, token)
    holders.push(...shaped(path, holdersSchema, jsonOf(path, status, body)).items)
  }
  return holders
}

function busOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError('--bus is the address of a bus’s admin API, such as https://host:8084.')
  }
  return new URL(text).origin
}

function jsonOf(address: string, status: number, body: Buffer): unknown {
  if (status === 200) return parsed(body)
  const why = status === 401 ? ': SLUICE_TOKEN is no session’s token, or it is over' : ''
  throw new UsageError(`${address}: it answers ${status}${why}`)
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** @throws UsageError for what no bus answers: whoever stands at the address, it is none of the applicant's failures */
function shaped<Shape extends z.ZodType>(
  address: string,
  shape: Shape,
  value: unknown,
): z.infer<Shape> {
  const { data, success } = shape.safeParse(value)
  if (success) return data
  throw new UsageError(`${address}: this is not how a bus answers`)
}

async function found(address: string): Promise<Buffer> {
  const { status, body } = await asked(address)
  if (status === 200) return body
  throw new UsageError(`${address}: it answers ${status}`)
}

async function asked(
  address: string,
  token?: string,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  try {
    const { statusCode, body } = await request(address, {
      headers: [
        'accept',
        'application/json',
        ...(token ? ['authorization', `Bearer ${token}`] : []),
      ],
      signal: AbortSignal.timeout(kitAnswerMsMax),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > kitAnswerBytesMax) throw new Error(`more than ${kitAnswerBytesMax} bytes`)
      chunks.push(chunk)
    }
    return { status: statusCode, body: Buffer.concat(chunks) }
  } catch (error) {
    throw new UsageError(`${address}: it cannot be asked (${(error as Error).message})`)
  }
}
