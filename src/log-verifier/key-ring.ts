import { FormatError, readVerifierKey, witnessKeyOf, type VerifierKey } from './signed-note.js'

/** The keys by which a log's checkpoints are checked. */
export interface LogKey {
  readonly key: VerifierKey
  /** The same key under its second name, by which the log states when it signed. */
  readonly timed: VerifierKey
}

/** Keys of logs and of witnesses that somebody gave. */
export class KeyRing {
  /** Keys by origin: a log that has changed its key has several. */
  readonly #logs = new Map<string, LogKey[]>()
  readonly witnesses: readonly VerifierKey[]

  /** @throws FormatError for a text that is no key, or of the wrong kind */
  constructor(logKeys: readonly string[], witnessKeys: readonly string[]) {
    for (const text of logKeys) {
      const key = readVerifierKey(text)
      if (key.isWitness) throw new FormatError(`${key.name} is the key of a witness and of no log`)
      const known = this.#logs.get(key.name) ?? []
      this.#logs.set(key.name, [...known, { key, timed: witnessKeyOf(key) }])
    }
    this.witnesses = witnessKeys.map((text) => {
      const key = readVerifierKey(text)
      if (!key.isWitness) throw new FormatError(`${key.name} is the key of a log and of no witness`)
      return key
    })
  }

  /** The keys that sign for this origin. */
  of(origin: string): readonly LogKey[] {
    return this.#logs.get(origin) ?? []
  }

  /** The keys of the log with this name, whatever its origin begins with. */
  ofLog(log: string): readonly LogKey[] {
    const end = originEnd(log)
    return [...this.#logs].flatMap(([name, keys]) => (name.endsWith(end) ? keys : []))
  }
}

/** What the origin of a log ends with: its name, each segment percent-encoded. */
export function originEnd(log: string): string {
  return `/${log.split('/').map(encodeURIComponent).join('/')}`
}
