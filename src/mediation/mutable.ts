/** While it is made: what refers to itself has to be there before it is whole. */
export type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] }
