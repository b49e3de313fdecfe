import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import type { TestIdentity } from './pki.js'
import type { AnswerOf, ArrivedDelivery } from './whole-bus-provider.js'
import type { Rewrite } from './rewriting-proxy.js'

/** What a client of docs/connect-soap said. */
export interface SaidClient {
  /** 0 answered, 1 refused, 2 the answer was not accepted. */
  readonly exitCode: number
  readonly said: Readonly<Record<string, string>>
  readonly errors: string
}

export const surname = 'Şükürlü-Əzizağayeva «Günəş»'

/** What the provider of fin-axtaris.wsdl answers: what it was asked. */
export function finEnvelope({ payload }: ArrivedDelivery, more = ''): Buffer {
  const [, asked = ''] = /:?soyad[^>]*>([^<]*)</.exec(payload.toString('utf8')) ?? []
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
      '<finAxtarisResponse xmlns="urn:example:din:gcq:v1"><fin>5XY7K2A</fin>' +
      `<adSoyad>Əli ${asked}</adSoyad>${more}</finAxtarisResponse></s:Body></s:Envelope>`,
  )
}

export const finAnswer: AnswerOf = (delivery) => ({
  headers: { 'Content-Type': 'text/xml; charset=utf-8' },
  payload: finEnvelope(delivery),
})

/** A folder as an agency's system has it. */
export async function writeClientFolder(
  folder: string,
  { privateKey, pem }: TestIdentity,
  busCertificates: string,
  busAuthority: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'key.pem'), privateKeyPem(privateKey))
  await writeFile(join(folder, 'certificate.pem'), pem)
  await writeFile(join(folder, 'bus-certificate.pem'), busCertificates)
  await writeFile(join(folder, 'bus-ca.pem'), busAuthority)
}

/** Runs a client's program to its end. */
export function runClient(
  command: readonly string[],
  args: readonly string[],
): Promise<SaidClient> {
  const [program = '', ...own] = command
  return new Promise((resolve, reject) => {
    execFile(program, [...own, ...args], { timeout: 25_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code !== 'number') {
        reject(error ?? new Error('not run'))
        return
      }
      const isJson = stdout.startsWith('{')
      const said = (isJson ? JSON.parse(stdout) : {}) as SaidClient['said']
      resolve({ exitCode: code, said, errors: isJson ? stderr : stdout + stderr })
    })
  })
}

/** UTF-8 as a proxy sees it. */
const octets = (text: string): string => Buffer.from(text).toString('latin1')

export const replacing =
  (from: string, to: string): Rewrite =>
  (message) =>
    message.replace(octets(from), () => octets(to))

/** Changes one bit in the middle of these bytes. */
export function flipped(content: Buffer): Rewrite {
  const at = content.length >> 1
  const changed = Buffer.from(content)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return (message) => message.replace(content.toString('latin1'), () => changed.toString('latin1'))
}

/** Moves the signed Body where nobody looks for it, and puts another in its place. */
export const wrapped: Rewrite = (message) => {
  const body = /<s:Body[ >].*<\/s:Body>/s.exec(message)?.[0] ?? ''
  const other = body.replace(/ wsu:Id="[^"]*"/, '').replace(octets('Əli'), octets('Vəli'))
  return message
    .replace(body, '')
    .replace('</s:Header>', `<w:w xmlns:w="urn:w">${body}</w:w></s:Header>${other}`)
}

/** The same, with the Id on both. */
export const wrappedTwice: Rewrite = (message) => {
  const body = /<s:Body[ >].*<\/s:Body>/s.exec(message)?.[0] ?? ''
  const other = body.replace(octets('Əli'), octets('Vəli'))
  return message
    .replace(body, '')
    .replace('</s:Header>', `<w:w xmlns:w="urn:w">${body}</w:w></s:Header>${other}`)
}

export const unsigned: Rewrite = (message) =>
  message.replace(/<ds:Signature[ >].*<\/ds:Signature>/s, '')
