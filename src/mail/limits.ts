/** Notices that one turn makes mails of, and people whom one notice reaches. */
export const mailedNoticesPerTurn = 50
export const mailRecipientsMax = 200
/** An older notice is read in its inbox: mails that begin to go out today do not tell of last year. */
export const mailNoticeAgeHoursMax = 24
/** Mails that one turn sends. */
export const mailsPerTurn = 50
export const mailTurnEveryMs = 5_000
/** A mail that a node has taken is another's to send after this: longer than all that one mail may take. */
export const mailLeaseMs = 120_000
export const mailAttemptsMax = 12
export const mailRetryMsMin = 15_000
export const mailRetryMsMax = 3_600_000
/** What one mail may take at the server, from connecting to its last word. */
export const mailConnectMsMax = 10_000
export const mailSilenceMsMax = 20_000
/** What became of a mail is known for so long. */
export const mailKeptDays = 30
export const mailsForgottenPerTurn = 1_000
export const mailAddressCharsMax = 254
export const mailSubjectCharsMax = 150
/** Mails that wait in memory while the database is away, and addresses that are known then. */
export const urgentMailsMax = 2_000
export const urgentAddressesMax = 1_000
export const urgentAddressesEveryMs = 60_000
