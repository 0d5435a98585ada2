-- When a dead letter was last sent again to the topic that it came from, by `mysql_connector.py --dead-letters replay`.

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'dead_letters' AND column_name = 'replayed_at') = 0,
    'ALTER TABLE dead_letters
        ADD COLUMN replayed_at DATETIME(6) NULL COMMENT ''UTC, when it was last sent again; NULL: never''',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
