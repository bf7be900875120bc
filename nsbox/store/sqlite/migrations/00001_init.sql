-- +goose Up
CREATE TABLE executions (
    id          TEXT PRIMARY KEY,
    owner_id    TEXT NOT NULL,
    owner_name  TEXT NOT NULL,
    language    TEXT NOT NULL,
    state       TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    exit_code   INTEGER,
    code_sha256 TEXT NOT NULL,
    code        BLOB,
    search      TEXT NOT NULL,
    batch       TEXT NOT NULL,
    sandbox     TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    created     INTEGER NOT NULL,
    started     INTEGER NOT NULL,
    finished    INTEGER NOT NULL,
    wall_ms     REAL NOT NULL,
    cpu_ms      REAL NOT NULL,
    healed      INTEGER NOT NULL,
    iterations  INTEGER NOT NULL,
    event_seq   INTEGER NOT NULL,
    result      BLOB,
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
    disabled      INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL
);

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    owner_id   TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    revoked    INTEGER NOT NULL
);
CREATE INDEX api_keys_owner ON api_keys (owner_id);

CREATE TABLE refresh_tokens (
    hash    TEXT PRIMARY KEY,
    family  TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    revoked INTEGER NOT NULL
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

CREATE TABLE idempotency (
    owner     TEXT NOT NULL,
    key       TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    done      INTEGER NOT NULL,
    response  BLOB,
    created   INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_created ON idempotency (created);

CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    time     INTEGER NOT NULL,
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
    id         TEXT PRIMARY KEY,
    owner_id   TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      TEXT NOT NULL,
    persistent INTEGER NOT NULL,
    spec       BLOB,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    ended      INTEGER NOT NULL,
    error      TEXT NOT NULL
);
CREATE INDEX sandboxes_owner ON sandboxes (owner_id, id);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE settings;
DROP TABLE sandboxes;
DROP TABLE audit;
DROP TABLE idempotency;
DROP TABLE refresh_tokens;
DROP TABLE api_keys;
DROP TABLE users;
DROP TABLE executions;
