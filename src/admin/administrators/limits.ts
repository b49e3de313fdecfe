/** Limits of logins, passwords and sessions. */

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Argon2id as OWASP's Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane. */
export const argon2Params = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** Hashes at one time: 19 MiB and a core each. */
export const hashesInFlightMax = 2
/** Hashes that wait for their turn; what comes on top is refused. */
export const hashesWaitingMax = 16

export const passwordCharsMin = 12
export const passwordCharsMax = 128
/** Of a one-time password, which is random. */
export const oneTimePasswordBytes = 15

/** Wrong tries in a row until an administrator's password is locked. */
export const loginFailuresMax = 5
export const loginLockMs = 15 * minuteMs
/** Wrong tries from one network address until each further one has to wait, ever longer. */
export const addressFailuresFree = 10
/** First wait of an address; it doubles with each wrong try. */
export const addressWaitMsMin = 1_000
export const addressWaitMsMax = 15 * minuteMs
/** After so long without a wrong try an address begins anew. */
export const addressMemoryMs = hourMs

export const sessionIdleMsMax = 30 * minuteMs
export const sessionMsMax = 8 * hourMs
/** How exactly is known when a session was used last: each use writes at most so often. */
export const sessionSeenEveryMs = 30_000
/** Sessions that an administrator may have at one time; the oldest makes room. */
export const sessionsPerAdministratorMax = 16
/** Network addresses that are kept of one session. */
export const sessionAddressesMax = 16

export const totpDigits = 6
export const totpPeriodSeconds = 30
/** Steps before and after the present one whose codes count, for clocks that are wrong. */
export const totpWindowSteps = 1
export const totpSecretBytes = 20
export const recoveryCodesMade = 10
export const recoveryCodeBytes = 10

/** From leaving for an OpenID provider until coming back. */
export const oidcLoginMsMax = 10 * minuteMs
export const oidcRequestMsMax = 5_000

export const administratorsPerMemberMax = 500
/** Roles of one administrator that are in force, or will be. */
export const rolesPerAdministratorMax = 100
/** Responsible persons of a member, former ones included, that are shown. */
export const responsiblePersonsShownMax = 1_000
export const administratorNameCharsMax = 200
export const emailCharsMax = 254
export const phoneCharsMax = 40
export const postCharsMax = 200
export const reasonCharsMax = 500
export const certificatePemCharsMax = 20_000
export const certificatesPerAdministratorMax = 8
export const oidcSubjectCharsMax = 255
export const handoverOfficersMax = 50
export const responsiblePersonsPerMemberMax = 100
export const alertsShownMax = 200
export const responsibleExportRowsMax = 100_000

/** After so long a member's list of responsible persons has to be confirmed again. */
export const responsibleConfirmationMsMax = 180 * dayMs
