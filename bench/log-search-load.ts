import { hash } from 'node:crypto'
import type { ClientBase } from 'pg'

/** Exchanges of one transaction, about what a group commit takes under load. */
const perTransaction = 100
const spreadMs = 4 * 86_400_000

/** Who asks whom in the exchange of this number. */
export function plantedId(n: number): { consumer: string; provider: string; service: string } {
  const provider = `AZ/GOV/P${(n % 47) % 9}/REG`
  return { consumer: `AZ/GOV/M${n % 47}/SYS`, provider, service: `${provider}/svc${n % 3}/v1` }
}

/** Some twenty exchanges are about each person. */
export function subjectOf(n: number): string {
  return hash('sha256', `s${n % 50_000}`, 'base64url')
}

/** All the exchanges of a run. */
export interface Load {
  readonly exchanges: number
  readonly fromMs: number
}

/**
 * Writes exchanges of these numbers with both their entries straight into the database, as the message log
 * would over four days from a moment on: half of them about a person, a quarter with a correlation id.
 */
export async function plantExchanges(
  owner: ClientBase,
  { exchanges, fromMs }: Load,
  [start, end]: readonly [start: number, end: number],
): Promise<void> {
  await owner.query(idFunction)
  await owner.query('SET synchronous_commit = off')
  for (let first = start; first < end; first += perTransaction) {
    const last = Math.min(first + perTransaction, end) - 1
    await owner.query(plantStatement, [first, last, exchanges, fromMs, spreadMs / exchanges])
  }
  await owner.query('RESET synchronous_commit')
}

const idFunction = `
  CREATE OR REPLACE FUNCTION pg_temp.id_at(ms bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(n::text), 1, 3) || 'a'
            || substr(md5(n::text), 4, 15))::uuid
  $$`

const digest = 'd'.repeat(43)

const common = `"domain":"PORTAL","exchangeId":"%3$s","format":2,"kind"`

// Members in the order of their names, as the message log writes them.
const requestText = `{"caseNumber":"2026/114","consumer":"%1$s","consumerCertificate":"${digest}",
"consumerCertificateSerial":"0a1b2c","consumerIdentity":"verified","consumerProtocol":"rest",
"consumerSignatureDigest":"${digest}","contractVersion":"none",%2$s${common}:"request",
"legalBasis":"Vergi Məcəlləsi, maddə 23","messageId":"m-%4$s","mode":"user","payloadBytes":1024,
"payloadDigest":"${digest}","provider":"%5$s","providerProtocol":"rest","purpose":"vergi yoxlaması",
"receivedAt":"2026-11-26T03:31:14.383Z","recordedAt":"2026-11-26T03:31:14.385Z",
"remoteAddress":"10.0.0.7","rightId":"right-1","rightLegalBasis":"Sərəncam 5",
"rightPurpose":"vergi yoxlaması","sealedPayloadDigest":"${digest}","service":"%6$s"%7$s}`.replaceAll(
  '\n',
  '',
)
const replyText =
  `{"answeredAt":"2026-11-26T03:31:14.385Z","consumer":"%1$s","consumerProtocol":"rest",
%2$s"deliveredAt":"2026-11-26T03:31:14.385Z","deliveredPayloadDigest":"${digest}",${common}:"reply",
"mappingVersion":"none","messageId":"m-%4$s","outcome":"%8$s","payloadBytes":1024,
"payloadDigest":"${digest}","provider":"%5$s","providerProtocol":"rest",
"recordedAt":"2026-11-26T03:31:14.385Z","replyStatus":200,"requestEntry":"${digest}",
"sealedPayloadDigest":"${digest}","service":"%6$s"}`.replaceAll('\n', '')

const textOf = (template: string): string =>
  `convert_to(format('${template}', consumer, correlation, id, n, provider, service, subject, outcome),
              'UTF8')`

// $1, $2: numbers of the first and last; $3: of all; $4, $5: milliseconds of the first, and between two.
const plantStatement = `
  WITH planted AS (
    SELECT *, provider || '/svc' || n % 3 || '/v1' AS service FROM (
      SELECT n, pg_temp.id_at($4::bigint + (n * $5::float8)::bigint, n) AS id,
        to_timestamp(($4::bigint + n * $5::float8) / 1000) AS at,
        CASE WHEN n = $3::bigint / 2 THEN 'AZ/GOV/RARE/SYS'
          ELSE 'AZ/GOV/M' || n % 47 || '/SYS' END AS consumer,
        'AZ/GOV/P' || n % 47 % 9 || '/REG' AS provider,
        CASE WHEN n % 4 <> 3 THEN '' ELSE '"correlationId":"c-' || n / 4 || '",' END AS correlation,
        CASE WHEN n % 2 = 0 THEN '' ELSE ',"subjectPseudonym":"' || rtrim(translate(encode(
          sha256(convert_to('s' || n % 50000, 'UTF8')), 'base64'), '+/', '-_'), '=') || '"' END AS subject,
        CASE WHEN n % 100003 = 7 THEN 'AUDIT_UNAVAILABLE' WHEN n % 13 = 0 THEN 'PROVIDER_TIMEOUT'
          ELSE 'answered' END AS outcome
        FROM generate_series($1::bigint, $2::bigint) AS n) AS numbered
  ), entries AS (
    SELECT *, 1 AS half, 'request' AS kind, ${textOf(requestText)} AS entry FROM planted
    UNION ALL
    SELECT *, 2, 'reply', ${textOf(replyText)} FROM planted
  )
  INSERT INTO sluice.message_log_entry
    (exchange_id, half, kind, recorded_at, domain, consumer, service, outcome, entry, leaf_hash)
  SELECT id, half, kind, at, 'PORTAL', consumer, service, CASE half WHEN 2 THEN outcome END,
         entry, sha256('\\x00'::bytea || entry) FROM entries`
