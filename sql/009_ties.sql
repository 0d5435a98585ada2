-- Which play told a song's names, and which its sound: of two plays at the same microsecond the one with the greater id
-- does, so that a song is the same in whatever order its plays come.

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'songs' AND column_name = 'named_by') = 0,
    'ALTER TABLE songs
        ADD COLUMN named_by BINARY(16) NULL COMMENT ''event_id of the play that named_at is of; NULL: from before it was kept'',
        ADD COLUMN heard_by BINARY(16) NULL COMMENT ''the same of heard_at''',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
