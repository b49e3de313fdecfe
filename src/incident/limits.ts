/** How often a node looks at its own health, and for how long a trouble lasts before it is an incident (R-144: 30 s in all). */
export const incidentLookEveryMs = 5_000
export const incidentAfterMs = 8_000
/** For so long no node has seen a trouble before its incident is closed: what comes and goes is one incident. */
export const incidentQuietMs = 30_000
/** What a look may take; longer, and the database counts as away. */
export const incidentLookMsMax = 10_000
/** After so long without removal it is decided about the reserve centre. */
export const decisionAfterMs = 900_000
/** A standby that is further behind is an incident. */
export const replicationLagMsMax = 60_000
/** Positions of the write-ahead log that are remembered, one a look: an hour. */
export const walPositionsMax = 720
/** Standbys that are told of. */
export const replicasShownMax = 32
/** Outages of the database that wait to be entered. */
export const outagesMax = 100
export const incidentDetailCharsMax = 500
/** Notices of one statement. */
export const noticesPerStatement = 500
/** In the folder of large messages, at least this is free. */
export const spoolFreeBytesMin = 268_435_456
