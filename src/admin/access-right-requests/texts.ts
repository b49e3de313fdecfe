export const tooMany = {
  az: 'Bu sistemin cavab gözləyən müraciətləri həddindən artıqdır',
  en: 'Too many requests of this system wait for an answer',
}
export const askedAlready = {
  az: 'Belə bir müraciət artıq cavab gözləyir',
  en: 'The same is asked for already, and waits for an answer',
}
export const decidedAlready = {
  az: 'Müraciət üzrə artıq qərar verilib',
  en: 'The request is decided already',
}
