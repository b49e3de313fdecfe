import { describe, expect, it } from '@jest/globals'
import { Fault } from '../exchange/fault.js'
import { noRoomForAnswer } from './delivery-fault.js'
import { retryAfterOf } from './retry-after.js'

describe('no room for an answer', () => {
  it('is THROTTLED without a word of coming back: the provider has acted', () => {
    const before = new Fault('THROTTLED', { side: 'bus', detail: 'There is no room.' })
    expect(retryAfterOf(before, new Date())).toBe(1)
    const after = noRoomForAnswer(before)
    expect(after).toMatchObject({
      ...{ code: 'THROTTLED', side: 'bus', field: 'answer' },
      detail: 'There is no room. The provider has had the request.',
    })
    expect(retryAfterOf(after, new Date())).toBeUndefined()
  })

  it('leaves every other trouble what it is', () => {
    const fault = new Fault('RESPONSE_INVALID')
    expect(noRoomForAnswer(fault)).toBe(fault)
  })
})
