import { beforeAll, describe, expect, it } from '@jest/globals'
import 'reflect-metadata'
import {
  flawsOf,
  makeSampleFiles,
  planSample,
  readSample,
  sampleDeclaration,
} from '../../../test/support/declaration-samples.js'
import { ProblemList } from './problem.js'
import { readDeclarationFile } from './read-declaration.js'

let files: ReadonlyMap<string, Uint8Array>

beforeAll(async () => {
  files = await makeSampleFiles()
})

const flaws = (text: string): string[] => flawsOf(planSample(text, files))

describe('a bad declaration is refused with line, column and field', () => {
  const service = '          - code: voenTap\n'
  const change = (from: string, to: string): string => {
    expect(sampleDeclaration).toContain(from)
    return sampleDeclaration.replace(from, to)
  }

  it.each<[string, () => string, string[]]>([
    [
      'unknown key',
      () => change('            idempotent: true', '            idempotnet: true'),
      ['21:13 members[0].subsystems[0].services[0].idempotnet: is not a known field'],
    ],
    [
      'key given twice',
      () => change('protocol: rest', 'version: v2'),
      [
        '15:13 members[0].subsystems[0].services[0]: must have protocol',
        '18:13 members[0].subsystems[0].services[0].version: is given twice',
      ],
    ],
    [
      'wrong status',
      () => change('code: PORTAL, status: active', 'code: PORTAL, status: Active'),
      ['2:35 domains[0].status: is not one of the values allowed here'],
    ],
    [
      'a code of a domain that makes too long a name of its log',
      () => `instance: AZ\ndomains: [{ code: ${'Ə'.repeat(34)}, status: active }]\n`,
      ['2:19 domains[0].code: cannot be the code of a domain'],
    ],
    [
      'an action with quotation marks',
      () => change('            idempotent: true', `            soap: { action: '"urn:x"' }`),
      ['21:29 members[0].subsystems[0].services[0].soap.action: is no action'],
    ],
    [
      'a key that no message can be signed with',
      () => change('file: system.pem', 'file: pss.pem'),
      [
        '13:32 members[0].subsystems[0].certificates[0].file: has an RSA key for RSASSA-PSS only (id-RSASSA-PSS), with which no message can be signed',
      ],
    ],
    [
      'a key for replies that is none',
      () => change('replySignature: rsa', 'replySignature: rsa-pss'),
      ['28:118 members[1].subsystems[0].replySignature: is not one of the values allowed here'],
    ],
    [
      'member class',
      () => change('class: GOV', 'class: NGO'),
      ['6:12 members[0].class: is not one of the values allowed here'],
    ],
    [
      'version',
      () => change('version: v1', 'version: 1'),
      ['16:22 members[0].subsystems[0].services[0].version: is no version'],
    ],
    [
      'limit above its cap',
      () => change('requestBytesMax: 52428800', 'requestBytesMax: 999999999'),
      [
        '22:59 members[0].subsystems[0].services[0].limits.requestBytesMax: must be a whole number within its limits',
      ],
    ],
    [
      'limit that is no number',
      () => change('timeLimitMs: 5000', 'timeLimitMs: 5s'),
      [
        '22:36 members[0].subsystems[0].services[0].limits.timeLimitMs: must be a whole number within its limits',
      ],
    ],
    [
      'secret service (R-018)',
      () => change(service, `${service}            classification: secret\n`),
      [
        '16:29 members[0].subsystems[0].services[0].classification: is above what the bus may carry',
      ],
    ],
    [
      'address of another scheme',
      () => change('http://10.1.2.3:9101/voen', 'file:///etc/passwd'),
      ['19:22 members[0].subsystems[0].services[0].address: is no address'],
    ],
    [
      'address with a password',
      () => change('http://10.1', 'http://a:b@10.1'),
      ['19:22 members[0].subsystems[0].services[0].address: holds a user name or password'],
    ],
    [
      'day that does not exist',
      () => change('from: 2026-01-01', 'from: 2026-02-30'),
      ['34:11 accessRights[0].from: is no date'],
    ],
    [
      'end before the beginning',
      () => change('until: 2027', 'until: 2025'),
      ['35:12 accessRights[0].until: is not after from'],
    ],
    [
      'mode that the service does not offer',
      () => change('modes: [body, user]', 'modes: [body]'),
      ['36:12 accessRights[0].modes: has no mode that the service offers'],
    ],
    [
      'consumer that is not there',
      () => change('consumer: AZ/GOV/DIM/PORTAL', 'consumer: AZ/GOV/DIM/X'),
      ['30:15 accessRights[0].consumer: AZ/GOV/DIM/X is not registered'],
    ],
    [
      'domain that is not there',
      () => change('domain: PORTAL\n', 'domain: SENED\n'),
      ['11:17 members[0].subsystems[0].domain: the domain SENED is not registered'],
    ],
    [
      'name in one language',
      () => change('{ az: Vergilər Nazirliyi, en: Ministry of Taxes }', '{ az: V }'),
      ['8:11 members[0].name: must be given in both languages'],
    ],
    [
      'file that is not there',
      () => change('file: system.pem', 'file: missing.pem'),
      ['13:32 members[0].subsystems[0].certificates[0].file: the file cannot be read (ENOENT)'],
    ],
    [
      'weak key (R-086)',
      () => change('file: system.pem', 'file: weak.pem'),
      [
        '13:32 members[0].subsystems[0].certificates[0].file: has an RSA key of 1024 bits, outside 2048 to 8192',
      ],
    ],
    [
      'two certificates in one file',
      () => change('file: system.pem', 'file: two.pem'),
      ['13:32 members[0].subsystems[0].certificates[0].file: holds 2 certificates instead of one'],
    ],
    [
      'bytes after the certificate',
      () => change('file: system.pem', 'file: trailing.der'),
      ['13:32 members[0].subsystems[0].certificates[0].file: is not in strict DER'],
    ],
    [
      'private key',
      () => change('file: system.pem', 'file: key.pem'),
      [
        '13:32 members[0].subsystems[0].certificates[0].file: holds a private key, which the registry must never see',
      ],
    ],
    [
      'no certificate',
      () => change('file: system.pem', 'file: junk.pem'),
      ['13:32 members[0].subsystems[0].certificates[0].file: is not an X.509 certificate'],
    ],
    [
      'authority that is none',
      () => change('file: ca.pem', 'file: system.pem'),
      ['4:24 authorities[0].file: is not the certificate of an authority'],
    ],
    [
      'certificate of two systems (R-081)',
      () => change('file: other.der', 'file: system.pem'),
      ['28:80 members[1].subsystems[0].certificates[0]: THUMB is declared a second time'],
    ],
    [
      'maintenance without end',
      () => change(service, `${service}            status: maintenance\n`),
      ['15:13 members[0].subsystems[0].services[0]: must have until'],
    ],
    [
      'no source of revocations',
      () => change('crl: root.crl, ', ''),
      ['4:5 authorities[0]: must have crl'],
    ],
    [
      'no responder',
      () => change('revocation: crl, crl: root.crl, ', 'revocation: ocsp, '),
      ['4:5 authorities[0]: must have ocsp'],
    ],
    [
      'responder that is none',
      () => change('revocation: crl, crl: root.crl, ', 'revocation: ocsp, ocsp: root.crl, '),
      [
        '4:5 authorities[0]: must have ocsp',
        '4:70 authorities[0].ocsp: is no address of an OCSP responder',
      ],
    ],
    [
      'list and responder',
      () => change('crl: root.crl, ', 'crl: root.crl, ocsp: "http://a.az/", unreachable: accept, '),
      [
        '4:84 authorities[0].ocsp: goes with revocation: ocsp only',
        '4:113 authorities[0].unreachable: goes with revocation: ocsp only',
      ],
    ],
    [
      'list where a record should be',
      () => change('name: { az: Portal, en: Portal }', 'name: [a, b]'),
      [
        '26:11 members[1].name: must be a record',
        '26:11 members[1].name: must be given in both languages',
      ],
    ],
    [
      'alias',
      () => change('[{ code: PORTAL, status: active }]', '&d [*d]'),
      ['2:13 : anchors are not accepted', '2:14 : aliases are not accepted'],
    ],
    ['tag', () => change('instance: AZ', 'instance: !!str AZ'), ['1:17 : tags are not accepted']],
    [
      'second document',
      () => `${sampleDeclaration}---\ninstance: XX\n`,
      ['37:1 : there is a second document'],
    ],
    [
      'directive',
      () => `%YAML 1.1\n---\n${sampleDeclaration}`,
      ['1:1 : directives are not accepted'],
    ],
    ['no instance', () => 'domains: []\n', ['1:1 : must have instance']],
    ['nothing', () => '', ['1:1 : must be a record']],
    ['broken YAML', () => 'instance: "AZ\n', ['2:1 : Missing closing "quote']],
  ])('%s', (_what, text, expected) => {
    const found = flaws(text()).map((line) =>
      line.replace(/: [\w-]{43} is/, ': THUMB is').replace(/AR-[0-9a-f]+/, 'AR-ceee'),
    )
    expect(found).toEqual(expected)
  })

  it('all at once, each with what to do', () => {
    const text = sampleDeclaration
      .replace('protocol: rest', 'protocol: REST')
      .replace('idempotent: true', 'idempotent: yes')
      .replace('purpose: VÖEN yoxlanışı', 'purpose: ""')
    const { problems } = planSample(text, files)
    expect(problems.map(({ line }) => line)).toEqual([18, 21, 33])
    for (const { remedy } of problems) expect(remedy).toMatch(/\.$/)
  })

  it('names a file that is not there', () => {
    const problems = new ProblemList()
    expect(readDeclarationFile('/no/such/file.yaml', problems)).toBeUndefined()
    expect(problems.all[0]?.problem).toBe('the file cannot be read (ENOENT)')
  })

  it('is not UTF-8', () => {
    expect(readSample(Buffer.from([0x69, 0xff])).problems.all[0]?.problem).toBe(
      'the file is not UTF-8',
    )
  })
})
