export const tooManyOpen = {
  az: 'İştirakçının bağlanmamış qoşulma işləri həddindən artıqdır',
  en: 'The participant has too many connection cases that have not ended',
}
export const otherOwner = {
  az: 'İnformasiya sistemi artıq başqa iştirakçınındır',
  en: 'The information system belongs to another participant by now',
}
export function anothers(member: string): { az: string; en: string } {
  return { az: `${member} iştirakçısının deyil`, en: `is no object of ${member}` }
}
export function otherDomain(domain: string): { az: string; en: string } {
  return {
    az: `İnformasiya sistemi ${domain} domenindədir: iş də həmin domendə aparılmalıdır`,
    en: `The information system is in the domain ${domain}: its case has to be one of that domain`,
  }
}
export const submittedOften = {
  az: 'Bu iş üzrə müraciət həddindən artıq təqdim olunub',
  en: 'The application of this case was handed in too often',
}
export const openedOften = {
  az: 'İştirakçı bir gündə həddindən artıq qoşulma işi açıb',
  en: 'The participant has opened too many connection cases in one day',
}
export const openAlready = {
  az: 'Bu obyekt üzrə qoşulma işi artıq aparılır',
  en: 'There is a connection case of this object already',
}
export const standsNow = {
  az: 'Müraciət bu vəziyyətdə dəyişdirilmir: onun üzrə qərar verilir',
  en: 'The application is not changed in this state: somebody decides on it',
}
export const tooManyNotes = {
  az: 'Bu iş üzrə qeydlər həddindən artıqdır',
  en: 'Too much was noted of this case already',
}
export const tooManyDecisions = {
  az: 'Bu yoxlama üzrə qərarlar həddindən artıqdır',
  en: 'Too much was decided of this check already',
}
export const notCheckedYet = {
  az: 'Uyğunluq yoxlaması hələ başa çatmayıb',
  en: 'The conformity check has not ended yet',
}
export const checkedByYou = {
  az: 'Yoxlamanı aparan və ya orada qərar verən şəxs rəyi imzalaya bilməz',
  en: 'Who started the check or decided in it does not sign the opinion',
}
export const notAskedFor = {
  az: 'Bu domendə təhlükəsizlik üzrə rəy tələb olunmur',
  en: 'No opinion on security is asked for in this domain',
}
export const securityMissing = {
  az: 'Təhlükəsizlik orqanının müsbət rəyi olmadan müqavilə bağlanmır',
  en: 'There is no agreement without a positive opinion of the security body',
}
export const systemFirst = {
  az: 'Xidmətin informasiya sistemi hələ qoşulmayıb',
  en: 'The information system of the service is not connected yet',
}
export const whenPositive = {
  az: 'Təhlükəsizlik üzrə rəy yalnız müsbət rəydən sonra, müqaviləyə qədər verilir',
  en: 'An opinion on security is given after a positive opinion and before the agreement',
}
export const onlyWhileChecking = {
  az: 'Yoxlamanın sətirləri üzrə qərar yalnız yoxlama zamanı verilir',
  en: 'Lines of a check are decided on while the case is being checked',
}

export const putAway = {
  az: 'İş arxivə verilib: onun üzrə heç nə edilmir',
  en: 'The case was archived: nothing is done with it any more',
}
export const correctedLater = {
  az: 'Bu yolla yalnız müqavilə bağlandıqdan sonra, qeydiyyata qədər düzəliş edilir',
  en: 'It is put right in this way between the agreement and the registration alone',
}
export const notOfSuch = {
  az: 'yalnız informasiya sisteminin müraciətində olur',
  en: 'is of information systems only',
}
export const unknownObject = {
  az: 'müraciətdə belə məlumat obyekti yoxdur',
  en: 'is no data object of the application',
}
export const goesOnYet = {
  az: 'İş davam edir: onu iştirakçı və operator öz addımları ilə bitirir',
  en: 'The case goes on: participant and operator bring it to its end by its steps',
}
export const objectInUse = {
  az: 'Qoşulmuş obyekt hələ ləğv olunmayıb: iş onunla birlikdə arxivə verilir',
  en: 'What the case has connected is not liquidated yet: the case is archived after it',
}
/** @param codes - such as `TT-04` */
export function undecided(codes: readonly string[]): { az: string; en: string } {
  const which = codes.join(', ')
  return {
    az: `Əvvəlcə bu tələblər üzrə qərar verilməlidir: ${which}`,
    en: `These requirements have to be decided on first: ${which}`,
  }
}

export function unmet(codes: readonly string[]): { az: string; en: string } {
  const which = codes.join(', ')
  return { az: `Bu tələblər ödənilmir: ${which}`, en: `These requirements are not met: ${which}` }
}

export const nothingUnmet = {
  az: 'Ödənilməyən tələb yoxdur: əsaslandırılmış tələb irəli sürülə bilməz',
  en: 'No requirement is unmet: there is nothing to demand',
}
