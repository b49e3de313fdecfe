/** Limits of documents, with their units in their names. This file imports nothing. */

/** Data of one document; an application with a long check of the applicant's own has a tenth of it. */
export const documentDataBytesMax = 2_097_152
/** Pages of one document: nobody reads more, and making them keeps the node busy. */
export const documentPagesMax = 400
export const signatoriesMax = 8
