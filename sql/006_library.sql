-- What the table of songs on the page is sorted, filtered and searched by: an index for each of its columns.
-- `artist_title` is searched with LIKE from beginning to end of its index, which finds any part of any word in any
-- script; a tab sorts before everything that is visible, so it also keeps the songs of an artist together. An index
-- that is longer than 2,048 bytes would not be read by itself (MySQL), hence 500 characters.

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'songs' AND column_name = 'artist_title') = 0,
    'ALTER TABLE songs
        ADD COLUMN artist_title VARCHAR(500) AS (CONCAT(LEFT(artist, 200), ''\t'', LEFT(title, 299))) VIRTUAL,
        ADD KEY artist_title (artist_title),
        ADD KEY title (title),
        ADD KEY valence (valence),
        ADD KEY energy (energy),
        ADD KEY danceability (danceability),
        ADD KEY acousticness (acousticness),
        ADD KEY instrumentalness (instrumentalness),
        ADD KEY speechiness (speechiness),
        ADD KEY liveness (liveness),
        ADD KEY tempo (tempo),
        ADD KEY loudness (loudness),
        ADD KEY musical_key (musical_key),
        ADD KEY duration_ms (duration_ms),
        ADD KEY origin (origin)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = 'songs_played' AND index_name = 'played_at') = 0,
    'ALTER TABLE songs_played ADD KEY played_at (played_at)',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
