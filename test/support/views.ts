import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseServiceId, type ServiceId } from '../../src/exchange/identifier.js'
import type { HttpReplyContent } from '../../src/exchange/http-content.js'
import type { VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import { MappingError } from '../../src/mediation/mapping-problem.js'
import { readOpenApi } from '../../src/openapi/read-openapi.js'
import { restServiceInSoap, type RestServiceInSoap } from '../../src/views/rest-service.js'
import { filesOf } from './openapi-samples.js'

export const voenTap = parseServiceId('AZ/GOV/VN/VERGI/voenTap/v1')
export const diplomMelumati = parseServiceId('AZ/GOV/TN/DIPLOM/diplomMelumati/v1')

/** A description in YAML as SOAP sees it. */
export async function faceOf(
  text: string,
  service: ServiceId = voenTap,
): Promise<RestServiceInSoap> {
  const description = await readOpenApi(filesOf(text), 'openapi.yaml')
  return restServiceInSoap(description, { service, isOneWay: false }, 'digest')
}

/** SC-04, step 1. */
export async function voenTapFace(): Promise<RestServiceInSoap> {
  return faceOf(sample('voen-tap'), voenTap)
}

/** SC-05. */
export async function diplomFace(): Promise<RestServiceInSoap> {
  return faceOf(sample('diplom-melumati'), diplomMelumati)
}

function sample(name: string): string {
  const folder = join(import.meta.dirname, '../contracts/views')
  return readFileSync(join(folder, `${name}.yaml`), 'utf8')
}

/** What keeps a description from having a face in SOAP. */
export async function refusalsOf(text: string): Promise<string[]> {
  try {
    await faceOf(text)
    return []
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    return error.problems.map(({ path, en }) => `${path}: ${en}`)
  }
}

/** A service that takes a JSON value of one schema with PUT and gives it back. */
export function echoOf(schema: unknown, schemas: unknown = {}): string {
  const content = { 'application/json': { schema } }
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Əks-səda', version: '1' },
    paths: {
      '/sorgu': {
        put: {
          operationId: 'eksSeda',
          requestBody: { required: true, content },
          responses: { 200: { description: 'Cavab', content } },
        },
      },
    },
    components: { schemas },
  })
}

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'

/** A SOAP request as trust hands it on, with no signature that anybody would look at here. */
export function soapRequest(body: string): VerifiedSoapRequest {
  return soapRequestOf(
    Buffer.from(`<S:Envelope xmlns:S="${soap}"><S:Body>${body}</S:Body></S:Envelope>`),
  )
}

/** The same of a whole envelope. */
export function soapRequestOf(envelope: Uint8Array): VerifiedSoapRequest {
  const request: Partial<VerifiedSoapRequest> = {
    format: 'soap',
    version: '1.1',
    envelope,
    attachments: [],
  }
  return request as VerifiedSoapRequest
}

export function httpReply(
  status: number,
  body: string,
  type = 'application/json',
): HttpReplyContent {
  return {
    format: 'http',
    status,
    rawHeaders: body === '' ? [] : ['Content-Type', type],
    payload: Buffer.from(body),
    head: () => new Uint8Array(),
  }
}

/** What stands in the Body of an envelope that the bus made. */
export function bodyIn(envelope: Uint8Array): string {
  return /<S:Body>(.*)<\/S:Body>/s.exec(Buffer.from(envelope).toString())?.[1] ?? ''
}
