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
  id           BIGINT PRIMARY KEY,        -- 1, 2, 3 …
  file         TEXT   NOT NULL,           -- as adopted: "clusius.md"
  document     BYTEA  NOT NULL,           -- the text that was adopted, byte for byte
  hash         BYTEA  NOT NULL,           -- SHA-256 of document and, if it has any, choices
  decision     TEXT   NOT NULL,           -- the board's decision it rests on
  from_at      BIGINT NOT NULL,           -- may be to come: until then the one before stays in force
  until_at     BIGINT,                    -- NULL while in force
  choices      TEXT   NOT NULL DEFAULT '{}', -- JSON: question to answer, as chosen at adoption
  announced_at BIGINT,                    -- when the text was made known; NULL: never
  layer        TEXT   NOT NULL DEFAULT '', -- '' is the organisation's regulation; or opdracht
  scope        TEXT   NOT NULL DEFAULT '' -- what an order is for: Locatie::"…", Camera::"…"; '' everywhere
);

-- A text that may become a regulation: councils consent to it, it is announced,
-- and then it is adopted, or not. Never changed: another text is another draft.
CREATE TABLE regulation_draft (
  id           TEXT PRIMARY KEY,
  file         TEXT   NOT NULL,
  document     BYTEA  NOT NULL,
  hash         BYTEA  NOT NULL,           -- SHA-256 of document and, if it has any, choices: what is consented to
  choices      TEXT   NOT NULL,           -- JSON, as in regulation_version
  author       TEXT   NOT NULL,           -- person who brought it in
  created_at   BIGINT NOT NULL,
  announced_at BIGINT                     -- NULL: not made known yet
);

-- A council consented to exactly one text: another text has another hash.
CREATE TABLE consent (
  id       TEXT PRIMARY KEY,
  hash     BYTEA  NOT NULL,               -- that of the draft
  council  TEXT   NOT NULL,               -- key of a council in the text itself
  evidence TEXT   NOT NULL,               -- letter or minutes it shows from
  given_on TEXT   NOT NULL,               -- date of the consent, 2026-09-01
  by_whom  TEXT   NOT NULL,               -- person who put it on file
  at       BIGINT NOT NULL                -- when they did
);
CREATE INDEX consent_hash ON consent (hash);

-- An article that doesn't hold for a while, or a decision in a case the
-- regulation doesn't foresee. Rows stay: past acts are judged by them.
CREATE TABLE derogation (
  id       TEXT PRIMARY KEY,
  kind     TEXT   NOT NULL,               -- afwijking, schorsing (by a judge), onvoorzien
  article  TEXT   NOT NULL,               -- number, '' if none
  scope    TEXT   NOT NULL,               -- Locatie::"…" or Camera::"…", '' everywhere
  reason   TEXT   NOT NULL,
  told     TEXT   NOT NULL,               -- who was told
  advice   TEXT   NOT NULL,               -- JSON: roles that advised
  by_whom  TEXT   NOT NULL,
  from_at  BIGINT NOT NULL,
  to_at    BIGINT,                        -- NULL: without an end
  told_at  BIGINT,                        -- NULL: nobody was told yet
  ended_at BIGINT                         -- ended earlier
);

-- What is on file: an assessment, an advice, a declaration. A regulation names
-- the kinds, and may demand one of each before something is allowed.
CREATE TABLE file_item (
  id      TEXT PRIMARY KEY,
  kind    TEXT   NOT NULL,                -- key of a kind in the regulation: dpia
  about   TEXT   NOT NULL,                -- Camera::"…", Locatie::"…", Persoon::"…", Organisatie::"…"
  title   TEXT   NOT NULL,
  fields  TEXT   NOT NULL,                -- JSON: what the regulation asks to be filled in
  dated   TEXT   NOT NULL,                -- date of the document; its validity runs from here
  by_whom TEXT   NOT NULL,
  at      BIGINT NOT NULL,                -- when it was put on file
  media   TEXT   NOT NULL,                -- application/pdf, image/jpeg, image/png, text/plain; '' without content
  content BYTEA,                          -- at most 5 MiB
  gone_at BIGINT                          -- taken off file: content and fields are gone, the row stays
);
CREATE INDEX file_item_about ON file_item (about);

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
  ended_at           BIGINT,
  kind               TEXT NOT NULL DEFAULT 'medewerker', -- medewerker, verwerker, bewoner, gedeeld
  confidentiality_basis TEXT NOT NULL DEFAULT '' -- why they must keep silent: contract, signed undertaking
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
  to_at   BIGINT,                         -- NULL: until withdrawn
  stands_for TEXT                         -- person whose place they take while absent; NULL: nobody's
);
CREATE INDEX appointment_person ON appointment (person);
CREATE INDEX appointment_site ON appointment (site);

