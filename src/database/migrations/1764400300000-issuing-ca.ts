import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What the CA has issued, for whom and why; requests that wait for a decision; its revocation lists; and what
 * administrators are told (`notice`). Whether a certificate is in use is said in the registry alone: what stands
 * here of it follows from there, whoever writes it. No private key has a place anywhere.
 */
export class IssuingCa1764400300000 implements MigrationInterface {
  readonly name = 'IssuingCa1764400300000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      authority,
      certificate,
      request,
      list,
      responder,
      suspension,
      notice,
    ]) {
      await runner.query(statement)
    }
    for (const statement of [...follow, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER status_followed ON sluice.certificate')
    await runner.query('DROP FUNCTION sluice.certificate_status_followed()')
    await runner.query(`
      DROP TABLE sluice.notice, sluice.certificate_suspension, sluice.ca_responder, sluice.ca_crl,
        sluice.ca_request, sluice.ca_certificate, sluice.ca_authority`)
  }
}

const thumbprint = (name: string): string =>
  `${name} text NOT NULL CHECK (${name} ~ '^[A-Za-z0-9_-]{43}$')`
const serial = (name: string): string => `${name} text CHECK (${name} ~ '^[0-9a-f]{2,40}$')`

// \`state\` counts what a list has to follow.
const authority = `
  CREATE TABLE sluice.ca_authority (
    ${thumbprint('thumbprint')} PRIMARY KEY,
    ${thumbprint('key_digest')},
    name text NOT NULL CHECK (name <> ''),
    der bytea NOT NULL,
    not_after timestamptz NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state bigint NOT NULL DEFAULT 0
  )`

const certificate = `
  CREATE TABLE sluice.ca_certificate (
    ${serial('serial')} PRIMARY KEY,
    issuer text NOT NULL REFERENCES sluice.ca_authority,
    thumbprint text NOT NULL UNIQUE REFERENCES sluice.certificate,
    subsystem text NOT NULL REFERENCES sluice.subsystem,
    holder text NOT NULL CHECK (holder IN ('state', 'legal', 'citizen')),
    ${thumbprint('key_digest')},
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    renews text REFERENCES sluice.ca_certificate,
    requester text NOT NULL CHECK (requester <> ''),
    issued_by text NOT NULL CHECK (issued_by <> ''),
    issued_at timestamptz NOT NULL DEFAULT now(),
    act uuid NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'held', 'revoked')),
    status_at timestamptz NOT NULL DEFAULT now(),
    -- CRLReason (RFC 5280 §5.3.1).
    reason smallint CHECK (reason BETWEEN 0 AND 10 AND reason <> 7),
    revision integer NOT NULL DEFAULT 1,
    CHECK (not_before < not_after)
  );
  CREATE INDEX ca_certificate_subsystem ON sluice.ca_certificate (subsystem);
  CREATE INDEX ca_certificate_key ON sluice.ca_certificate (key_digest);
  CREATE INDEX ca_certificate_listed ON sluice.ca_certificate (issuer, not_after) WHERE status <> 'active'`

const request = `
  CREATE TABLE sluice.ca_request (
    id uuid PRIMARY KEY,
    subsystem text NOT NULL REFERENCES sluice.subsystem,
    -- PKCS #10: the public key and what its owner calls itself.
    csr bytea NOT NULL,
    ${thumbprint('key_digest')},
    renews text REFERENCES sluice.ca_certificate,
    note text,
    requester text NOT NULL CHECK (requester <> ''),
    requested_at timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'issued', 'refused')),
    decided_by text,
    decided_at timestamptz,
    reason text,
    serial text REFERENCES sluice.ca_certificate,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((status = 'open') = (decided_at IS NULL)),
    CHECK ((status = 'issued') = (serial IS NOT NULL))
  );
  CREATE INDEX ca_request_subsystem ON sluice.ca_request (subsystem, id)`

const list = `
  CREATE TABLE sluice.ca_crl (
    issuer text NOT NULL REFERENCES sluice.ca_authority,
    number bigint NOT NULL CHECK (number > 0),
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    state bigint NOT NULL,
    der bytea NOT NULL,
    PRIMARY KEY (issuer, number)
  )`

/** Every certificate that the CA signs is on record, these too. */
const responder = `
  CREATE TABLE sluice.ca_responder (
    ${serial('serial')} PRIMARY KEY,
    issuer text NOT NULL REFERENCES sluice.ca_authority,
    der bytea NOT NULL,
    not_after timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
  )`

/** Certificates that are held because their system is suspended, and for no other reason. */
const suspension = `
  CREATE TABLE sluice.certificate_suspension (
    thumbprint text PRIMARY KEY REFERENCES sluice.certificate,
    since timestamptz NOT NULL DEFAULT now()
  )`

const notice = `
  CREATE TABLE sluice.notice (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    recipient_member text REFERENCES sluice.member,
    recipient_role text CHECK (recipient_role IN ('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')),
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z.-]{0,63}$'),
    subject text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    read_at timestamptz,
    -- What is told once is told once, whichever node tells it.
    once text UNIQUE,
    CHECK ((recipient_member IS NULL) <> (recipient_role IS NULL))
  );
  CREATE INDEX notice_member ON sluice.notice (recipient_member, id) WHERE recipient_member IS NOT NULL;
  CREATE INDEX notice_role ON sluice.notice (recipient_role, id) WHERE recipient_role IS NOT NULL`

const follow = [
  `CREATE FUNCTION sluice.certificate_status_followed() RETURNS trigger
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
   DECLARE
     signer text;
   BEGIN
     IF NEW.status <> 'held' THEN
       DELETE FROM sluice.certificate_suspension WHERE thumbprint = NEW.thumbprint;
     END IF;
     UPDATE sluice.ca_certificate
        SET status = NEW.status, status_at = now(), revision = revision + 1,
            reason = CASE NEW.status WHEN 'held' THEN 6 WHEN 'revoked' THEN 0 END
      WHERE thumbprint = NEW.thumbprint RETURNING issuer INTO signer;
     IF FOUND THEN
       UPDATE sluice.ca_authority SET state = state + 1 WHERE thumbprint = signer;
     END IF;
     RETURN NULL;
   END $$`,
  'REVOKE ALL ON FUNCTION sluice.certificate_status_followed() FROM PUBLIC',
  `CREATE TRIGGER status_followed AFTER UPDATE ON sluice.certificate
   FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
   EXECUTE FUNCTION sluice.certificate_status_followed()`,
]

const tables = ['authority', 'certificate', 'request', 'crl', 'responder']
  .map((name) => `sluice.ca_${name}`)
  .join(', ')

/** Who serves the admin API is the CA; the jobs tell holders before a certificate ends. */
const grants = [
  'GRANT SELECT, INSERT ON sluice.notice TO sluice_jobs',
  `GRANT SELECT, INSERT ON ${tables} TO sluice_admin`,
  'GRANT SELECT, INSERT, DELETE ON sluice.certificate_suspension TO sluice_admin',
  'GRANT UPDATE (reason, revision) ON sluice.ca_certificate TO sluice_admin',
  `GRANT UPDATE (status, decided_by, decided_at, reason, serial, revision) ON sluice.ca_request
     TO sluice_admin`,
  'GRANT SELECT, INSERT, UPDATE (read_at) ON sluice.notice TO sluice_admin',
]
