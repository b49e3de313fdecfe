import { stateOf, type FiledWindow } from './filed-window.js'

const lineOctetsMax = 75

/** A calendar of announced works, as RFC 5545 has it, for whatever calendar its reader uses. */
export function calendarOf(windows: readonly FiledWindow[], now: Date): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Sluice//Maintenance//AZ',
    'CALSCALE:GREGORIAN',
    ...windows.flatMap((window) => eventOf(window, now)),
    'END:VCALENDAR',
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join('')
}

function eventOf(window: FiledWindow, now: Date): string[] {
  const { id, from, until, endedAt, works, service, subsystem, filedAt } = window
  const what = service ?? subsystem
  const summary = what === undefined ? 'Şlüz: profilaktik iş' : `${what}: texniki iş`
  const isOff = stateOf(window, now) === 'calledOff'
  return [
    'BEGIN:VEVENT',
    `UID:${id}`,
    `DTSTAMP:${dateTime(filedAt)}`,
    `DTSTART:${dateTime(from)}`,
    ...endOf(from, endedAt ?? until),
    `SUMMARY;LANGUAGE=az:${escaped(summary)}`,
    `DESCRIPTION:${escaped(`${works.az}\n${works.en}`)}`,
    `CATEGORIES:${what === undefined ? 'BUS' : 'MEMBER'}`,
    `STATUS:${isOff ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

/** An end is later than the beginning, or is not said (RFC 5545 §3.6.1); seconds are all there is. */
function endOf(from: Date, until: Date): string[] {
  return dateTime(from) === dateTime(until) ? [] : [`DTEND:${dateTime(until)}`]
}

/** FORM #2 of RFC 5545 §3.3.5: UTC. */
function dateTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

/** RFC 5545 §3.3.11. What no text may hold there is left out. */
export function escaped(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n|\t)\p{Cc}/gu, '')
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
}

/** RFC 5545 §3.1: lines of at most 75 octets, and no character broken in two. */
export function folded(line: string): string {
  const lines: string[] = []
  let current = ''
  let octets = 0
  for (const character of line) {
    const length = Buffer.byteLength(character)
    if (octets + length > lineOctetsMax) {
      lines.push(current)
      current = ' '
      octets = 1
    }
    current += character
    octets += length
  }
  lines.push(current)
  return lines.join('\r\n')
}
