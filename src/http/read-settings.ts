import { readFileSync } from 'node:fs'

/** Settings that cannot be used. The message names the key, and quotes no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown, path: string, known: readonly string[]): Fields {
  const fields = recordOf(value, path)
  const unknown = Object.keys(fields).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new SettingsError(`${path}: unknown ${unknown.join(', ')}; known are ${known.join(', ')}`)
  }
  return fields
}

export function recordOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingsError(`${path}: must be a table of keys and values`)
  }
  return value as Fields
}

export function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new SettingsError(`${path}: must be a text that is not empty`)
  }
  return value
}

export function textsOf(value: unknown, path: string): string[] {
  if (!Array.isArray(value)) throw new SettingsError(`${path}: must be a list`)
  return value.map((entry, index) => textOf(entry, `${path}[${index}]`))
}

export function integerOf(value: unknown, path: string, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw new SettingsError(`${path}: must be a whole number from ${min} to ${max}`)
  }
  return value as number
}

export function oneOf<Choice extends string>(
  value: unknown,
  path: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === value)
  if (choice === undefined) throw new SettingsError(`${path}: must be ${choices.join(' or ')}`)
  return choice
}

export function fileOf(value: unknown, path: string): string {
  try {
    return readFileSync(textOf(value, path), 'utf8')
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw new SettingsError(`${path}: cannot be read`, { cause: error })
  }
}
