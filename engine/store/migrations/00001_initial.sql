-- Times are unix microseconds (UTC). Unsigned 32-bit numbers are BIGINT.
-- Queries keep to what SQLite and PostgreSQL share; of this file, only
-- AUTOINCREMENT and BLOB are SQLite's own.

-- +goose Up

-- The id is the player id of the game's protocol, an unsigned 32-bit number.
-- AUTOINCREMENT: an id is not used again after its account is deleted.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    email         TEXT     NOT NULL,
    email_key     TEXT     NOT NULL UNIQUE,
    name          TEXT     NOT NULL,
    name_key      TEXT     NOT NULL UNIQUE,
    password      TEXT,
    role          SMALLINT NOT NULL DEFAULT 0 CHECK (role BETWEEN 0 AND 2),
    token_version BIGINT   NOT NULL DEFAULT 0 CHECK (token_version BETWEEN 0 AND 4294967295),
    created_at    BIGINT   NOT NULL,
    last_login_at BIGINT
);

-- Values are bytes: the game's strings are kept exactly, whatever their encoding.
CREATE TABLE player_data (
    player_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key        TEXT   NOT NULL,
    value      BLOB   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (player_id, key)
);

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

-- Board 0 is the N7 rating, 1 the challenge points.
CREATE TABLE leaderboard (
    board     SMALLINT NOT NULL CHECK (board IN (0, 1)),
    player_id BIGINT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    value     BIGINT   NOT NULL CHECK (value BETWEEN 0 AND 4294967295),
    PRIMARY KEY (board, player_id)
);

-- Ranking order; players with equal values are ordered by id.
CREATE INDEX leaderboard_rank ON leaderboard (board, value DESC, player_id);

-- The other key starts with the board; deleting an account needs this one.
CREATE INDEX leaderboard_player ON leaderboard (player_id);
