/**
 * Reasons that have no name for machines, by the English in which they are given. `$1` is a name in them. A test
 * holds this list against the sources that give them.
 */
const sentences: readonly (readonly [en: string, az: string])[] = [
  // Signed notes: whatever is read of a container as one is a checkpoint.
  ['the note has no signatures', 'nəzarət nöqtəsində imza yoxdur'],
  ['the last line of the note has no end', 'nəzarət nöqtəsinin son sətri yarımçıqdır'],
  ['the note has too many signatures', 'nəzarət nöqtəsində yol veriləndən çox imza var'],
  ['a line below the note is no signature', 'nəzarət nöqtəsinin altındakı sətir imza deyil'],
  ['the note is too long', 'nəzarət nöqtəsi yol veriləndən uzundur'],
  ['the note is not in UTF-8', 'nəzarət nöqtəsi UTF-8 kodlaşdırmasında deyil'],
  [
    'the text of the note cannot be signed',
    'nəzarət nöqtəsinin mətni imzalana bilən formada deyil',
  ],
  ['$1 is no name for a key', '$1 açar adı ola bilməz'],
  ['this is no verifier key of the form name+id+key', 'göstərilən mətn yoxlama açarı deyil'],
  [
    'the id of the verifier key is not that of its name and key',
    'yoxlama açarının nömrəsi onun adına və özünə uyğun deyil',
  ],
  ['notes are signed by Ed25519', 'nəzarət nöqtələri yalnız Ed25519 açarı ilə imzalanır'],
  ['the note has no signature by $1', 'nəzarət nöqtəsində $1 açarının imzası yoxdur'],
  ['the note has two signatures by $1', 'nəzarət nöqtəsində $1 açarının iki imzası var'],
  ['the signature by $1 has a wrong length', '$1 açarının imzasının uzunluğu yanlışdır'],
  ['the signature by $1 is wrong', '$1 açarının imzası yanlışdır'],
  [
    'the signature by $1 says a time that no calendar has',
    '$1 açarının imzasında heç bir təqvimdə olmayan vaxt göstərilib',
  ],
  ['the checkpoint names no origin', 'nəzarət nöqtəsində jurnalın adı yoxdur'],
  ['the checkpoint has no size', 'nəzarət nöqtəsində yazıların sayı yoxdur'],
  [
    'the checkpoint has no root hash of 32 bytes',
    'nəzarət nöqtəsində ağacın 32 baytlıq kök heşi yoxdur',
  ],
  ['the key is of another log', 'açar başqa jurnalın açarıdır'],
  // Proofs.
  ['the proof is too long', 'sübut yol veriləndən uzundur'],
  ['the proof has no checkpoint', 'sübutda nəzarət nöqtəsi yoxdur'],
  ['the file is no proof of an entry', 'fayl yazının jurnalda olmasının sübutu deyil'],
  ['the proof has too many hashes', 'sübutda yol veriləndən çox heş var'],
  ['a line of the proof is no hash', 'sübutun sətirlərindən biri heş deyil'],
  ['there is a checkpoint, and no proof', 'nəzarət nöqtəsi var, sübut isə yoxdur'],
  ['the proof is for another checkpoint', 'sübut başqa nəzarət nöqtəsinə aiddir'],
  [
    'the index is not below the size of the tree',
    'yazının indeksi ağacdakı yazıların sayından kiçik deyil',
  ],
  ['the inclusion proof is too long', 'sübutda artıq heş var'],
  ['the inclusion proof is too short', 'sübutda heş çatışmır'],
  ['the entry is not in this tree at this index', 'yazı bu ağacda həmin indeksdə deyil'],
  ['a hash has $1 bytes', 'heşin uzunluğu $1 bayt olmalıdır'],
  // Heads of messages.
  ['the head does not end with its only empty line', 'başlıq özünün yeganə boş sətri ilə bitmir'],
  ['a line of the head is no header field', 'başlığın sətirlərindən biri başlıq sahəsi deyil'],
  ['the head does not begin with a request line', 'başlıq sorğu sətri ilə başlamır'],
  ['the head does not begin with a status line', 'başlıq vəziyyət sətri ilə başlamır'],
  ['the head is no JSON', 'başlıq JSON formatında deyil'],
  ['the head is not in its canonical form', 'başlıq kanonik formada deyil'],
  [
    'the head has other members than a message has',
    'başlıqda mesajın başlığında ola bilməyən üzvlər var',
  ],
]

const patterns = sentences.map(([en, az]) => {
  const [before = '', after] = en.split('$1')
  return { before, after, az }
})

/** @returns a reason in Azerbaijani; undefined for one that is not known here */
export function spokenReason(message: string): string | undefined {
  for (const { before, after, az } of patterns) {
    if (after === undefined) {
      if (message === before) return az
      continue
    }
    const isIt = message.startsWith(before) && message.endsWith(after)
    if (!isIt || message.length <= before.length + after.length) continue
    const name = message.slice(before.length, message.length - after.length)
    return az.replace('$1', () => name)
  }
  return undefined
}
