/**
 * The policy of the bus's own authority, from a UUID (X.667): its operator is the operator of what it
 * stamps. Its time proves nothing to anybody who does not believe him.
 */
export const ownTimestampsPolicy = '2.25.340232587007165287716866928059710849222'
