import { expect } from '@jest/globals'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { conformityRun } from '../../src/cli/conformity-run.js'
import type { CheckLine } from '../../src/conformity/requirement.js'
import type { Who } from './control-plane.js'
import type { DeskPlane } from './desk-plane.js'

interface OwnProtocol {
  readonly requirementsFrom: string
  readonly requirementSet: number
  readonly lines: readonly CheckLine[]
}

/** The applicant's own kit says of the same application, line by line, what the desk has found. */
export async function expectSameAnswers(
  desk: DeskPlane,
  who: Who,
  id: string,
  found: ReadonlyMap<string, CheckLine>,
): Promise<void> {
  const { requirementsFrom, requirementSet, lines } = await ownCheck(desk, who, id)
  expect(requirementsFrom).toMatch(/^http:.*\/v1\/requirement-sets\/in-force$/)
  expect(requirementSet).toBe(1)
  expect(lines.map(comparable)).toEqual([...found.values()].map(comparable))
}

/** How long something took is another time the second time. */
function comparable({ code, result, finding, remedy }: CheckLine): unknown {
  const text = JSON.stringify({ finding, remedy }).replaceAll(/\d+ ms/g, 'N ms')
  return { code, result, text }
}

/** `sluice conformity run` on the application of a case, with the applicant's login. */
async function ownCheck(desk: DeskPlane, who: Who, id: string): Promise<OwnProtocol> {
  const { plane } = desk
  const { json } = await plane.ask([who, 'GET', `/v1/connection-cases/${id}`])
  const { application } = json as { application: { contract?: string } }
  const at = join(desk.folder, `own ${id}`)
  await mkdir(join(at, 'contract'), { recursive: true })
  for (const [name, bytes] of desk.contracts.get(application.contract ?? '') ?? []) {
    await writeFile(join(at, 'contract', name), bytes)
  }
  const contract = application.contract === undefined ? undefined : 'contract'
  await writeFile(join(at, 'application.json'), JSON.stringify({ ...application, contract }))
  await writeFile(join(at, 'authorities.pem'), plane.bus.authority.pem)
  const said: string[] = []
  const io = {
    out: (line: string) => void said.push(line),
    err: (line: string) => expect(line).toBe(''),
    readFile: (path: string) => readFile(path),
  }
  const given = [join(at, 'application.json'), '--allow', '127.0.0.1/32', '--json']
  const trust = ['--ca', join(at, 'authorities.pem'), '--bus', plane.world.api.address]
  const SLUICE_TOKEN = await plane.tokenOf(who)
  await conformityRun([...given, ...trust], io, () => Promise.resolve(), { SLUICE_TOKEN })
  return JSON.parse(said.join('\n')) as OwnProtocol
}
