import { generateKeyPairSync } from 'node:crypto'
import { posix } from 'node:path'
import 'reflect-metadata'
import type { Declaration } from '../../src/registry/declaration/declaration.js'
import type { ContractReading } from '../../src/registry/contract.js'
import { ProblemList } from '../../src/registry/declaration/problem.js'
import {
  contractFolders,
  resolveContracts,
} from '../../src/registry/declaration/resolve-contracts.js'
import { readDeclaration } from '../../src/registry/declaration/read-declaration.js'
import { planChanges } from '../../src/registry/plan/plan-changes.js'
import type { Plan } from '../../src/registry/plan/plan.js'
import { emptyRegistry, type RegistryContent } from '../../src/registry/registry-content.js'
import { makeAuthority, makeRsaPssKeyPair, makeShortRsaKeyPair } from './pki.js'

/** A declaration with one of everything; its files are made by `makeSampleFiles`. */
export const sampleDeclaration = `instance: AZ
domains: [{ code: PORTAL, status: active }]
authorities:
  - { name: Kök, file: ca.pem, role: anchor, revocation: crl, crl: root.crl, status: accepted }
members:
  - class: GOV
    code: VN
    name: { az: Vergilər Nazirliyi, en: Ministry of Taxes }
    subsystems:
      - code: VERGI
        domain: PORTAL
        name: { az: Vergi sistemi, en: Tax system }
        certificates: [{ file: system.pem, status: active }]
        services:
          - code: voenTap
            version: v1
            default: true
            protocol: rest
            address: http://10.1.2.3:9101/voen
            modes: [body, user]
            idempotent: true
            limits: { timeLimitMs: 5000, requestBytesMax: 52428800 }
            deprecatedFrom: 2027-01-01
  - class: GOV
    code: DIM
    name: { az: Portal, en: Portal }
    subsystems:
      - { code: PORTAL, domain: PORTAL, name: { az: P, en: P }, certificates: [{ file: other.der }], replySignature: rsa }
accessRights:
  - consumer: AZ/GOV/DIM/PORTAL
    service: AZ/GOV/VN/VERGI/voenTap/v1
    legalBasis: Vergi Məcəlləsi, maddə 30
    purpose: VÖEN yoxlanışı
    from: 2026-01-01
    until: 2027-01-01T00:00:00+04:00
    modes: [user]
`

/** Files by the names that declarations in tests use. */
export async function makeSampleFiles(): Promise<Map<string, Uint8Array>> {
  const authority = await makeAuthority('Root')
  const weak = await authority.issue({ keyPair: makeShortRsaKeyPair() })
  const pss = await authority.issue({ keyPair: makeRsaPssKeyPair() })
  const { privateKey } = generateKeyPairSync('ed25519')
  return new Map<string, Uint8Array>([
    ['ca.pem', Buffer.from(authority.pem)],
    ['root.crl', await authority.revocationList()],
    ['system.pem', Buffer.from((await authority.issue()).pem)],
    ['other.der', (await authority.issue()).der],
    ['expired.pem', Buffer.from((await authority.issue({ notAfter: new Date() })).pem)],
    ['weak.pem', Buffer.from(weak.pem)],
    ['pss.pem', Buffer.from(pss.pem)],
    ['two.pem', Buffer.from(authority.pem + authority.pem)],
    ['trailing.der', Buffer.concat([authority.der, Buffer.from([0])])],
    ['key.pem', Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }))],
    ['junk.pem', Buffer.from('junk')],
  ])
}

export interface ReadSample {
  readonly declaration: Declaration | undefined
  readonly problems: ProblemList
}

export function readSample(
  text: string | Uint8Array,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): ReadSample {
  const problems = new ProblemList()
  const declaration = readDeclaration(typeof text === 'string' ? Buffer.from(text) : text, {
    file: 'bus.yaml',
    problems,
    resolvePath: (path) => posix.resolve('/registry', path),
    readFile: (path) => {
      const bytes = files.get(path)
      if (!bytes) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return bytes
    },
  })
  return { declaration, problems }
}

/** Folders by their last part: `v1` is good, as those of messages are, `strict` and `lenient` say levels, all else has a flaw. */
function readSampleContract(folder: string): ContractReading {
  const name = posix.basename(folder)
  const level = {
    v1: 'block',
    messages: 'block',
    'messages-one-way': 'block',
    strict: 'block',
    lenient: 'report',
    common: 'block',
    'other-common': 'block',
  } as const
  if (!(name in level)) {
    return { flaws: [{ place: 'service.wsdl:3', problem: 'rpc/encoded is not supported' }] }
  }
  const digest = name.padEnd(43, '-')
  const request = level[name as keyof typeof level]
  return {
    facts: {
      digest,
      files: Buffer.from(folder),
      service: serviceOf(name),
      protocols: name.startsWith('messages') ? ['rest', 'mq'] : ['rest'],
      pattern: name === 'messages-one-way' ? 'one-way' : 'request-reply',
      validation: { request, reply: request },
    },
  }
}

/** Those that are common are of any subsystem's service. */
function serviceOf(name: string): string {
  if (name === 'common') return '*/voenTap/v1'
  return name === 'other-common' ? '*/sened/v1' : 'AZ/GOV/VN/VERGI/voenTap/v1'
}

/** What applying a declaration to a registry would do. */
export function planSample(
  text: string,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
  content: RegistryContent = emptyRegistry,
): Plan {
  const { declaration, problems } = readSample(text, files)
  const declarations = declaration ? [declaration] : []
  const folders = [...contractFolders(declarations)]
  const readings = new Map(folders.map((folder) => [folder, readSampleContract(folder)]))
  const resolved = declarations.map((each) => resolveContracts(each, readings))
  return planChanges(content, resolved, problems, new Date())
}

/** What is wrong, one line a problem: `12:5 field: problem`. */
export function flawsOf({ problems }: Plan): string[] {
  return problems.map(
    ({ line, column, field, problem }) => `${line}:${column} ${field}: ${problem}`,
  )
}
