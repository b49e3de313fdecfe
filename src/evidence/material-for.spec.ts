import { expect, it } from '@jest/globals'
import { ocspAnswer } from '../../test/support/ocsp.js'
import { makeAuthority } from '../../test/support/pki.js'
import { materialFor } from './material-for.js'
import type { KeptAuthority, ValidationMaterial } from './validation-material.store.js'

it('takes of a nation’s material what stands above the certificates, and no more', async () => {
  const [root, other] = [await makeAuthority('Kök'), await makeAuthority('Başqa kök')]
  const middle = await root.subordinate('Aralıq')
  const leaf = await middle.issue()
  const authorities = [root, other, middle].map(({ der }): KeptAuthority => ({
    der: Buffer.from(der),
    role: 'anchor',
    revocation: 'crl',
  }))
  const broken: KeptAuthority = { der: Buffer.from('x'), role: 'anchor', revocation: 'crl' }
  const lists = await Promise.all([root, other, middle].map((each) => each.revocationList()))
  const stranger = await other.issue()
  const answers = [ocspAnswer(leaf, middle), ocspAnswer(middle, root)]
  const material: ValidationMaterial = {
    authorities: [...authorities, broken],
    revocationLists: [...lists, Buffer.from('x')],
    ocspAnswers: [...answers, ocspAnswer(stranger, other), Buffer.from('x')],
    busCertificates: [],
  }
  const found = materialFor([Buffer.from(leaf.der)], material)
  expect(found.authorities).toEqual([authorities[0], authorities[2]])
  expect(found.revocationLists).toEqual([lists[0], lists[2]])
  expect(found.ocspAnswers).toEqual(answers)
  expect(materialFor([], material).authorities).toEqual([])
})
