-- +goose Up
CREATE TABLE executions (
    id          TEXT COLLATE "C" PRIMARY KEY,
    owner_id    TEXT NOT NULL,
    owner_name  TEXT NOT NULL,
    language    TEXT NOT NULL,
    state       TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    exit_code   BIGINT,
    code_sha256 TEXT NOT NULL,
    code        BYTEA,
    search      TEXT NOT NULL,
    batch       TEXT NOT NULL,
    sandbox     TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    created     BIGINT NOT NULL,
    started     BIGINT NOT NULL,
    finished    BIGINT NOT NULL,
    wall_ms     DOUBLE PRECISION NOT NULL,
    cpu_ms      DOUBLE PRECISION NOT NULL,
    healed      BOOLEAN NOT NULL,
    iterations  BIGINT NOT NULL,
    event_seq   BIGINT NOT NULL,
    result      BYTEA,
    error_code  TEXT NOT NULL,
    error       TEXT NOT NULL
);
CREATE INDEX executions_owner ON executions (owner_id, id);
CREATE INDEX executions_state ON executions (state) WHERE state IN ('queued', 'running');
CREATE INDEX executions_created ON executions (created);
CREATE INDEX executions_batch ON executions (batch) WHERE batch <> '';

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created       BIGINT NOT NULL,
    updated       BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    owner_id   TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created    BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    last_used  BIGINT NOT NULL,
    revoked    BIGINT NOT NULL
);
CREATE INDEX api_keys_owner ON api_keys (owner_id);

CREATE TABLE refresh_tokens (
    hash    TEXT PRIMARY KEY,
    family  TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

CREATE TABLE idempotency (
    owner     TEXT NOT NULL,
    key       TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    done      BOOLEAN NOT NULL,
    response  BYTEA,
    created   BIGINT NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_created ON idempotency (created);

CREATE TABLE audit (
    seq      BIGINT PRIMARY KEY,
    time     BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    addr     TEXT NOT NULL,
    action   TEXT NOT NULL,
    target   TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    prev     TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE INDEX audit_time ON audit (time);

CREATE TABLE sandboxes (
    id         TEXT COLLATE "C" PRIMARY KEY,
    owner_id   TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      TEXT NOT NULL,
    persistent BOOLEAN NOT NULL,
    spec       BYTEA,
    created    BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    ended      BIGINT NOT NULL,
    error      TEXT NOT NULL
);
CREATE INDEX sandboxes_owner ON sandboxes (owner_id, id);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Times are microseconds since 1970; these show them to people.
CREATE VIEW history AS
SELECT id, owner_name, language, state, verdict, exit_code, wall_ms, healed,
       to_timestamp(created / 1e6) AS created,
       CASE WHEN finished = 0 THEN NULL ELSE to_timestamp(finished / 1e6) END AS finished, error
FROM executions;

-- +goose Down
DROP VIEW history;
DROP TABLE settings;
DROP TABLE sandboxes;
DROP TABLE audit;
DROP TABLE idempotency;
DROP TABLE refresh_tokens;
DROP TABLE api_keys;
DROP TABLE users;
DROP TABLE executions;
