import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { describeWith } from '../support/command.js'
import { ControlPlane, inForceMsMax, type Story } from '../support/control-plane.js'
import { signers, targets } from './control-plane/gate.js'
import { joining } from './control-plane/joining.js'
import { lifeOfSystems } from './control-plane/life-cycle.js'
import { persons } from './control-plane/persons.js'

const describeWithOpenssl = await describeWith('openssl')

let plane: ControlPlane

/** One registry over two nodes, from joining to the end, by the admin API alone: in order. */
describeWithOpenssl('the control plane', () => {
  beforeAll(async () => {
    plane = await ControlPlane.open()
  })

  afterAll(() => plane.close())

  beforeEach(() => plane.bus.providers.taxes.reset())

  describe.each<[string, readonly Story[]]>([
    ['joining by API', joining()],
    ['the target of a request, on both nodes', targets()],
    ['signatures and certificates, on both nodes', signers()],
    ['personal data, on both nodes', persons()],
    ['the life of systems', lifeOfSystems()],
  ])('%s', (_subject, stories) => {
    it.each(stories)('%s', async (_title, expectStory) => {
      await expectStory(plane)
    })
  })

  it('changes were in force on both nodes within a second', () => {
    const sorted = [...plane.delaysMs].sort((a, b) => a - b)
    expect(sorted.length).toBeGreaterThan(20)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(inForceMsMax)
  })
})
