import { describe, expect, it } from '@jest/globals'
import { hash, parseOptions } from '@node-rs/argon2'
import { argon2Params, hashesInFlightMax, hashesWaitingMax } from './limits.js'
import { HasherBusy, PasswordHasher } from './password-hasher.js'
import { passwordFlaw } from './password-rules.js'

describe('a password', () => {
  it.each([
    ['yaxşı uzun bir parol', undefined],
    ['correct horse battery', undefined],
    ['🔑🗝️ açar söz budur', undefined],
    ['elevenchars', 'tooShort'],
    ['x'.repeat(129), 'tooLong'],
    ['mən leyla.m adlı biriyəm', 'holdsLogin'],
    ['MƏN LEYLA.M ADLI', 'holdsLogin'],
    ['aaaaaaaaaaaaaaaa', 'monotonous'],
    ['abababababab', 'monotonous'],
    ['Password1234', 'common'],
    ['!!!Azərbaycan2026', 'common'],
    ['qwertyuiop123', 'common'],
    ['123456789012', 'common'],
    ['987654321098', 'common'],
    ['abcdefghijklmnop', 'common'],
  ])('%j: %s', (password, flaw) => {
    expect(passwordFlaw(password, 'leyla.m')).toBe(flaw)
  })
})

describe('the hasher', () => {
  it('hashes with argon2id as OWASP advises', async () => {
    const hashed = await new PasswordHasher().hash('a password of somebody')
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(parseOptions(hashed)).toMatchObject(argon2Params)
  })

  it('says no where there is no hash, and computes as much', async () => {
    const hasher = new PasswordHasher()
    const right = await hash('the right one', argon2Params)
    const compared = (hashed: string | undefined, password: string): Promise<boolean> =>
      hasher.inTurn((compare) => compare(hashed, password))
    expect(await compared(right, 'the right one')).toBe(true)
    expect(await compared(right, 'another')).toBe(false)
    expect(await compared(undefined, 'another')).toBe(false)
  })

  it('takes a letter for the same however a device writes it', async () => {
    const hasher = new PasswordHasher()
    const hashed = await hasher.hash('şəhərdə görüşək'.normalize('NFD'))
    const typed = 'şəhərdə görüşək'.normalize('NFC')
    expect(await hasher.inTurn((compare) => compare(hashed, typed))).toBe(true)
  })

  it('does a few at a time, lets some wait, and refuses the rest', async () => {
    let inFlight = 0
    let most = 0
    const releases: (() => void)[] = []
    const work = async (): Promise<string> => {
      most = Math.max(most, ++inFlight)
      await new Promise<void>((resolve) => releases.push(resolve))
      inFlight -= 1
      return 'hash'
    }
    const hasher = new PasswordHasher({ hash: work, verify: () => Promise.resolve(false) })
    const room = hashesInFlightMax + hashesWaitingMax
    const asked = Array.from({ length: room }, () => hasher.hash('x'))
    await expect(hasher.hash('x')).rejects.toThrow(HasherBusy)
    let done = 0
    for (const each of asked) void each.then(() => (done += 1))
    while (done < room) {
      releases.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(most).toBe(hashesInFlightMax)
    const next = hasher.hash('x')
    releases.shift()?.()
    await expect(next).resolves.toBe('hash')
  })

  it('gives the place back of a hash that fails', async () => {
    let fails = true
    const functions = {
      hash: () => (fails ? Promise.reject(new Error('no memory')) : Promise.resolve('hash')),
      verify: () => Promise.resolve(false),
    }
    const hasher = new PasswordHasher(functions)
    for (let tries = 0; tries < 2 * hashesInFlightMax; tries++) {
      await expect(hasher.hash('x')).rejects.toThrow('no memory')
    }
    fails = false
    await expect(hasher.hash('x')).resolves.toBe('hash')
  })
})
