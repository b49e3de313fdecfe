/**
 * A text as it is compared and looked for, in the Azerbaijani way: İ is the capital of i and I that of ı, and
 * the Cyrillic ә that many keyboards give is the letter ə. Never for what is exchanged.
 */
export function folded(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\u04d8\u04d9]/g, 'ə')
    .toLocaleLowerCase('az')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
