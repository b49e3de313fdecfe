import type { PolicyInputs } from '../../src/trust/x509/path-context.js'

/** One run of a test: its user inputs and the verdict they lead to. */
export interface PolicyRun {
  readonly inputs: Partial<PolicyInputs>
  readonly valid: boolean
}

const policyId = (number: number): string => `2.16.840.1.101.3.2.1.48.${number}`

function run(valid: boolean, user: readonly number[] = [], inputs: Partial<PolicyInputs> = {}) {
  const userPolicies = user.length > 0 ? new Set(user.map(policyId)) : undefined
  return { valid, inputs: { ...inputs, userPolicies } }
}

const explicit = { requireExplicitPolicy: true }
const noMapping = { inhibitPolicyMapping: true }

/**
 * Tests whose verdict depends on the user's policy inputs, after the test descriptions of PKITS
 * §4.8 to 4.12. Every test that is not here runs once with the default inputs (any-policy, nothing
 * required, nothing inhibited), and `Valid` or `Invalid` in its name is the verdict.
 */
export const policyRuns: Readonly<Record<string, readonly PolicyRun[]>> = {
  // 4.8.1 runs on the end entity of 4.1.1.
  ValidCertificatePathTest1EE: [
    run(true),
    run(true, [], explicit),
    run(true, [1], explicit),
    run(false, [2], explicit),
    run(true, [1, 2], explicit),
  ],
  AllCertificatesNoPoliciesTest2EE: [run(true), run(false, [], explicit)],
  DifferentPoliciesTest3EE: [run(true), run(false, [], explicit), run(false, [1, 2], explicit)],
  DifferentPoliciesTest4EE: [run(false)],
  DifferentPoliciesTest5EE: [run(false)],
  OverlappingPoliciesTest6EE: [run(true), run(true, [1]), run(false, [2])],
  DifferentPoliciesTest7EE: [run(false)],
  DifferentPoliciesTest8EE: [run(false)],
  DifferentPoliciesTest9EE: [run(false)],
  AllCertificatesSamePoliciesTest10EE: [run(true), run(true, [1]), run(true, [2])],
  AllCertificatesanyPolicyTest11EE: [run(true), run(true, [1])],
  DifferentPoliciesTest12EE: [run(false)],
  AllCertificatesSamePoliciesTest13EE: [run(true, [1]), run(true, [2]), run(true, [3])],
  AnyPolicyTest14EE: [run(true, [1]), run(false, [2])],
  UserNoticeQualifierTest15EE: [run(true)],
  UserNoticeQualifierTest16EE: [run(true)],
  UserNoticeQualifierTest17EE: [run(true)],
  UserNoticeQualifierTest18EE: [run(true, [1]), run(true, [2])],
  UserNoticeQualifierTest19EE: [run(true)],
  CPSPointerQualifierTest20EE: [run(true, [], explicit)],
  ValidPolicyMappingTest1EE: [run(true, [1]), run(false, [2]), run(false, [], noMapping)],
  InvalidPolicyMappingTest2EE: [run(false), run(false, [], noMapping)],
  ValidPolicyMappingTest3EE: [run(false, [1]), run(true, [2])],
  ValidPolicyMappingTest5EE: [run(true, [1]), run(false, [6])],
  ValidPolicyMappingTest6EE: [run(true, [1]), run(false, [6])],
  ValidPolicyMappingTest12EE: [run(true, [1]), run(true, [2])],
  inhibitAnyPolicyTest3EE: [run(true), run(false, [], { inhibitAnyPolicy: true })],
}
