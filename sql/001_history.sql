-- The history: one table for each topic, and the songs that they speak of, once.
-- Ids compare byte for byte (utf8mb4_bin): the ids of the streaming services differ by case alone.
-- No foreign keys: the topics arrive in any order.

CREATE TABLE IF NOT EXISTS songs (
    song_id          VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
    title            VARCHAR(500) NOT NULL,
    artist           VARCHAR(500) NOT NULL,
    album            VARCHAR(500) NULL,
    genre            VARCHAR(500) NULL,
    duration_ms      INT NULL,
    valence          DOUBLE NULL,
    energy           DOUBLE NULL,
    danceability     DOUBLE NULL,
    acousticness     DOUBLE NULL,
    instrumentalness DOUBLE NULL,
    speechiness      DOUBLE NULL,
    liveness         DOUBLE NULL,
    arousal          DOUBLE NULL,
    tempo            DOUBLE NULL COMMENT 'BPM',
    loudness         DOUBLE NULL COMMENT 'dB, -60..0',
    musical_key      TINYINT NULL COMMENT '-1 none found, 0 C .. 11 B',
    musical_mode     TINYINT NULL COMMENT '0 minor, 1 major',
    time_signature   TINYINT NULL COMMENT 'beats a bar',
    origin           VARCHAR(16) NULL COMMENT 'where the features come from: audio, catalogue, import',
    extractor        VARCHAR(64) NULL,
    estimates        JSON NULL COMMENT 'the features that are estimates',
    named_at         DATETIME(6) NOT NULL COMMENT 'time of the play that told title and artist',
    heard_at         DATETIME(6) NULL COMMENT 'time of the play that told the features'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS song_stream (
    event_id  BINARY(16) NOT NULL PRIMARY KEY,
    listener  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    song_id   VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    played_at DATETIME(6) NOT NULL COMMENT 'UTC',
    source    VARCHAR(32) NOT NULL,
    KEY played_at (played_at),
    KEY listener_played_at (listener, played_at),
    KEY song_id (song_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS mood_classified (
    event_id      BINARY(16) NOT NULL PRIMARY KEY,
    play_id       BINARY(16) NOT NULL,
    listener      VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    song_id       VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    played_at     DATETIME(6) NOT NULL COMMENT 'UTC',
    classified_at DATETIME(6) NOT NULL COMMENT 'UTC',
    mood          VARCHAR(16) NULL COMMENT 'NULL: unclassified, see reason',
    confidence    DOUBLE NULL COMMENT '0..1, as the model defines it',
    reason        VARCHAR(500) NULL,
    model         VARCHAR(64) NOT NULL,
    KEY play_id (play_id),
    KEY played_at_mood (played_at, mood),
    KEY listener_played_at (listener, played_at),
    KEY song_id (song_id, event_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS user_feedback (
    event_id   BINARY(16) NOT NULL PRIMARY KEY,
    play_id    BINARY(16) NULL,
    listener   VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    song_id    VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    reacted_at DATETIME(6) NOT NULL COMMENT 'UTC',
    reaction   VARCHAR(16) NULL COMMENT 'like, dislike, skip, replay',
    mood       VARCHAR(16) NULL COMMENT 'the mood that the listener says it is',
    KEY reacted_at (reacted_at),
    KEY listener_reacted_at (listener, reacted_at),
    KEY song_id (song_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS playlist_recommendations (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    listener VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    made_at  DATETIME(6) NOT NULL COMMENT 'UTC',
    mood     VARCHAR(16) NULL,
    tracks   JSON NOT NULL COMMENT 'in playing order: song_id, title, artist, score, reason, mood',
    KEY listener_made_at (listener, made_at),
    KEY made_at (made_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
