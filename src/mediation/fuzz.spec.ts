import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { Random, mutated } from '../../test/support/random-xml.js'
import { answerFor, bodyFor, restRequest, soapReply } from '../../test/support/soap-mapping.js'
import { ContractBreach } from '../violation/violation.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { XmlError } from '../xml/xml-error.js'
import { Fault } from '../exchange/fault.js'
import { MappingError } from './mapping-problem.js'
import { noRefinement, readRefinement } from './refinement.js'
import { soapMapping } from './soap-mapping.js'

const folder = 'contracts/DSMF/FUS/sigortaHaqqi/v1'
const rules = readFileSync(`${folder}/mapping.yaml`)
const wsdl = readWsdl(
  new Map([['service.wsdl', readFileSync(`${folder}/service.wsdl`)]]),
  'service.wsdl',
)
const parts = { operation: wsdl.operations[0]!, contractDigest: '' }

/** Runs what may refuse, and says whether it did; any other error is one of ours. */
function isRefused(act: () => unknown, ...refusals: readonly (new (...args: never[]) => Error)[]) {
  try {
    act()
    return false
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) return true
    throw error
  }
}

describe('broken bytes', () => {
  it('of mapping.yaml are a MappingError, or rules', () => {
    const random = new Random(1)
    let refused = 0
    for (let left = 300; left > 0; left--) {
      const bytes = mutated(random, rules)
      const act = () => soapMapping({ ...parts, refinement: readRefinement(bytes) })
      if (isRefused(act, MappingError)) refused++
    }
    expect(refused).toBeGreaterThan(30)
  })

  it('of messages break the contract, or are carried over', () => {
    const random = new Random(2)
    const mapping = soapMapping({ ...parts, refinement: readRefinement(rules) })
    const request = readFileSync(`${folder}/samples/good/il.request.json`)
    const reply = readFileSync(`${folder}/samples/good/il.reply.xml`)
    let refused = 0
    for (let left = 2_000; left > 0; left--) {
      const json = mutated(random, request)
      const asked = () => bodyFor(mapping, restRequest('', { payload: json }))
      if (isRefused(asked, ContractBreach)) refused++
      const xml = mutated(random, reply).toString('latin1')
      const answered = () => answerFor(mapping, soapReply(Buffer.from(xml, 'latin1').toString()))
      if (isRefused(answered, ContractBreach, XmlError, Fault)) refused++
    }
    expect(refused).toBeGreaterThan(1_000)
  })

  it('leave a service without mapping.yaml as its schema says', () => {
    expect(soapMapping({ ...parts, refinement: noRefinement }).shapes.faults).toHaveLength(1)
  })
})
