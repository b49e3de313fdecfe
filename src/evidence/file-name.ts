import { containerNameBytesMax } from '../limits/evidence.js'

// No dot in front, so neither `..` nor a hidden file; no backslash, colon or blank, which some system
// takes for more than a letter; nothing that upper and lower case or Unicode could spell in two ways.
const segment = '[A-Za-z0-9][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]+)*'
const namePattern = new RegExp(`^${segment}(?:/${segment}){0,3}$`)

/** Names that Windows gives to devices, with whatever extension. */
const devicePattern = /(?:^|\/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\/|$)/i

/** Whether a container may have a file of this name. */
export function isFileName(name: string): boolean {
  return name.length <= containerNameBytesMax && namePattern.test(name) && !devicePattern.test(name)
}

/** What two names must not share: the same letters, whatever their case. */
export function comparableName(name: string): string {
  return name.toLowerCase()
}
