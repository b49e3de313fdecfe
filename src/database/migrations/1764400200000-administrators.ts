import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Who may use the admin API: administrators, what they log in with, their roles with dates, their sessions, and the
 * persons whom members answer by. Nothing of it is deleted; what ends has a date. Counters of wrong logins, and which logins
 * have come back from an OpenID provider, are no record, and go.
 */
export class Administrators1764400200000 implements MigrationInterface {
  readonly name = 'Administrators1764400200000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [administrator, credentials, role, session, alert, persons, grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${tables.toReversed().join(', ')}`)
  }
}

const tables = [
  ...['administrator', 'administrator_certificate', 'administrator_recovery_code'],
  ...['role_assignment', 'operator_handover', 'admin_session', 'admin_login_address'],
  ...['admin_oidc_login', 'admin_alert', 'responsible_person', 'responsible_confirmation'],
].map((name) => `sluice.${name}`)

// A password's hash is argon2id's (PHC string); the secret of the codes is sealed by a key from outside the database.
const administrator = `
  CREATE TABLE sluice.administrator (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{2,63}$'),
    name text NOT NULL CHECK (name <> ''),
    email text,
    member text REFERENCES sluice.member,
    status text NOT NULL CHECK (status IN ('active', 'disabled')),
    password_hash text CHECK (starts_with(password_hash, '$argon2id$')),
    must_change_password boolean NOT NULL DEFAULT false,
    failures smallint NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until timestamptz,
    totp_secret bytea,
    totp_confirmed_at timestamptz,
    totp_last_step bigint,
    -- Of an enrolment that is not confirmed yet.
    totp_pending bytea,
    oidc_issuer text,
    oidc_subject text,
    created_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    UNIQUE (oidc_issuer, oidc_subject),
    CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL)),
    CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL)
  );
  CREATE INDEX administrator_member ON sluice.administrator (member)`

const credentials = `
  CREATE TABLE sluice.administrator_certificate (
    administrator uuid NOT NULL REFERENCES sluice.administrator,
    -- SHA-256 of the DER, base64url.
    thumbprint text NOT NULL CHECK (thumbprint ~ '^[A-Za-z0-9_-]{43}$'),
    subject text NOT NULL,
    expires_at timestamptz NOT NULL,
    added_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (administrator, thumbprint, added_at)
  );
  CREATE UNIQUE INDEX administrator_certificate_now ON sluice.administrator_certificate (thumbprint)
    WHERE removed_at IS NULL;
  CREATE TABLE sluice.administrator_recovery_code (
    administrator uuid NOT NULL REFERENCES sluice.administrator,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    made_at timestamptz NOT NULL,
    -- Used, or replaced by others.
    ended_at timestamptz,
    PRIMARY KEY (administrator, hash)
  )`

// Each says the act that it was granted by, and its end the act that ended it.
const role = `
  CREATE TABLE sluice.role_assignment (
    id uuid PRIMARY KEY,
    administrator uuid NOT NULL REFERENCES sluice.administrator,
    role text NOT NULL CHECK (role IN ('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')),
    scope text,
    valid_from timestamptz NOT NULL,
    -- The moment from which it is out of force.
    valid_until timestamptz,
    granted_by uuid REFERENCES sluice.administrator,
    act_id uuid NOT NULL REFERENCES sluice.audit_log_entry,
    end_act_id uuid REFERENCES sluice.audit_log_entry,
    revision bigint NOT NULL DEFAULT 1,
    CHECK ((role IN ('FOUNDER_ADMIN', 'MEMBER_ADMIN')) = (scope IS NOT NULL)),
    CHECK (valid_until >= valid_from)
  );
  CREATE INDEX role_assignment_administrator ON sluice.role_assignment (administrator);
  CREATE INDEX role_assignment_role ON sluice.role_assignment (role, scope);
  CREATE TABLE sluice.operator_handover (
    id uuid PRIMARY KEY,
    operator text NOT NULL REFERENCES sluice.member,
    from_time timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    act_id uuid NOT NULL REFERENCES sluice.audit_log_entry
  )`

// Of a token there is its SHA-256; of an address how often somebody was wrong there lately.
const session = `
  CREATE TABLE sluice.admin_session (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    administrator uuid NOT NULL REFERENCES sluice.administrator,
    addresses text[] NOT NULL CHECK (cardinality(addresses) > 0),
    way text NOT NULL CHECK (way IN ('password', 'certificate', 'oidc')),
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_because text,
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
  );
  CREATE INDEX admin_session_administrator ON sluice.admin_session (administrator) WHERE revoked_at IS NULL;
  CREATE TABLE sluice.admin_login_address (
    address text PRIMARY KEY,
    failures integer NOT NULL,
    failed_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL
  );
  CREATE INDEX admin_login_address_age ON sluice.admin_login_address (failed_at);
  CREATE TABLE sluice.admin_oidc_login (
    -- Of one that has come back.
    state_hash bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    ends_at timestamptz NOT NULL
  );
  CREATE INDEX admin_oidc_login_age ON sluice.admin_oidc_login (ends_at)`

// What the security officers are told of; each is an act, too.
const alert = `
  CREATE TABLE sluice.admin_alert (
    id uuid PRIMARY KEY REFERENCES sluice.audit_log_entry,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    administrator uuid REFERENCES sluice.administrator,
    details jsonb NOT NULL
  )`

const persons = `
  CREATE TABLE sluice.responsible_person (
    id uuid PRIMARY KEY,
    member text NOT NULL REFERENCES sluice.member,
    kind text NOT NULL CHECK (kind IN ('responsible', 'technical')),
    name text NOT NULL CHECK (name <> ''),
    post text NOT NULL,
    email text NOT NULL,
    phone text,
    from_time timestamptz NOT NULL,
    until_time timestamptz,
    revision bigint NOT NULL DEFAULT 1
  );
  CREATE INDEX responsible_person_member ON sluice.responsible_person (member, id);
  CREATE TABLE sluice.responsible_confirmation (
    member text NOT NULL REFERENCES sluice.member,
    at timestamptz NOT NULL,
    act_id uuid PRIMARY KEY REFERENCES sluice.audit_log_entry
  );
  CREATE INDEX responsible_confirmation_member ON sluice.responsible_confirmation (member, at)`

const grants = `
  GRANT SELECT, INSERT, UPDATE ON sluice.administrator, sluice.responsible_person TO sluice_admin;
  GRANT SELECT, INSERT, UPDATE (removed_at) ON sluice.administrator_certificate TO sluice_admin;
  GRANT SELECT, INSERT, UPDATE (ended_at) ON sluice.administrator_recovery_code TO sluice_admin;
  GRANT SELECT, INSERT, UPDATE (valid_until, end_act_id, revision) ON sluice.role_assignment TO sluice_admin;
  GRANT SELECT, INSERT ON sluice.operator_handover, sluice.admin_alert, sluice.responsible_confirmation TO sluice_admin;
  GRANT SELECT, INSERT, UPDATE (addresses, last_seen_at, revoked_at, revoked_because)
    ON sluice.admin_session TO sluice_admin;
  GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.admin_login_address TO sluice_admin;
  GRANT SELECT, INSERT, DELETE ON sluice.admin_oidc_login TO sluice_admin`
