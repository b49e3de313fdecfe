export const startsInThePast = {
  az: 'başlanğıc vaxtı keçmişdə ola bilməz',
  en: 'must not be in the past',
}
export const endsTooSoon = {
  az: 'başlanğıcdan və indiki vaxtdan sonra olmalıdır',
  en: 'must be after the start, and after now',
}
export const lastsTooLong = {
  az: 'texniki iş ən çoxu 31 gün çəkə bilər',
  en: 'must be within 31 days of the start',
}
export const tooFarAhead = {
  az: 'ən çoxu 366 gün əvvəldən bildirilə bilər',
  en: 'must be within 366 days',
}
export const unknownTarget = {
  az: 'reyestrdə belə informasiya sistemi və ya xidmət versiyası yoxdur, yaxud ləğv edilib',
  en: 'must be a system, or a version of a service, in the registry, and not liquidated',
}
export const startedAlready = {
  az: 'texniki iş artıq başlayıb: başlanğıc vaxtı dəyişdirilə bilməz',
  en: 'the works have begun: their start stays as it is',
}
export const notRunning = {
  az: 'Texniki iş hazırda aparılmır',
  en: 'The works do not go on now',
}
export const notPlanned = {
  az: 'Texniki iş artıq başlayıb, başa çatıb və ya ləğv edilib',
  en: 'The works have begun, are over or were called off',
}
export const isOver = {
  az: 'Texniki iş başa çatıb və ya ləğv edilib',
  en: 'The works are over, or were called off',
}
export const tooManyWindows = {
  az: 'Hələ başa çatmamış texniki işlərin sayı həddi aşır',
  en: 'Too many works are announced that are not over yet',
}
export const filedTooOften = {
  az: 'Bu sistem üzrə bir gündə həddindən artıq iş elan olunub',
  en: 'Works on this system were announced too often in one day',
}
export const changedTooOften = {
  az: 'Bu işlər həddindən artıq dəyişdirilib: onları ləğv edib yenidən elan edin',
  en: 'These works were changed too often: call them off, and announce them anew',
}
