export const tooMany = {
  az: 'İştirakçının cavab gözləyən müraciətləri həddindən artıqdır',
  en: 'Too many of this member wait for an answer',
}
export const endedAlready = {
  az: 'Müraciət artıq cavablandırılıb və ya geri götürülüb',
  en: 'It is answered or withdrawn already',
}
export const acceptedAlready = {
  az: 'Müraciət artıq icraya qəbul edilib',
  en: 'It is being dealt with already',
}
export const noMember = {
  az: 'belə iştirakçı yoxdur və ya ləğv edilib',
  en: 'is no member, or one that has ended',
}
export const tooOften = {
  az: 'İştirakçı bir gündə həddindən artıq müraciət göndərib',
  en: 'The participant has filed too much in one day',
}
