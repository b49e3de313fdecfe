import { describe, expect, it } from '@jest/globals'
import { changeBetween, type EntryState } from './change.js'

const service: EntryState = { status: 'active', name_az: 'Ad', name_en: 'Name', address: 'a' }
const of = (before: EntryState | undefined, after: EntryState, wasOpen = true) =>
  changeBetween('service', before, after, wasOpen)

describe('a change that everybody may know', () => {
  it('begins when it is in use for the first time', () => {
    expect(of(undefined, { ...service, status: 'suspended' }, false)).toBeUndefined()
    expect(of({ ...service, status: 'suspended' }, service, false)).toBe('connected')
    expect(of(undefined, service, false)).toBe('connected')
  })

  it('is one of standing, or of what the catalogue shows', () => {
    expect(of(service, { ...service, status: 'suspended' })).toBe('suspended')
    expect(of({ ...service, status: 'suspended' }, service)).toBe('resumed')
    expect(of(service, { ...service, status: 'liquidated', successor: 'x' })).toBe('ended')
    expect(of(service, { ...service, name_az: 'Yeni ad' })).toBe('changed')
    const until = { maintenance_until: '2026-11-27T00:00:00Z' }
    expect(of(service, { ...service, status: 'maintenance', ...until })).toBe('changed')
  })

  it('is none of what it hides, of new columns, and of what is put away', () => {
    expect(of(service, { ...service, address: 'b', time_limit_ms: 1 })).toBeUndefined()
    expect(of(service, { ...service, contract_digest: null })).toBeUndefined()
    expect(of(service, { ...service, name_az: 'x', archived: true })).toBeUndefined()
    const object = { code: 'a', name: { az: 'a', en: 'a' }, source: false }
    const held = (more: object): EntryState => ({
      status: 'active',
      data_objects: [{ ...object, ...more }],
    })
    const resources = [held({}), held({ duplicateReason: 'Səbəb' })] as const
    expect(changeBetween('resource', ...resources, true)).toBeUndefined()
    expect(changeBetween('resource', held({}), held({ source: true }), true)).toBe('changed')
  })
})
