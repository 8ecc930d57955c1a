-- +goose Up
ALTER TABLE regulation_version ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE regulation_version ADD COLUMN announced_at BIGINT;
ALTER TABLE regulation_version ADD COLUMN layer TEXT NOT NULL DEFAULT '';
ALTER TABLE regulation_version ADD COLUMN scope TEXT NOT NULL DEFAULT '';

CREATE TABLE regulation_draft (
  id           TEXT PRIMARY KEY,
  file         TEXT   NOT NULL,
  document     BYTEA  NOT NULL,
  hash         BYTEA  NOT NULL,
  choices      TEXT   NOT NULL,
  author       TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  announced_at BIGINT
);

CREATE TABLE consent (
  id       TEXT PRIMARY KEY,
  hash     BYTEA  NOT NULL,
  council  TEXT   NOT NULL,
  evidence TEXT   NOT NULL,
  given_on TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX consent_hash ON consent (hash);

CREATE TABLE derogation (
  id       TEXT PRIMARY KEY,
  kind     TEXT   NOT NULL,
  article  TEXT   NOT NULL,
  scope    TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  told     TEXT   NOT NULL,
  advice   TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL,
  from_at  BIGINT NOT NULL,
  to_at    BIGINT,
  told_at  BIGINT,
  ended_at BIGINT
);

CREATE TABLE file_item (
  id      TEXT PRIMARY KEY,
  kind    TEXT   NOT NULL,
  about   TEXT   NOT NULL,
  title   TEXT   NOT NULL,
  fields  TEXT   NOT NULL,
  dated   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  media   TEXT   NOT NULL,
  content BYTEA,
  gone_at BIGINT
);
CREATE INDEX file_item_about ON file_item (about);

ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'medewerker';
ALTER TABLE person ADD COLUMN confidentiality_basis TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment ADD COLUMN stands_for TEXT;
CREATE INDEX appointment_site ON appointment (site);
ALTER TABLE seat ADD COLUMN station TEXT;

CREATE TABLE absence (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES person (id),
  reason  TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT
);
CREATE INDEX absence_person ON absence (person);

CREATE TABLE grant_given (
  id         TEXT PRIMARY KEY,
  person     TEXT   NOT NULL REFERENCES person (id),
  act        TEXT   NOT NULL,
  cameras    TEXT   NOT NULL,
  purpose    TEXT   NOT NULL,
  reason     TEXT   NOT NULL,
  conditions TEXT   NOT NULL,
  by_whom    TEXT   NOT NULL,
  from_at    BIGINT NOT NULL,
  to_at      BIGINT
);
CREATE INDEX grant_given_person ON grant_given (person);

CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  kind    TEXT   NOT NULL,
  site    TEXT   NOT NULL REFERENCES site (id),
  room    TEXT,
  title   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT NOT NULL
);
CREATE INDEX session_site ON session (site, to_at);

CREATE TABLE duty (
  session TEXT NOT NULL REFERENCES session (id),
  person  TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (session, person)
);

CREATE TABLE visitor (
  id           TEXT PRIMARY KEY,
  name         TEXT   NOT NULL,
  capacity     TEXT   NOT NULL,
  organisation TEXT   NOT NULL,
  site         TEXT   NOT NULL REFERENCES site (id),
  document     TEXT   NOT NULL,
  reason       TEXT   NOT NULL,
  by_whom      TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  left_at      BIGINT
);

ALTER TABLE site ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE site ADD COLUMN buildings BIGINT NOT NULL DEFAULT 1;

CREATE TABLE room (
  id      TEXT PRIMARY KEY,
  site    TEXT   NOT NULL REFERENCES site (id),
  name    TEXT   NOT NULL,
  kind    TEXT   NOT NULL,
  storage BOOLEAN NOT NULL,
  gone_at BIGINT
);
CREATE INDEX room_site ON room (site);

CREATE TABLE entrance (
  id      TEXT PRIMARY KEY,
  site    TEXT   NOT NULL REFERENCES site (id),
  name    TEXT   NOT NULL,
  gone_at BIGINT
);
CREATE INDEX entrance_site ON entrance (site);
-- Each entrance had to have its sign already: what had one is an entrance.
INSERT INTO entrance (id, site, name) SELECT MIN(id), site, entrance FROM sign WHERE gone_at IS NULL GROUP BY site, entrance;

ALTER TABLE sign ADD COLUMN photo BYTEA;
ALTER TABLE sign ADD COLUMN photo_media TEXT NOT NULL DEFAULT '';

CREATE TABLE workstation (
  id          TEXT PRIMARY KEY,
  site        TEXT   NOT NULL REFERENCES site (id),
  room        TEXT   NOT NULL REFERENCES room (id),
  name        TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  code_hash   BYTEA,
  code_until  BIGINT,
  device_hash BYTEA,
  gone_at     BIGINT
);

ALTER TABLE camera ADD COLUMN room TEXT;
ALTER TABLE camera ADD COLUMN in_view TEXT NOT NULL DEFAULT '';
ALTER TABLE camera ADD COLUMN aimed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE camera ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE camera ADD COLUMN pixels BIGINT NOT NULL DEFAULT 0;
ALTER TABLE camera ADD COLUMN clock_off BIGINT NOT NULL DEFAULT 0;
ALTER TABLE camera ADD COLUMN view_changed_at BIGINT;

CREATE TABLE mask (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL REFERENCES camera (id),
  covers  TEXT   NOT NULL,
  area    TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  gone_at BIGINT
);
CREATE INDEX mask_camera ON mask (camera);

ALTER TABLE incident ADD COLUMN observer TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN requester TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN seen_alone BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE incident ADD COLUMN seen_together_at BIGINT;
ALTER TABLE incident ADD COLUMN granted BOOLEAN;
ALTER TABLE incident ADD COLUMN decided_at BIGINT;
ALTER TABLE incident ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN reasons TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN due_on TEXT NOT NULL DEFAULT '';

CREATE TABLE rejection (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT NOT NULL,
  by_whom TEXT   NOT NULL,
  at      BIGINT NOT NULL
);
CREATE INDEX rejection_camera ON rejection (camera);
