-- What the batch processor says: beside what real time said, never over it.

CREATE TABLE IF NOT EXISTS batch_classified (
    song_id    VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    model      VARCHAR(64) NOT NULL,
    run_id     BINARY(16) NOT NULL,
    mood       VARCHAR(16) NULL COMMENT 'NULL: unclassified, see reason',
    confidence DOUBLE NULL COMMENT '0..1, as the model defines it',
    reason     VARCHAR(500) NULL,
    PRIMARY KEY (song_id, model),
    KEY run_id (run_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS batch_runs (
    run_id      BINARY(16) NOT NULL PRIMARY KEY,
    job         VARCHAR(16) NOT NULL COMMENT 'classify, analyze, compare',
    started_at  DATETIME(6) NOT NULL COMMENT 'UTC',
    finished_at DATETIME(6) NOT NULL COMMENT 'UTC',
    report      JSON NOT NULL COMMENT 'what the job prints with --json',
    KEY job_finished_at (job, finished_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
