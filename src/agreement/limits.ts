/** How long before its end the sides are told that an agreement ends, days. */
export const expiryWarningDays = 30
/** How long an agreement holds at the most, and how far ahead one may begin, years. */
export const agreementYearsMax = 10
/** Agreements that one turn of the job warns of or ends, and how often there is one. */
export const agreementsPerTurn = 50
export const agreementsEveryMs = 1_000
/** Text of rules of use in one language, characters. */
export const rulesTextCharsMax = 200_000
export const rulesTitleCharsMax = 300
/** How long a participant has to acknowledge rules of use before it is reminded, days. */
export const rulesReminderDays = 14
/** Contracts whose generated documentation a node keeps at hand. */
export const documentationsAtHandMax = 32
