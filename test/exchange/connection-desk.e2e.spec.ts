import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { describeWith } from '../support/command.js'
import { DeskPlane, type DeskStory } from '../support/desk-plane.js'
import { handingOver } from './connection-desk/handing-over.js'
import { joining } from './connection-desk/joining.js'
import { papers } from './connection-desk/papers.js'
import { announcedWorks } from './connection-desk/works.js'

const describeWithTools = await describeWith('openssl', 'nginx', 'poppler-utils')

let desk: DeskPlane

/** OP-1 to OP-3 by the admin API alone, with endpoints of other people's making: in order. */
describeWithTools('the connection desk', () => {
  beforeAll(async () => {
    desk = await DeskPlane.open()
  }, 120_000)

  afterAll(() => desk.close())

  describe.each<[string, readonly DeskStory[]]>([
    ['OP-1: a new participant', joining()],
    ['its papers', papers()],
    ['OP-2: announced works', announcedWorks()],
    ['OP-3: other hands', handingOver()],
  ])('%s', (_subject, stories) => {
    it.each(stories)(
      '%s',
      async (_title, expectStory) => {
        await expectStory(desk)
        expect(desk.plane.world.api.errors).toEqual([])
      },
      120_000,
    )
  })
})
