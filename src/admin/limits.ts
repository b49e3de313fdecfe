/** Limits of the admin API: few callers, each with a login, and strangers in front of the door. */
export const adminLimits = {
  connectionsMax: 200,
  /** For request line, headers and body to arrive, milliseconds. */
  requestMsMax: 30_000,
  /** Without any traffic, milliseconds. */
  idleMsMax: 60_000,
} as const
export type AdminLimits = Readonly<{ [Name in keyof typeof adminLimits]: number }>