-- Someone isn't there for a while: who stands for them may act now.
CREATE TABLE absence (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES person (id),
  reason  TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT                          -- NULL: until they are back
);
CREATE INDEX absence_person ON absence (person);

-- Someone may do, for a while or an aim, what their role doesn't allow.
CREATE TABLE grant_given (
  id         TEXT PRIMARY KEY,
  person     TEXT   NOT NULL REFERENCES person (id),
  act        TEXT   NOT NULL,             -- act of the vocabulary: terugkijken
  cameras    TEXT   NOT NULL,             -- JSON: ids; empty: all
  purpose    TEXT   NOT NULL,             -- key of a purpose, '' any
  reason     TEXT   NOT NULL,
  conditions TEXT   NOT NULL,
  by_whom    TEXT   NOT NULL,
  from_at    BIGINT NOT NULL,
  to_at      BIGINT                       -- NULL: without an end
);
CREATE INDEX grant_given_person ON grant_given (person);

-- A seat is one browser at one workstation. Who presents the token sits there.
CREATE TABLE seat (
  id         TEXT PRIMARY KEY,
  token_hash BYTEA  NOT NULL UNIQUE,      -- SHA-256 of the cookie; the cookie itself is kept nowhere
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ended_at   BIGINT,
  station    TEXT                         -- workstation it is, if that is registered
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
  created_at BIGINT NOT NULL,
  kind       TEXT   NOT NULL DEFAULT '',  -- school, gemeentehuis, woongebouw …
  buildings  BIGINT NOT NULL DEFAULT 1    -- how many belong to it
);

CREATE TABLE room (
  id      TEXT PRIMARY KEY,
  site    TEXT   NOT NULL REFERENCES site (id),
  name    TEXT   NOT NULL,
  kind    TEXT   NOT NULL,                -- kind of room of the vocabulary: trappenhuis
  storage BOOLEAN NOT NULL,               -- the recordings stand here
  gone_at BIGINT
);
CREATE INDEX room_site ON room (site);

-- Where people come in: each must have a sign.
CREATE TABLE entrance (
  id      TEXT PRIMARY KEY,
  site    TEXT   NOT NULL REFERENCES site (id),
  name    TEXT   NOT NULL,
  gone_at BIGINT
);
CREATE INDEX entrance_site ON entrance (site);

-- Evidence that people are told: a sign at an entrance.
CREATE TABLE sign (
  id        TEXT PRIMARY KEY,
  site      TEXT   NOT NULL REFERENCES site (id),
  entrance  TEXT   NOT NULL,              -- its name
  evidence  TEXT   NOT NULL,              -- where the photo is kept, if not here
  placed_at BIGINT NOT NULL,
  gone_at   BIGINT,
  photo       BYTEA,                      -- NULL: none
  photo_media TEXT NOT NULL DEFAULT ''    -- image/jpeg, image/png
);

-- A screen where people may look. A code, shown once, makes one browser it.
CREATE TABLE workstation (
  id          TEXT PRIMARY KEY,
  site        TEXT   NOT NULL REFERENCES site (id),
  room        TEXT   NOT NULL REFERENCES room (id),
  name        TEXT   NOT NULL,
  kind        TEXT   NOT NULL,            -- bekijkplek, kantoor, publiek
  code_hash   BYTEA,                      -- SHA-256 of the code, NULL once used
  code_until  BIGINT,
  device_hash BYTEA,                      -- SHA-256 of the browser's cookie; NULL: no browser yet
  gone_at     BIGINT
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
  removed_at BIGINT,
  room       TEXT,                        -- where it hangs; NULL: not registered
  in_view    TEXT   NOT NULL DEFAULT '',  -- what else it sees, words of the vocabulary
  aimed_at   TEXT   NOT NULL DEFAULT '',  -- what of that it is aimed at
  mode       TEXT   NOT NULL DEFAULT '',  -- continu, beweging, alleen live; '': as the regulation says
  pixels     BIGINT NOT NULL DEFAULT 0,   -- per metre, at the place it is there to see; 0: not measured
  clock_off  BIGINT NOT NULL DEFAULT 0,   -- seconds its clock differs from ours
  view_changed_at BIGINT,                 -- since when it sees what it sees; NULL: since it was added
  sub_url    TEXT    NOT NULL DEFAULT '', -- a lighter stream of the same, for who watches; '': none
  device     TEXT    NOT NULL DEFAULT '', -- its ONVIF service, http://host/onvif/device_service; '': none
  profile    TEXT    NOT NULL DEFAULT '', -- its ONVIF media profile that is recorded
  steers     BOOLEAN NOT NULL DEFAULT FALSE, -- it can be turned and zoomed
  trust      TEXT    NOT NULL DEFAULT '', -- SHA-256 of the certificate it may show though nobody vouches for it, 64 hex digits
  senses     TEXT    NOT NULL DEFAULT ''  -- how motion is noticed: camera, ffmpeg; '': from the size of pictures
);

