export const openAlready = {
  az: 'Bu səbəbdən açıq qəza artıq var',
  en: 'This cause has an open incident already',
}
export const closedAlready = {
  az: 'Qəza artıq aradan qaldırılıb',
  en: 'The incident is closed already',
}
export const decidedAlready = {
  az: 'Ehtiyat mərkəzi barədə qərar artıq verilib',
  en: 'It is decided about the reserve centre already',
}
export const noDecision = {
  az: 'Bu qəzanı ehtiyat mərkəzi aradan qaldıra bilməz',
  en: 'A reserve centre would not remove this failure',
}
export const startPlace = {
  az: 'keçmişdə və son 31 gün ərzində olmalıdır',
  en: 'must be in the past, and within the last 31 days',
}
