import type { Hash } from './hashing.js'
import { Tree, type OnSubtree } from './tree.js'

/** What is known of one leaf: computed from its entry, stated beside the entry, kept in a tile. */
export interface LeafVotes {
  readonly computed: Hash | undefined
  readonly stated: Hash | undefined
  readonly tile: Hash | undefined
}

/** What does not fit at one leaf. */
export type LeafTrouble =
  | 'entry changed'
  | 'leaf hash changed'
  /** Entry and leaf hash fit each other, and not the tree. */
  | 'entry replaced'
  | 'tile changed'

/** A leaf of which the votes differ. Which of them is right a checkpoint says, if nothing else does. */
export interface Doubt {
  readonly index: number
  readonly computed: Hash
  /** What has stood here, as far as anything says so. */
  readonly expected: Hash
  /** What it is if the first hash is the tree's, and if the other one is. */
  readonly choices: readonly [Choice, Choice | undefined]
}

export interface Choice {
  readonly hash: Hash
  readonly trouble: LeafTrouble
}

/** Leaves since the last checkpoint that fitted, for finding out what happened to them. */
export interface Window {
  readonly tree: Tree
  readonly leaves: Hash[]
}

const windowLeavesMax = 1_024

/**
 * The leaves of one log, as a tree of what is most likely right, and, where votes differ, a second one of what
 * is right otherwise.
 */
export class Leaves {
  #main = new Tree()
  #other: Tree | undefined
  #window: Window | undefined = { tree: new Tree(), leaves: [] }
  #doubts: Doubt[] = []
  #isBroken = false
  readonly #ofMain: OnSubtree
  readonly #ofOther: OnSubtree
  readonly #ofBoth: OnSubtree

  /** @param upper - told of the hashes of upper tiles, as the one tree and as the other has them */
  constructor(upper: { readonly main: OnSubtree; readonly other: OnSubtree }) {
    this.#ofMain = upper.main
    this.#ofOther = upper.other
    this.#ofBoth = (level, hash) => {
      upper.main(level, hash)
      upper.other(level, hash)
    }
  }

  get size(): number {
    return this.#main.size
  }

  /** Whether a leaf is missing of which nobody says what it was: no root can be computed any more. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  get doubts(): readonly Doubt[] {
    return this.#doubts
  }

  /** Undefined once there are too many leaves in it. */
  get window(): Window | undefined {
    return this.#window
  }

  /** Adds the next leaf. @returns what does not fit, where something does not */
  append(votes: LeafVotes): Doubt | undefined {
    const { computed, stated, tile } = votes
    if (computed !== undefined && computed === stated && (tile ?? computed) === computed) {
      this.#add(computed)
      return undefined
    }
    const doubt = doubtOf(this.size, votes)
    if (doubt) this.#doubts.push(doubt)
    const hash = doubt ? doubt.choices[0].hash : tile
    if (hash === undefined) this.#isBroken = true
    this.#add(hash ?? '\0'.repeat(32), doubt?.choices[1]?.hash)
    return doubt
  }

  /** Whether this is the root of either tree. */
  hasRoot(root: Hash): boolean {
    return this.#main.root() === root || this.#other?.root() === root
  }

  /** Whether this is the tree's root; then it is known which votes were right. */
  settle(root: Hash): readonly (readonly [Doubt, LeafTrouble])[] | undefined {
    const isMain = this.#main.root() === root
    if (!isMain && this.#other?.root() !== root) return undefined
    if (!isMain && this.#other) this.#main = this.#other
    const settled = this.#doubts.map((doubt) => [doubt, troubleOf(doubt, isMain)] as const)
    this.#restart()
    return settled
  }

  /** The leaves are these from here on: somebody found out what happened. */
  replace(tree: Tree): void {
    this.#main = tree
    this.#restart()
  }

  /** Doubts that nothing has settled, for what they most likely are. */
  giveUp(): readonly (readonly [Doubt, LeafTrouble])[] {
    const left = this.#doubts.map((doubt) => [doubt, troubleOf(doubt, true)] as const)
    this.#doubts = []
    return left
  }

  /** What was doubtful is told of otherwise. */
  forget(doubt: Doubt): void {
    this.#doubts = this.#doubts.filter((each) => each !== doubt)
  }

  #add(hash: Hash, otherHash = hash): void {
    if (otherHash !== hash) this.#other ??= this.#main.clone()
    this.#main.append(hash, this.#other ? this.#ofMain : this.#ofBoth)
    this.#other?.append(otherHash, this.#ofOther)
    if (!this.#window) return
    this.#window.leaves.push(hash)
    if (this.#window.leaves.length > windowLeavesMax) this.#window = undefined
  }

  #restart(): void {
    this.#other = undefined
    this.#doubts = []
    this.#window = { tree: this.#main.clone(), leaves: [] }
  }
}

function troubleOf({ choices: [first, second] }: Doubt, isFirst: boolean): LeafTrouble {
  return isFirst ? first.trouble : (second ?? first).trouble
}

function doubtOf(index: number, { computed, stated, tile }: LeafVotes): Doubt | undefined {
  // Of a row that is gone there is nothing to doubt.
  if (computed === undefined || stated === undefined) return undefined
  const of = (choices: Doubt['choices'], expected: Hash): Doubt => ({
    index,
    computed,
    expected,
    choices,
  })
  const entryChanged = { hash: stated, trouble: 'entry changed' } as const
  const hashChanged = { hash: computed, trouble: 'leaf hash changed' } as const
  if (tile === undefined) return of([entryChanged, hashChanged], stated)
  if (tile === stated) return of([entryChanged, undefined], stated)
  if (tile === computed) return of([hashChanged, undefined], computed)
  const replaced = { hash: tile, trouble: 'entry replaced' } as const
  if (computed !== stated) return of([replaced, undefined], tile)
  return of([{ hash: computed, trouble: 'tile changed' }, replaced], tile)
}
