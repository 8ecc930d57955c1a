-- The whole data model of Oogmerk, in the order in which a newcomer should
-- read it. One text for SQLite and PostgreSQL.
--
-- Conventions. Instants are BIGINT microseconds since 1970 UTC, named *_at;
-- hours are BIGINT hours since 1970 UTC. Names ("id") are short random texts
-- given by us; a person or a camera may be renamed, its id never changes.
-- Nothing in this database can open footage: keys that can are in the vault,
-- a file of its own, so a copy of this database is never worth stealing for
-- the pictures (docs/design/0002-keys-and-erasure.md).

-- ---------------------------------------------------------------------------
-- The logbook: a Merkle tree. docs/formats/logbook.md is byte-exact.

-- One line in the logbook. leaf, commit_header and commit_person never
-- change; the bodies and salts of one part may be erased later without
-- touching the tree. at/kind/act/object/result repeat what is inside
-- body_header so that the logbook can be searched; `oogmerk check` compares.
CREATE TABLE log_entry (
  seq           BIGINT PRIMARY KEY,       -- 0, 1, 2 … without holes
  leaf          BYTEA  NOT NULL,          -- RFC 6962 leaf hash, 32 bytes
  commit_header BYTEA  NOT NULL,          -- commitment to body_header, 32 bytes
  commit_person BYTEA  NOT NULL,          -- commitment to body_person, 32 bytes
  salt_header   BYTEA,
  salt_person   BYTEA,                    -- NULL once the person part is erased
  body_header   BYTEA,                    -- JSON without personal data
  body_person   BYTEA,                    -- JSON: who, with whom, from which seat
  at            BIGINT NOT NULL,
  kind          TEXT   NOT NULL,          -- besluit, uitkomst, intrekking, aantekening
  act           TEXT   NOT NULL,
  object        TEXT   NOT NULL,          -- Camera::"…"
  result        TEXT   NOT NULL           -- toegestaan, geweigerd, gedaan, mislukt …
);
CREATE INDEX log_entry_at ON log_entry (at);

-- The hash of every complete subtree of 256 leaves, of 256 of those, and so on.
CREATE TABLE log_tileroot (
  lvl  BIGINT NOT NULL,                   -- 8, 16, 24 …
  n    BIGINT NOT NULL,
  hash BYTEA  NOT NULL,
  PRIMARY KEY (lvl, n)
);

-- One row: the right edge of the tree and the last signed checkpoint. Every
-- logged transaction takes this row first, so they are serial on both engines.
CREATE TABLE log_head (
  id         BIGINT PRIMARY KEY CHECK (id = 1),
  size       BIGINT NOT NULL,
  frontier   BYTEA  NOT NULL,             -- hashes of perfect subtrees, largest first
  checkpoint TEXT   NOT NULL              -- C2SP tlog-checkpoint, '' while empty
);
INSERT INTO log_head (id, size, frontier, checkpoint) VALUES (1, 0, '', '');

-- ---------------------------------------------------------------------------
-- The regulation in force, and every one before it.

-- Past acts are judged by the version then in force, so versions stay.
CREATE TABLE regulation_version (
  id       BIGINT PRIMARY KEY,            -- 1, 2, 3 …
  file     TEXT   NOT NULL,               -- as adopted: "clusius.md"
  document BYTEA  NOT NULL,               -- the text that was adopted, byte for byte
  hash     BYTEA  NOT NULL,               -- SHA-256 of document
  decision TEXT   NOT NULL,               -- the board's decision it rests on
  from_at  BIGINT NOT NULL,
  until_at BIGINT                         -- NULL while in force
);

-- Small facts about this installation: name of the organisation, the demo's
-- clock. Never a secret, never a rule.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- ---------------------------------------------------------------------------
-- People.

CREATE TABLE person (
  id                 TEXT PRIMARY KEY,
  login              TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  password           TEXT NOT NULL,       -- argon2id, PHC string
  confidentiality_at BIGINT,              -- undertaking of confidentiality on file
  created_at         BIGINT NOT NULL,
  ended_at           BIGINT
);

-- Someone is made something, somewhere, for a time, by someone, on a ground.
CREATE TABLE appointment (
  id      TEXT PRIMARY KEY,
  person  TEXT NOT NULL REFERENCES person (id),
  role    TEXT NOT NULL,                  -- a role of the vocabulary: locatiebeheerder
  site    TEXT,                           -- NULL: the whole organisation
  by_whom TEXT NOT NULL,
  basis   TEXT NOT NULL,                  -- decision or letter it rests on
  from_at BIGINT NOT NULL,
  to_at   BIGINT                          -- NULL: until withdrawn
);
CREATE INDEX appointment_person ON appointment (person);

-- A seat is one browser at one workstation. Who presents the token sits there.
CREATE TABLE seat (
  id         TEXT PRIMARY KEY,
  token_hash BYTEA  NOT NULL UNIQUE,      -- SHA-256 of the cookie; the cookie itself is kept nowhere
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ended_at   BIGINT
);

-- Who sits there. The first is who acts, the others are present.
CREATE TABLE sign_in (
  id       TEXT PRIMARY KEY,
  seat     TEXT   NOT NULL REFERENCES seat (id),
  person   TEXT   NOT NULL REFERENCES person (id),
  place    BIGINT NOT NULL,               -- 0 acts, 1 and on are present with
  since_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,               -- ends by itself then
  ended_at BIGINT                         -- left earlier
);
CREATE INDEX sign_in_seat ON sign_in (seat);

