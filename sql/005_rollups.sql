-- Roll-ups: how many plays and reactions there were in each minute, hour and day, and what of each song was played.
-- The connector keeps them up to date within the transaction that stores a batch; `mysql_connector.py --rebuild`
-- fills them from the history that is there already, part by part, as it does by itself after this migration.
-- A count may be 0. The listener '' is everybody together.

CREATE TABLE IF NOT EXISTS rollup_state (
    id        TINYINT NOT NULL PRIMARY KEY,
    filled_at DATETIME(6) NULL COMMENT 'UTC; NULL: the history that was there before is not counted yet'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='one row: who adds to the roll-ups holds it shared, who counts them anew alone';

INSERT INTO rollup_state (id) VALUES (1) ON DUPLICATE KEY UPDATE id = id;

CREATE TABLE IF NOT EXISTS plays_by_minute (
    listener  VARCHAR(128) NOT NULL,
    starts_at DATETIME NOT NULL COMMENT 'UTC, of mood_classified.played_at',
    source    VARCHAR(32) NOT NULL,
    mood      VARCHAR(16) NOT NULL COMMENT 'Unclassified where the play has none',
    plays     INT UNSIGNED NOT NULL,
    PRIMARY KEY (listener, starts_at, source, mood)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS plays_by_hour LIKE plays_by_minute;

CREATE TABLE IF NOT EXISTS plays_by_day LIKE plays_by_minute;

CREATE TABLE IF NOT EXISTS reactions_by_minute (
    listener  VARCHAR(128) NOT NULL COMMENT 'who reacted',
    starts_at DATETIME NOT NULL COMMENT 'UTC, of user_feedback.reacted_at',
    source    VARCHAR(32) NOT NULL COMMENT 'of the play that is answered; empty while it is not classified',
    mood      VARCHAR(16) NOT NULL COMMENT 'of the play that is answered; Unclassified where it has none',
    reaction  VARCHAR(16) NOT NULL,
    reactions INT UNSIGNED NOT NULL,
    PRIMARY KEY (listener, starts_at, source, mood, reaction)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS reactions_by_hour LIKE reactions_by_minute;

CREATE TABLE IF NOT EXISTS reactions_by_day LIKE reactions_by_minute;

CREATE TABLE IF NOT EXISTS songs_played (
    song_id   VARCHAR(128) NOT NULL PRIMARY KEY,
    plays     INT UNSIGNED NOT NULL COMMENT 'those in mood_classified',
    played_at DATETIME(6) NOT NULL COMMENT 'UTC, of the newest of them',
    mood      VARCHAR(16) NULL COMMENT 'of the newest classification; NULL: it found none',
    mood_id   BINARY(16) NOT NULL COMMENT 'event_id of the newest classification',
    KEY mood (mood),
    KEY plays (plays, mood)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'mood_classified' AND column_name = 'source') = 0,
    'ALTER TABLE mood_classified ADD COLUMN source VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''' COMMENT ''of the play; empty where it is not known''',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = 'mood_classified' AND index_name = 'source_played_at') = 0,
    'ALTER TABLE mood_classified ADD KEY source_played_at (source, played_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = 'song_stream' AND index_name = 'source_played_at') = 0,
    'ALTER TABLE song_stream ADD KEY source_played_at (source, played_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = 'user_feedback' AND index_name = 'play_id') = 0,
    'ALTER TABLE user_feedback ADD KEY play_id (play_id, reacted_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
