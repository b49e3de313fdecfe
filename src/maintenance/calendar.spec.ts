import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { calendarOf, escaped, folded } from './calendar.js'
import type { FiledWindow } from './filed-window.js'

const sample: FiledWindow = {
  ...{ id: '019a0000-0000-7000-8000-000000000001', member: undefined, subsystem: undefined },
  service: undefined,
  from: new Date('2026-12-01T22:00:00Z'),
  until: new Date('2026-12-02T02:00:00Z'),
  works: { az: 'Şəbəkə, kabel; "yeni"', en: 'Network' },
  ...{ filedAt: new Date('2026-11-26T16:00:00Z'), announcedAt: new Date(0), late: false },
  ...{ calledOffAt: undefined, endedAt: undefined },
}

describe('a calendar (RFC 5545)', () => {
  it('has an event a window, and says which were called off', () => {
    const text = calendarOf([sample, { ...sample, calledOffAt: new Date(1) }], new Date(2))
    expect(text.split('\r\n').slice(4, 15)).toEqual([
      'BEGIN:VEVENT',
      `UID:${sample.id}`,
      'DTSTAMP:20261126T160000Z',
      'DTSTART:20261201T220000Z',
      'DTEND:20261202T020000Z',
      'SUMMARY;LANGUAGE=az:Şlüz: profilaktik iş',
      'DESCRIPTION:Şəbəkə\\, kabel\\; "yeni"\\nNetwork',
      'CATEGORIES:BUS',
      'STATUS:CONFIRMED',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ])
    expect(text).toContain('STATUS:CANCELLED\r\n')
    const ended = calendarOf([{ ...sample, endedAt: sample.from }], new Date(2))
    expect(ended).not.toContain('DTEND')
  })

  it('holds whatever people write: lines of 75 octets, and the text comes back', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 })
    fc.assert(
      fc.property(text, (works) => {
        const line = folded(`DESCRIPTION:${escaped(works)}`)
        for (const each of line.split('\r\n')) {
          expect(Buffer.byteLength(each)).toBeLessThanOrEqual(75)
          expect(each).not.toMatch(/[\r\n]/)
          expect(each.isWellFormed()).toBe(works.isWellFormed())
        }
        const unfolded = line.replaceAll('\r\n ', '').slice('DESCRIPTION:'.length)
        const back = unfolded.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
        const expected = works.replaceAll(/\r\n?/g, '\n').replaceAll(/(?!\n|\t)\p{Cc}/gu, '')
        expect(back).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })
})