-- ---------------------------------------------------------------------------
-- Places and cameras.

CREATE TABLE site (
  id         TEXT PRIMARY KEY,
  name       TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);

-- Evidence that people are told: a sign at an entrance.
CREATE TABLE sign (
  id        TEXT PRIMARY KEY,
  site      TEXT   NOT NULL REFERENCES site (id),
  entrance  TEXT   NOT NULL,
  evidence  TEXT   NOT NULL,              -- where the photo is kept
  placed_at BIGINT NOT NULL,
  gone_at   BIGINT
);

-- A camera. Its footage refers to the id alone: renaming, moving or removing
-- a camera changes nothing about how long what it saw is kept.
CREATE TABLE camera (
  id         TEXT PRIMARY KEY,            -- 32 hex digits
  name       TEXT    NOT NULL,
  site       TEXT    NOT NULL REFERENCES site (id),
  url        TEXT    NOT NULL,            -- rtsp://host:port/path, without credentials
  username   TEXT    NOT NULL,
  password   TEXT    NOT NULL,
  visible    BOOLEAN NOT NULL,            -- can be seen by who is seen by it
  aim        TEXT    NOT NULL,            -- what it is there to see
  assessment TEXT    NOT NULL,            -- the privacy assessment that covers it, '' if none
  added_at   BIGINT  NOT NULL,
  removed_at BIGINT
);

-- ---------------------------------------------------------------------------
-- Footage. docs/formats/segment.md is byte-exact.

-- The public key of one camera during one hour. Whoever records needs only
-- this. The canary is a known text under a key that follows from the hour's
-- private key (docs/formats/segment.md): that it no longer opens shows that
-- the hour was erased. Rows stay for ever.
CREATE TABLE key_hour (
  camera     TEXT   NOT NULL,
  hour       BIGINT NOT NULL,
  public_key BYTEA,                       -- NULL once the hour is over
  canary     BYTEA  NOT NULL,             -- 54 bytes
  PRIMARY KEY (camera, hour)
);
-- The few that are not over yet, among all that ever were.
CREATE INDEX key_hour_published ON key_hour (hour) WHERE public_key IS NOT NULL;

-- One row a segment: at most a minute of one camera, never across an hour.
-- Rebuildable from the segment files (`oogmerk check --repair`).
CREATE TABLE segment (
  id        TEXT PRIMARY KEY,             -- run id and index: "6f…e2-0007"
  camera    TEXT   NOT NULL,
  hour      BIGINT NOT NULL,
  from_at   BIGINT NOT NULL,              -- first picture
  to_at     BIGINT NOT NULL,              -- end of the last
  bytes     BIGINT NOT NULL,              -- of the file
  fragments BIGINT NOT NULL,
  hash      BYTEA,                        -- over the fragments' seals; NULL while open
  state     TEXT   NOT NULL,              -- open, closed, erasing
  blob      TEXT   NOT NULL               -- name in the blob store
);
CREATE INDEX segment_camera_from ON segment (camera, from_at);
CREATE INDEX segment_camera_hour ON segment (camera, hour);
CREATE INDEX segment_open ON segment (camera) WHERE state = 'open'; -- one a camera, of a million

-- Never a gap without a cause.
CREATE TABLE gap (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT,                         -- NULL while it lasts
  cause   TEXT   NOT NULL,                -- onbereikbaar, geweigerd, schijf vol, geen toestemming, herstart, klok …
  detail  TEXT   NOT NULL
);
CREATE INDEX gap_camera_from ON gap (camera, from_at);

-- The erasure of one camera-hour: meant, then done. Kept for ever: it is the
-- proof, with the logbook entry that goes with it.
CREATE TABLE erasure (
  camera        TEXT   NOT NULL,
  hour          BIGINT NOT NULL,
  state         TEXT   NOT NULL,          -- intended, done
  segments      BIGINT NOT NULL,          -- how many went
  bytes         BIGINT NOT NULL,
  entry         BIGINT NOT NULL,          -- logbook entry of the ruling
  vault_version BIGINT NOT NULL,          -- first vault without the key, 0 until done
  at            BIGINT NOT NULL,
  PRIMARY KEY (camera, hour)
);
CREATE INDEX erasure_intended ON erasure (camera, hour) WHERE state = 'intended';

-- ---------------------------------------------------------------------------
-- Incidents, and the footage held for them.

CREATE TABLE incident (
  id          TEXT PRIMARY KEY,
  number      TEXT   NOT NULL UNIQUE,     -- 2026-014
  kind        TEXT   NOT NULL,
  state       TEXT   NOT NULL,            -- vermoed, waargenomen, afgehandeld
  site        TEXT   NOT NULL REFERENCES site (id),
  happened_at BIGINT NOT NULL,
  reported_at BIGINT NOT NULL,
  reported_by TEXT   NOT NULL,
  description TEXT   NOT NULL,
  settled_at  BIGINT
);

-- A hold keeps footage past its term until its incident is settled.
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

-- A held segment's key, wrapped under its incident's key in the vault.
CREATE TABLE held_key (
  incident TEXT  NOT NULL,
  segment  TEXT  NOT NULL,
  wrapped  BYTEA NOT NULL,                -- AES-256-GCM: nonce, sealed key
  PRIMARY KEY (incident, segment)
);
CREATE INDEX held_key_segment ON held_key (segment);
