import { mkdtemp, rm } from 'node:fs/promises'
import { symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  soapContract,
  writeContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
import { contractCheck } from './contract-check.js'

const service = 'AZ/GOV/DIN/GCQ/yoxla/v1'
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-contract-check-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs the command over these files. @returns exit code and lines */
async function check(files: SampleFiles, ...args: string[]): Promise<[number, string[]]> {
  const at = await writeContract(join(folder, 'now'), files)
  const lines: string[] = []
  const io = {
    out: (line: string) => lines.push(...line.split('\n')),
    err: (line: string) => lines.push(line),
  }
  return [await contractCheck([at, ...args], io), lines]
}

const good: SampleFiles = {
  ...soapContract({ service }),
  'samples/good/a.request.xml':
    '<yoxla xmlns="urn:example:din:gcq:v1"><SenedNomresi>1</SenedNomresi><Fin>0TEST01</Fin></yoxla>',
  'samples/good/a.request.json': '{"SenedNomresi":"1","Fin":"0TEST01"}',
  'samples/bad/a.request.xml': '<yoxla xmlns="urn:example:din:gcq:v1"><Fin>0TEST01</Fin></yoxla>',
  'samples/bad/a.request.expect.yaml': 'path: /SenedNomresi\nrule: missing\n',
}

/** The good contract with one text in a file replaced. */
function changed(file: string, from: string, to: string): SampleFiles {
  const text = good[file] ?? ''
  expect(text).toContain(from)
  return { ...good, [file]: text.replace(from, to) }
}

describe('sluice contract check', () => {
  it('tells of header blocks of answers, which stay behind; a mapping refuses them', async () => {
    const message =
      '<wsdl:message name="Session"><wsdl:part name="h" element="t:YoxlaFault"/></wsdl:message>'
    const wsdl = good['service.wsdl']!.replace(
      '<wsdl:portType',
      `${message}<wsdl:portType`,
    ).replace(
      '<wsdl:output><soap:body',
      '<wsdl:output><soap:header message="t:Session" part="h" use="literal"/><soap:body',
    )
    const files = { ...soapContract({ service, settings: 'mapping: none' }), 'service.wsdl': wsdl }
    const [code, lines] = await check(files)
    expect(code).toBe(0)
    expect(lines.join(' ')).toContain('The header block YoxlaFault of the answer does not reach')
    const [refused, why] = await check({ ...files, 'contract.yaml': good['contract.yaml']! })
    expect(refused).toBe(1)
    expect(why.join(' ')).toContain('YoxlaFault')
  })

  it('says of a good contract that it can be registered, in both languages', async () => {
    const [code, lines] = await check(good)
    expect(code).toBe(0)
    expect(lines.slice(-2)).toEqual([
      'Samples: 3 of 3 as they should be',
      expect.stringMatching(`^The contract can be registered: ${service}, [\\w-]{43}$`),
    ])
    const [, inAzerbaijani] = await check(good, '--lang', 'az')
    expect(inAzerbaijani.at(-1)).toContain('Müqavilə qeydiyyata alına bilər')
  })

  it.each([
    ['encoded use', 'use="literal"', 'use="encoded"', 'R2706'],
    ['another transport', 'soap/http"', 'soap/smtp"', 'R2702'],
    ['no documentation', /<wsdl:documentation>.*<\/wsdl:documentation>/, '', 'documentation'],
    ['no soapAction', ' soapAction=""', '', 'R2744'],
  ])('tells of %s by its number', async (_what, from, to, rule) => {
    const text = good['service.wsdl'] ?? ''
    const [, lines] = await check({ ...good, 'service.wsdl': text.replace(from, to) })
    expect(lines.join('\n')).toMatch(new RegExp(`^service\\.wsdl:\\d+: \\w+ ${rule}: `, 'm'))
  })

  it('warns of texts without bound, and of personal data without FIN (TT-06)', async () => {
    const open = changed('types/identity.xsd', '<xs:maxLength value="50"/>', '')
    const [code, lines] = await check(open)
    expect(code).toBe(0)
    expect(lines.join('\n')).toContain('warning unbounded-text: reply /yoxlaResponse/soyad')
    expect(lines.join('\n')).toContain('warning TT-06')
  })

  it('says what is wrong where, and that it cannot be registered', async () => {
    const [code, lines] = await check(changed('contract.yaml', 'contract: 1', 'contract: 2\nx: 1'))
    expect(code).toBe(1)
    expect(lines).toEqual([
      expect.stringMatching(/^contract\.yaml:1: error registration: contract: /),
      'contract.yaml:1: error registration: no such field: x',
      'The contract cannot be registered.',
    ])
    const [bad, told] = await check(changed('types/identity.xsd', 'type="xs:int"', 'type="t:Yox"'))
    expect(bad).toBe(1)
    expect(told[0]).toMatch(/^types\/identity\.xsd:\d+: error registration: /)
  })

  it('fails for samples that do not do what they say', async () => {
    const [code, lines] = await check({
      ...changed('samples/bad/a.request.expect.yaml', '/SenedNomresi', '/Fin'),
      'samples/good/b.request.json': '{"Fin":"0TEST01"}',
    })
    expect(code).toBe(1)
    expect(lines.filter((line) => line.includes('error sample'))).toEqual([
      expect.stringContaining('samples/bad/a.request.xml'),
      expect.stringContaining('samples/good/b.request.json'),
    ])
  })

  it.each([
    ['a new required field', 'minOccurs="0"/>\n        \n', '/>\n', 'it has become required'],
    [
      'a field less',
      '<xs:element name="Fin" type="t:Fin"/>',
      '',
      'request /yoxla/Fin: it was removed',
    ],
    [
      'a shorter text',
      '<xs:maxLength value="8"/>',
      '<xs:maxLength value="7"/>',
      'values are narrowed',
    ],
    [
      'a longer answer',
      '<xs:maxLength value="50"/>',
      '<xs:maxLength value="60"/>',
      'values are widened',
    ],
    [
      'another type',
      'name="tapildi" type="xs:boolean"',
      'name="tapildi" type="xs:string"',
      'its type has changed',
    ],
  ])('finds what breaks against the version before: %s', async (_what, from, to, text) => {
    const older = await writeContract(join(folder, 'older'), good)
    const [code, lines] = await check(changed('types/identity.xsd', from, to), '--against', older)
    expect(code).toBe(1)
    expect(lines.filter((line) => line.includes('breaking change')).join('\n')).toContain(text)
    const [same] = await check(good, '--against', older)
    expect(same).toBe(0)
  })

  it('follows no link out of the folder', async () => {
    await writeContract(join(folder, 'now'), good)
    symlinkSync('/etc/passwd', join(folder, 'now', 'x.xsd'))
    const [code, lines] = await check(good)
    expect([code, lines.join('')]).toEqual([2, expect.stringContaining('It is no plain file')])
  })

  it('speaks JSON, and says how it is used', async () => {
    const [, lines] = await check(good, '--json')
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ service, canBeRegistered: true })
    expect((await check(good, '--lang', 'ru'))[0]).toBe(2)
    expect((await check(good, 'two'))[0]).toBe(2)
  })
})
