-- What is new of the songs, by the server's clock: whoever keeps them in memory asks for what came since. The times of
-- the plays do not tell, since a history may be imported years later. The server sets these columns by itself; they
-- are invisible, so that rows are written and read without them. A play of a song changes its row of songs_played;
-- a second index that each play moves would cost the connector a tenth, so songs tells only when it got a row.

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'songs' AND column_name = 'added_at') = 0,
    'ALTER TABLE songs
        ADD COLUMN added_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) INVISIBLE
            COMMENT ''when the row was written first'',
        ADD KEY added_at (added_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'songs_played' AND column_name = 'changed_at') = 0,
    'ALTER TABLE songs_played
        ADD COLUMN changed_at TIMESTAMP(6) NOT NULL
            DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) INVISIBLE
            COMMENT ''when the row was last changed'',
        ADD KEY changed_at (changed_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
