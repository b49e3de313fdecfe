import type { Certificate } from './certificate.js'
import { anyPolicy } from './certificate-extensions.js'
import type { PolicyInputs } from './path-context.js'
import { PolicyGraph } from './policy-tree.js'

/** The policy variables of RFC 5280 §6.1.2, carried down a path. */
export class PolicyState {
  readonly #graph = new PolicyGraph()
  readonly #userPolicies: ReadonlySet<string> | undefined
  #explicitPolicy: number
  #inhibitAnyPolicy: number
  #policyMapping: number

  /** @param length certificates on the path without the trust anchor: n */
  constructor(length: number, inputs: PolicyInputs) {
    this.#userPolicies = inputs.userPolicies
    this.#explicitPolicy = inputs.requireExplicitPolicy ? 0 : length + 1
    this.#inhibitAnyPolicy = inputs.inhibitAnyPolicy ? 0 : length + 1
    this.#policyMapping = inputs.inhibitPolicyMapping ? 0 : length + 1
  }

  /** §6.1.3 (d) to (f). @returns whether the path may go on */
  step(certificate: Certificate, isLast: boolean): boolean {
    const mayUseAnyPolicy = this.#inhibitAnyPolicy > 0 || (!isLast && certificate.isSelfIssued)
    this.#graph.step(certificate.policies, mayUseAnyPolicy)
    return this.#explicitPolicy > 0 || !this.#graph.isEmpty
  }

  /** §6.1.4 (a), (b), (h) to (j). @returns whether the path may go on */
  prepareForNext(certificate: Certificate): boolean {
    const mappings = certificate.policyMappings
    const mapsAny = mappings.some(
      ({ issuerPolicy, subjectPolicy }) =>
        issuerPolicy === anyPolicy || subjectPolicy === anyPolicy,
    )
    if (mapsAny) return false
    this.#graph.map(mappings, this.#policyMapping > 0)
    if (!certificate.isSelfIssued) {
      this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1)
      this.#policyMapping = Math.max(0, this.#policyMapping - 1)
      this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1)
    }
    const { requireExplicitPolicy, inhibitPolicyMapping } = certificate.policyConstraints ?? {}
    this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy ?? Infinity)
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping ?? Infinity)
    this.#inhibitAnyPolicy = Math.min(
      this.#inhibitAnyPolicy,
      certificate.inhibitAnyPolicy ?? Infinity,
    )
    return true
  }

  /** §6.1.5 (a), (b), (g). @returns the policies valid for the path; undefined where it is refused */
  wrapUp(certificate: Certificate): ReadonlySet<string> | undefined {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1)
    if (certificate.policyConstraints?.requireExplicitPolicy === 0) this.#explicitPolicy = 0
    const valid = this.#graph.validPolicies(this.#userPolicies)
    return this.#explicitPolicy > 0 || valid.size > 0 ? valid : undefined
  }
}
