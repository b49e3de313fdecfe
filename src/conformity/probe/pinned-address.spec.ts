import { describe, expect, it } from '@jest/globals'
import { pinnedAddress } from './pinned-address.js'

const rules = {
  privateAddresses: ['10.20.0.0/16'],
  own: [],
  authorities: undefined,
  plainHttp: false,
}

describe('an endpoint’s name is looked up once', () => {
  it('and every connection goes to what was judged, though the name changes its mind', async () => {
    const answers = ['10.20.0.7', '169.254.169.254']
    let asked = 0
    const lookUp = (): Promise<{ address: string }[]> =>
      Promise.resolve([{ address: answers[asked++] ?? '' }])
    const pinned = await pinnedAddress('https://rebinding.example:8443/a', rules, lookUp)
    expect(pinned).toMatchObject({ ip: '10.20.0.7', port: 8443 })
    expect(asked).toBe(1)
  })

  it('of several addresses the first that is allowed; none where none is', async () => {
    const names =
      (...all: string[]) =>
      () =>
        Promise.resolve(all.map((address) => ({ address })))
    const both = names('127.0.0.1', '10.20.0.8')
    expect(await pinnedAddress('https://a.example', rules, both)).toMatchObject({
      ...{ ip: '10.20.0.8', port: 443 },
    })
    const metadata = names('169.254.169.254', '::1', '::ffff:10.0.0.1')
    await expect(pinnedAddress('https://a.example', rules, metadata)).rejects.toThrow('no network')
  })

  it('a name that is not there, or whose servers fail', async () => {
    const failing = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    await expect(pinnedAddress('https://a.example', rules, failing)).rejects.toThrow('no such name')
  })

  it('the bus’s own address in whatever form', async () => {
    const own = [{ host: '10.20.0.1', port: 443 }]
    for (const address of ['10.20.0.1', '::ffff:10.20.0.1', '::ffff:a14:1']) {
      const lookUp = () => Promise.resolve([{ address }])
      await expect(pinnedAddress('https://a.example', { ...rules, own }, lookUp)).rejects.toThrow()
    }
  })
})
