/** Requests of one system that wait for an answer at one time. */
export const openRequestsPerConsumerMax = 200
export const groundCharsMax = 2_000
