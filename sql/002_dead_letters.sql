-- What could not be read or stored, with where it came from and its original bytes.

CREATE TABLE IF NOT EXISTS dead_letters (
    letter_id        BINARY(16) NOT NULL PRIMARY KEY,
    topic            VARCHAR(249) NOT NULL,
    partition_number INT NOT NULL,
    message_offset   BIGINT NOT NULL,
    sent_at          DATETIME(6) NOT NULL COMMENT 'UTC, the time stamp of the message',
    service          VARCHAR(64) NOT NULL COMMENT 'who could not use it',
    reason           VARCHAR(500) NOT NULL,
    message_key      LONGBLOB NULL,
    payload          LONGBLOB NULL COMMENT 'the original bytes; NULL where they are larger than max_allowed_packet',
    KEY origin (topic, partition_number, message_offset),
    KEY sent_at (sent_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
