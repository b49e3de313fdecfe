import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeWith } from '../support/command.js'
import { ControlPlane, inForceMsMax } from '../support/control-plane.js'
import { describeGate } from './control-plane/gate.js'
import { describeJoining } from './control-plane/joining.js'
import { describeLifeCycle } from './control-plane/life-cycle.js'

const describeWithOpenssl = await describeWith('openssl')

let plane: ControlPlane

/** One registry over two nodes, from joining to the end, by the admin API alone: in order. */
describeWithOpenssl('the control plane', () => {
  beforeAll(async () => {
    plane = await ControlPlane.open()
  })

  afterAll(() => plane.close())

  beforeEach(() => plane.bus.providers.taxes.reset())

  describeJoining(() => plane)
  describeGate(() => plane)
  describeLifeCycle(() => plane)

  it('changes were in force on both nodes within a second', () => {
    const sorted = [...plane.delaysMs].sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(inForceMsMax)
  })
})