-- A part of the picture that is blackened, and what it hides.
CREATE TABLE mask (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL REFERENCES camera (id),
  covers  TEXT   NOT NULL,                -- what of in_view: openbare weg
  area    TEXT   NOT NULL,                -- where in the picture
  by_whom TEXT   NOT NULL,                -- who approved it
  at      BIGINT NOT NULL,
  gone_at BIGINT
);
CREATE INDEX mask_camera ON mask (camera);

-- ---------------------------------------------------------------------------
-- Who is where, when.

-- Something that is going on at a site or in a room of it: an exam.
CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  kind    TEXT   NOT NULL,                -- word of the regulation: examen
  site    TEXT   NOT NULL REFERENCES site (id),
  room    TEXT,                           -- NULL: the whole site
  title   TEXT   NOT NULL,
  by_whom TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT NOT NULL
);
CREATE INDEX session_site ON session (site, to_at);

-- Who is on the roster of a session.
CREATE TABLE duty (
  session TEXT NOT NULL REFERENCES session (id),
  person  TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (session, person)
);

-- Someone from outside who came for footage.
CREATE TABLE visitor (
  id           TEXT PRIMARY KEY,
  name         TEXT   NOT NULL,
  capacity     TEXT   NOT NULL,           -- politie, justitie, betrokkene, vertegenwoordiger, advocaat
  organisation TEXT   NOT NULL,           -- whose, '' their own
  site         TEXT   NOT NULL REFERENCES site (id),
  document     TEXT   NOT NULL,           -- kind of identity document that was seen, '' none; never its number
  reason       TEXT   NOT NULL,
  by_whom      TEXT   NOT NULL,           -- person who received them
  at           BIGINT NOT NULL,
  left_at      BIGINT
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
  blob      TEXT   NOT NULL,              -- name in the blob store
  clock_off BIGINT NOT NULL DEFAULT 0,    -- milliseconds the camera's clock was ahead of ours
  activity  BYTEA                         -- one byte for each five seconds: 0 unknown, else 1 to 101 how much differs; +128 the camera says motion
);
CREATE INDEX segment_camera_from ON segment (camera, from_at);
CREATE INDEX segment_camera_hour ON segment (camera, hour);
CREATE INDEX segment_open ON segment (camera) WHERE state = 'open'; -- one a camera, of a million

-- What a camera recorded in an hour that is over, in short, so that weeks can
-- be shown at once. Made of the segment rows of that hour, and gone with them;
-- an hour without one is read from its segments.
CREATE TABLE recorded_hour (
  camera TEXT   NOT NULL,
  hour   BIGINT NOT NULL,
  runs   BYTEA  NOT NULL,                 -- stretches without a hole: from and to in milliseconds since the hour began, 4 bytes big-endian each
  peaks  BYTEA  NOT NULL,                 -- 60 bytes, one a minute: the highest of segment.activity; +128 the camera said motion
  PRIMARY KEY (camera, hour)
);

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
  state       TEXT   NOT NULL,            -- vermoed, waargenomen, verzocht, afgehandeld
  site        TEXT   NOT NULL REFERENCES site (id),
  happened_at BIGINT NOT NULL,
  reported_at BIGINT NOT NULL,
  reported_by TEXT   NOT NULL,
  description TEXT   NOT NULL,
  settled_at  BIGINT,
  observer    TEXT   NOT NULL DEFAULT '', -- who saw it
  reference   TEXT   NOT NULL DEFAULT '', -- where the report under another protocol is
  requester   TEXT   NOT NULL DEFAULT '', -- who asked to keep footage
  seen_alone  BOOLEAN NOT NULL DEFAULT FALSE, -- seen by one person, looking back
  seen_together_at BIGINT,                -- since then looked at by two; NULL: not yet
  granted     BOOLEAN,                    -- answer to a request; NULL: none yet
  decided_at  BIGINT,
  decided_by  TEXT   NOT NULL DEFAULT '',
  reasons     TEXT   NOT NULL DEFAULT '', -- of the answer
  due_on      TEXT   NOT NULL DEFAULT ''  -- date by which an answer is due
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

-- Somebody viewed this and found it of no use: the term that the regulation
-- gives for that has begun.
CREATE TABLE rejection (
  id      TEXT PRIMARY KEY,
  camera  TEXT   NOT NULL,
  from_at BIGINT NOT NULL,
  to_at   BIGINT NOT NULL,
  by_whom TEXT   NOT NULL,
  at      BIGINT NOT NULL                 -- the term runs from here
);
CREATE INDEX rejection_camera ON rejection (camera);
