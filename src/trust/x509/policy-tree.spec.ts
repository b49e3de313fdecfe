import { describe, expect, it } from '@jest/globals'
import { anyPolicy } from './certificate-extensions.js'
import { PolicyGraph } from './policy-tree.js'

const mapping = (issuerPolicy: string, subjectPolicy: string) => ({ issuerPolicy, subjectPolicy })

/** A path of certificates that name these policies. */
function graphOf(...path: (readonly string[] | undefined)[]): PolicyGraph {
  const graph = new PolicyGraph()
  for (const policies of path) graph.step(policies, true)
  return graph
}

describe('valid policies of a path (RFC 5280 §6.1, RFC 9618)', () => {
  it('keeps what every certificate names', () => {
    expect([...graphOf(['1.1', '1.2'], ['1.2', '1.3']).validPolicies(undefined)]).toEqual(['1.2'])
    expect(graphOf(['1.1'], ['1.2']).isEmpty).toBe(true)
  })

  it('is empty for good after a certificate without policies', () => {
    expect(graphOf(['1.1'], undefined, ['1.1']).isEmpty).toBe(true)
  })

  it('lets anyPolicy stand for every policy, unless inhibited', () => {
    expect([...graphOf(['1.1'], [anyPolicy]).validPolicies(undefined)]).toEqual(['1.1'])
    expect([...graphOf([anyPolicy], ['1.1']).validPolicies(undefined)]).toEqual(['1.1'])
    const inhibited = graphOf(['1.1'])
    inhibited.step([anyPolicy], false)
    expect(inhibited.isEmpty).toBe(true)
  })

  it("answers in the words of the path's first certificate after a mapping (§6.1.4 (b))", () => {
    const graph = graphOf(['1.1'])
    graph.map([mapping('1.1', '1.2')], true)
    graph.step(['1.2'], true)
    expect([...graph.validPolicies(undefined)]).toEqual(['1.1'])
    expect(graph.validPolicies(new Set(['1.2'])).size).toBe(0)
  })

  it('drops a mapped policy where mapping is inhibited', () => {
    const graph = graphOf(['1.1', '1.3'])
    graph.map([mapping('1.1', '1.2')], false)
    graph.step(['1.2', '1.1', '1.3'], true)
    expect([...graph.validPolicies(undefined)]).toEqual(['1.3'])
  })

  it('maps a policy that is there by anyPolicy only', () => {
    const graph = graphOf([anyPolicy])
    graph.map([mapping('1.1', '1.2')], true)
    graph.step(['1.2'], true)
    expect([...graph.validPolicies(new Set(['1.1']))]).toEqual(['1.1'])
  })

  it('gives the user their own policies where the path allows any', () => {
    expect([...graphOf([anyPolicy], [anyPolicy]).validPolicies(new Set(['1.7']))]).toEqual(['1.7'])
  })

  it('grows with the policies, not with the ways they came about (RFC 9618 §1.2)', () => {
    // Each of 40 policies maps to each: the tree of RFC 5280 would have 40^9 leaves.
    const policies = Array.from({ length: 40 }, (_, index) => `1.${index}`)
    const mappings = policies.flatMap((one) => policies.map((other) => mapping(one, other)))
    const graph = new PolicyGraph()
    for (let depth = 0; depth < 9; depth += 1) {
      graph.step(policies, true)
      graph.map(mappings, true)
    }
    graph.step(policies, true)
    expect(graph.validPolicies(undefined).size).toBe(40)
  })
})
