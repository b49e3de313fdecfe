/** One look at what there is: what it says, and what is wrong with it. */
export interface Look {
  readonly title: string
  readonly lines: readonly string[]
  readonly trouble?: string | undefined
}

/**
 * Looks one after the other and prints each.
 * @param failed - title of a look that could not be had
 * @returns how many did not show what they should
 */
export async function sayLooks(
  looks: readonly (() => Promise<Look>)[],
  say: (text: string) => void,
  failed: string,
): Promise<number> {
  let failures = 0
  for (const look of looks) {
    const { title, lines, trouble } = await look().catch((error: unknown) => ({
      ...{ title: failed, lines: [] },
      trouble: error instanceof Error ? error.message : String(error),
    }))
    say(`${trouble === undefined ? 'ok  ' : '!!  '} ${title}`)
    for (const line of lines) say(`     ${line}`)
    if (trouble === undefined) continue
    failures += 1
    say(`     WRONG: ${trouble}`)
  }
  return failures
}
