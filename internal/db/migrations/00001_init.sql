-- +goose Up
CREATE TABLE log_entry (
  seq           BIGINT PRIMARY KEY,
  leaf          BYTEA  NOT NULL,
  commit_header BYTEA  NOT NULL,
  commit_person BYTEA  NOT NULL,
  salt_header   BYTEA,
  salt_person   BYTEA,
  body_header   BYTEA,
  body_person   BYTEA,
  at            BIGINT NOT NULL,
  kind          TEXT   NOT NULL,
  act           TEXT   NOT NULL,
  object        TEXT   NOT NULL,
  result        TEXT   NOT NULL
);
CREATE INDEX log_entry_at ON log_entry (at);

CREATE TABLE log_tileroot (
  lvl  BIGINT NOT NULL,
  n    BIGINT NOT NULL,
  hash BYTEA  NOT NULL,
  PRIMARY KEY (lvl, n)
);

CREATE TABLE log_head (
  id         BIGINT PRIMARY KEY CHECK (id = 1),
  size       BIGINT NOT NULL,
  frontier   BYTEA  NOT NULL,
  checkpoint TEXT   NOT NULL
);
INSERT INTO log_head (id, size, frontier, checkpoint) VALUES (1, 0, '', '');

CREATE TABLE regulation_version (
  id       BIGINT PRIMARY KEY,
  file     TEXT   NOT NULL,
  document BYTEA  NOT NULL,
  hash     BYTEA  NOT NULL,
  decision TEXT   NOT NULL,
  from_at  BIGINT NOT NULL,
  until_at BIGINT
);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE person (
  id                 TEXT PRIMARY KEY,
  login              TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  password           TEXT NOT NULL,
  confidentiality_at BIGINT,
  created_at         BIGINT NOT NULL,
  ended_at           BIGINT
);

CREATE TABLE appointment (
  id      TEXT PRIMARY KEY,
  person  TEXT NOT NULL REFERENCES person (id),
  role    TEXT NOT NULL,
  site    TEXT,
  by_whom TEXT NOT NULL,
  basis   TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT
);
CREATE INDEX appointment_person ON appointment (person);

CREATE TABLE seat (
  id         TEXT PRIMARY KEY,
  token_hash BYTEA  NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ended_at   BIGINT
);

CREATE TABLE sign_in (
  id       TEXT PRIMARY KEY,
  seat     TEXT   NOT NULL REFERENCES seat (id),
  person   TEXT   NOT NULL REFERENCES person (id),
  place    BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sign_in_seat ON sign_in (seat);

CREATE TABLE site (
  id         TEXT PRIMARY KEY,
  name       TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE sign (
  id        TEXT PRIMARY KEY,
  site      TEXT   NOT NULL REFERENCES site (id),
  entrance  TEXT   NOT NULL,
  evidence  TEXT   NOT NULL,
  placed_at BIGINT NOT NULL,
  gone_at   BIGINT
);

CREATE TABLE camera (
  id         TEXT PRIMARY KEY,
  name       TEXT    NOT NULL,
  site       TEXT    NOT NULL REFERENCES site (id),
  url        TEXT    NOT NULL,
  username   TEXT    NOT NULL,
  password   TEXT    NOT NULL,
  visible    BOOLEAN NOT NULL,
  aim        TEXT    NOT NULL,
  assessment TEXT    NOT NULL,
  added_at   BIGINT  NOT NULL,
  removed_at BIGINT
);

CREATE TABLE key_hour (
  camera     TEXT   NOT NULL,
  hour       BIGINT NOT NULL,
  public_key BYTEA,
  canary     BYTEA  NOT NULL,
  PRIMARY KEY (camera, hour)
);
CREATE INDEX key_hour_published ON key_hour (hour) WHERE public_key IS NOT NULL;

CREATE TABLE segment (
  id        TEXT PRIMARY KEY,
  camera    TEXT   NOT NULL,
  hour      BIGINT NOT NULL,
  from_at   BIGINT NOT NULL,
  to_at     BIGINT NOT NULL,
  bytes     BIGINT NOT NULL,
  fragments BIGINT NOT NULL,
  hash      BYTEA,
  state     TEXT   NOT NULL,
  blob      TEXT   NOT NULL
);
CREATE INDEX segment_camera_from ON segment (camera, from_at);
CREATE INDEX segment_camera_hour ON segment (camera, hour);
CREATE INDEX segment_open ON segment (camera) WHERE state = 'open';

CREATE TABLE gap (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT,
  cause   TEXT   NOT NULL,
  detail  TEXT   NOT NULL
);
CREATE INDEX gap_camera_from ON gap (camera, from_at);

CREATE TABLE erasure (
  camera        TEXT   NOT NULL,
  hour          BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  segments      BIGINT NOT NULL,
  bytes         BIGINT NOT NULL,
  entry         BIGINT NOT NULL,
  vault_version BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  PRIMARY KEY (camera, hour)
);
CREATE INDEX erasure_intended ON erasure (camera, hour) WHERE state = 'intended';

CREATE TABLE incident (
  id          TEXT PRIMARY KEY,
  number      TEXT   NOT NULL UNIQUE,
  kind        TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  site        TEXT   NOT NULL REFERENCES site (id),
  happened_at BIGINT NOT NULL,
  reported_at BIGINT NOT NULL,
  reported_by TEXT   NOT NULL,
  description TEXT   NOT NULL,
  settled_at  BIGINT
);

CREATE TABLE hold (
  id        TEXT PRIMARY KEY,
  incident  TEXT   NOT NULL REFERENCES incident (id),
  camera    TEXT   NOT NULL,
  from_at   BIGINT NOT NULL,
  to_at     BIGINT NOT NULL,
  reason    TEXT   NOT NULL,
  placed_at BIGINT NOT NULL,
  placed_by TEXT   NOT NULL,
  lifted_at BIGINT
);
CREATE INDEX hold_camera ON hold (camera);

CREATE TABLE held_key (
  incident TEXT  NOT NULL,
  segment  TEXT  NOT NULL,
  wrapped  BYTEA NOT NULL,
  PRIMARY KEY (incident, segment)
);
CREATE INDEX held_key_segment ON held_key (segment);
