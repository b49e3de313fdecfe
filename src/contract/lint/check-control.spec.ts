import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { soapContract } from '../../../test/support/contract-samples.js'
import { ContractError } from '../contract-error.js'
import { loadContract } from '../load-contract.js'
import { checkContract } from './check-contract.js'
import { checkControl } from './check-control.js'

const files = (folder: string, changed: (settings: string) => string = (same) => same) => {
  const read = (name: string): string => readFileSync(`contracts/${folder}/v1/${name}`, 'utf8')
  return filesOf({
    'contract.yaml': changed(read('contract.yaml')),
    'messages.schema.yaml': read('messages.schema.yaml'),
  })
}
const filesOf = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]))

async function flawsOf(contract: ReadonlyMap<string, Buffer>): Promise<string[]> {
  try {
    checkControl(await loadContract(contract))
    return []
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    return error.problems.map(({ text }) => text.en)
  }
}

const event = 'MURACIET/hadise'
const card = 'MURACIET/muraciet'

describe('the section control of a contract (R-203)', () => {
  it('is good where every place is a field of the request that can be read', async () => {
    for (const folder of [event, card, 'SENED/sened'])
      expect(await flawsOf(files(folder))).toEqual([])
  })

  it.each([
    ['a field that there is not', card, '/vereqeId', '/veraqeId', 'no field /veraqeId'],
    ['an id that is no UUID', card, '/vereqeId', '/qeydiyyatNomresi', 'must be of: string:uuid'],
    ['a deadline that is no day', card, '/icraMuddeti', '/mezmun', 'must be of: string:date'],
    ['an id that may be left out', 'SENED/sened', 'case: /senedId', 'case: /cavabdir', 'required'],
    ['a place in a list', card, '/icraMuddeti', '/skanlar/sha256', 'several times'],
    ['a code that no event has', event, '[ICRADA]', '[ICRA]', 'no such code: ICRA'],
    ['a code with two meanings', event, '[ICRADA]', '[QEYDIYYAT]', 'two meanings'],
    ['codes without their place', event, '    event: /hadise\n', '', 'either means, or event'],
    ['both ways', event, 'event: /hadise', 'means: answered\n    event: /hadise', 'either means'],
    ['a pointer to any item', event, 'case: /vereqeId', 'case: /*/id', 'must be the path'],
    ['too long a warning', card, 'reminderDays: 5', 'reminderDays: 500', 'reminderDays'],
    ['nothing', card, /opens: .*/, '{}', 'must say what'],
    ['a field that nobody knows', event, 'tells:', 'says:', 'no such field: says'],
  ])('is refused with the reason: %s', async (_what, folder, was, is, flaw) => {
    const flaws = await flawsOf(files(folder, (settings) => settings.replace(was, is)))
    expect(flaws.join('\n')).toContain(flaw)
  })

  it('is for one-way messages, in XML too, whose root has no place in a path', async () => {
    const settings = 'control: { opens: { case: /Fin } }\n'
    const terms = { service: 'AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1', settings }
    const flaws = await flawsOf(filesOf(soapContract(terms)))
    expect(flaws).toContain('control.opens: is only for pattern: one-way')
    expect(flaws.filter((flaw) => flaw.includes('/Fin'))).not.toContain(
      'control.opens.case: the request has no field /Fin',
    )
  })

  it('that is taken away breaks no system, and is told of all the same', async () => {
    const samples = new Map()
    const now = { files: files(card, (all) => all.slice(0, all.indexOf('control:'))), samples }
    const { findings } = await checkContract(now, { files: files(card), samples })
    expect(findings.filter(({ severity }) => severity === 'breaking')).toEqual([])
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'control', severity: 'warning' }),
    )
  })
})
