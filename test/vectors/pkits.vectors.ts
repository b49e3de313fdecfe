import { afterAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import type { AlgorithmPolicy } from '../../src/trust/x509/algorithm-policy.js'
import { strictAlgorithms } from '../../src/trust/x509/algorithm-policy.js'
import { parseCertificate, type Certificate } from '../../src/trust/x509/certificate.js'
import { parseRevocationList, type RevocationList } from '../../src/trust/x509/crl.js'
import { PathError } from '../../src/trust/x509/path-error.js'
import { validatePath } from '../../src/trust/x509/path-validation.js'
import { makeTrustStore } from '../../src/trust/x509/trust-store.js'
import { policyRuns, type PolicyRun } from './pkits-policy-inputs.js'
import { vectorPath } from './vectors.js'

/** NIST PKITS, 2001 issue: certificates and lists of its one trust anchor, by file name. */

/** Good enough for 2001: RSA of 1,024 bits and DSA, with SHA-1. Nowhere but here. */
const historicAlgorithms: AlgorithmPolicy = {
  refusesSignature: ({ family, hash, name }) =>
    (family === 'rsa' || family === 'dsa') && hash === 'sha1' ? undefined : name,
  refusesKey: () => undefined,
}

const at = new Date('2010-01-01T00:00:00Z')

/** Verdicts that are not asked of the bus. They are refused, and that is checked. */
const notApplicable: Readonly<Record<string, string>> = {
  ValidDSAParameterInheritanceTest5EE:
    'a DSA key without parameters: node cannot load it, and policy refuses DSA altogether',
  ValidcRLIssuerTest30EE:
    "the CRL issuer's own certificate is on the list that it signs; the bus lets nobody vouch for itself",
}

const directory = vectorPath('pkits', 'certs')
const names = readdirSync(directory).filter((name) => name.endsWith('.crt'))
const certificates = new Map<string, Certificate>()
const malformed: string[] = []
for (const file of names) {
  const name = file.slice(0, -'.crt'.length)
  try {
    certificates.set(name, parseCertificate(readFileSync(vectorPath('pkits', 'certs', file))))
  } catch {
    malformed.push(name)
  }
}
const revocationLists = readdirSync(vectorPath('pkits', 'crls')).flatMap(
  (file): RevocationList[] => {
    try {
      return [parseRevocationList(readFileSync(vectorPath('pkits', 'crls', file)))]
    } catch {
      malformed.push(file)
      return []
    }
  },
)
const anchor = certificates.get('TrustAnchorRootCertificate')!
const trust = makeTrustStore({
  anchors: [anchor],
  intermediates: [...certificates]
    .filter(([name, certificate]) => !name.endsWith('EE') && certificate !== anchor)
    .map(([, certificate]) => certificate),
  revocationLists,
  revocationPolicy: () => 'crl',
})

const endEntities = [...certificates].filter(([name]) => name.endsWith('EE'))
const table: string[] = []

function runsOf(name: string): readonly PolicyRun[] {
  const known = policyRuns[name]
  if (known) return known
  if (!/^(Valid|Invalid)/.test(name)) throw new Error(`no verdict is known for ${name}`)
  return [{ inputs: {}, valid: name.startsWith('Valid') }]
}

function verdict(certificate: Certificate, run: PolicyRun, algorithms: AlgorithmPolicy): string {
  try {
    // Some of the end entities are authorities, so they could not sign messages.
    validatePath({ certificate, trust, at, algorithms, policies: run.inputs, purpose: 'any' })
    return 'valid'
  } catch (error) {
    if (error instanceof PathError) return error.reason
    throw error
  }
}

describe('NIST PKITS (RFC 5280 §6)', () => {
  for (const [name, certificate] of endEntities) {
    for (const [index, run] of runsOf(name).entries()) {
      it(`${name}, run ${index + 1}: ${run.valid ? 'valid' : 'refused'}`, () => {
        const found = verdict(certificate, run, historicAlgorithms)
        const excused = notApplicable[name]
        const right = (found === 'valid') === (run.valid && !excused)
        table.push(
          `${right ? ' ' : '!'} ${name.padEnd(52)} ${index + 1} ${found}${excused ? ` — not applicable: ${excused}` : ''}`,
        )
        expect({ name, found, right }).toEqual({ name, found, right: true })
      })
    }
  }

  it.each(endEntities)('%s is refused by the algorithm policy of the bus', (_name, certificate) => {
    expect(verdict(certificate, { inputs: {}, valid: false }, strictAlgorithms)).not.toBe('valid')
  })

  it('reads every file', () => {
    expect(malformed).toEqual([])
  })

  afterAll(() => {
    const wrong = table.filter((line) => line.startsWith('!')).length
    const excused = table.filter((line) => line.includes('not applicable')).length
    process.stdout.write(
      `${table.join('\n')}\nPKITS: ${endEntities.length} end entities, ${table.length} runs, ` +
        `${table.length - wrong - excused} right, ${wrong} wrong, ${excused} not applicable\n`,
    )
  })
})
