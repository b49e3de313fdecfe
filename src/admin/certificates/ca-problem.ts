import { CaError, type CaErrorCode } from '../../ca/ca-error.js'
import { Problem, type ProblemCode } from '../problem.js'

const codes: Readonly<Record<CaErrorCode, readonly [ProblemCode, az: string]>> = {
  CA_NOT_READY: ['UNAVAILABLE', 'Sertifikat mərkəzi hələ hazır deyil'],
  CA_KEY_UNAVAILABLE: ['UNAVAILABLE', 'Sertifikat mərkəzinin açarı əlçatan deyil'],
  REQUEST_MALFORMED: ['UNPROCESSABLE', 'Bu, PKCS #10 formatında sertifikat sorğusu deyil'],
  PRIVATE_KEY_SENT: [
    'UNPROCESSABLE',
    'Məxfi açar göndərilib. O, sistemdən heç vaxt çıxmamalıdır və artıq ifşa olunmuş sayılır: yeni açar yaradın və yalnız onun sorğusunu göndərin',
  ],
  PROOF_OF_POSSESSION: ['UNPROCESSABLE', 'Sorğunun imzası onun açarı ilə qoyulmayıb'],
  KEY_REFUSED: ['UNPROCESSABLE', 'Sorğunun açarı qəbul edilmir'],
  KEY_IN_USE: [
    'UNPROCESSABLE',
    'Bu açar başqa sistemə və ya ləğv edilmiş sertifikata aiddir; yeni açar yaradın',
  ],
  EXTENSION_REFUSED: ['UNPROCESSABLE', 'Sorğuda qəbul edilməyən genişlənmə var'],
  SUBJECT_REFUSED: ['UNPROCESSABLE', 'Sistemin identifikatoru sertifikat üçün çox uzundur'],
  SUBSYSTEM_UNKNOWN: ['NOT_FOUND', 'Belə informasiya sistemi qeydiyyatda yoxdur'],
  SUBSYSTEM_INACTIVE: ['CONFLICT', 'İnformasiya sistemi və ya onun iştirakçısı fəal deyil'],
  CERTIFICATE_UNKNOWN: ['NOT_FOUND', 'Belə sertifikat yoxdur'],
  STATUS_REFUSED: ['CONFLICT', 'Sertifikatın hazırkı vəziyyəti buna yol vermir'],
  CHANGED_MEANWHILE: ['CHANGED_MEANWHILE', 'Qeyd bu müddətdə dəyişdirilib'],
  REQUEST_UNKNOWN: ['NOT_FOUND', 'Belə müraciət yoxdur'],
  REQUEST_DECIDED: ['CONFLICT', 'Müraciətə artıq baxılıb'],
}

/** Tells what the CA refuses as the API tells it. @throws Problem for a CaError, else what `work` throws */
export async function withCaProblems<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    throw caProblem(error)
  }
}

/** What the CA refuses, as the API tells it. */
export function caProblem(error: CaError): Problem {
  const [code, az] = codes[error.code]
  return new Problem(code, { detail: { az, en: error.message.replace(/\.$/, '') }, cause: error })
}
