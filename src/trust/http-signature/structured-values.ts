/** RFC 9651 §3.3.4. */
export class Token {
  constructor(readonly text: string) {}
}

/** RFC 9651 §3.3.2; kept apart from integers, because `1.0` and `1` are written differently. */
export class Decimal {
  constructor(readonly value: number) {}
}

/** RFC 9651 §3.3.7, in seconds since the epoch. */
export class DateItem {
  constructor(readonly seconds: number) {}
}

/** RFC 9651 §3.3.8. */
export class DisplayString {
  constructor(readonly text: string) {}
}

/** An integer is a number, a byte sequence a Uint8Array. */
export type BareItem =
  number | string | boolean | Uint8Array | Token | Decimal | DateItem | DisplayString

export type Parameters = ReadonlyMap<string, BareItem>

export interface Item {
  readonly value: BareItem
  readonly parameters: Parameters
}

export interface InnerList {
  readonly items: readonly Item[]
  readonly parameters: Parameters
}

export type Member = Item | InnerList

export type Dictionary = ReadonlyMap<string, Member>

export function isInnerList(member: Member): member is InnerList {
  return 'items' in member
}
