-- What a trained model adds: the probabilities of the moods, and which features of a song were told by a model.
-- MySQL has no ADD COLUMN IF NOT EXISTS, so each step first looks whether it was done.

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'mood_classified' AND column_name = 'probabilities') = 0,
    'ALTER TABLE mood_classified ADD COLUMN probabilities JSON NULL COMMENT ''of each mood, where the model gives them''',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;

SET @step = IF(
    (SELECT COUNT(*) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = 'songs' AND column_name = 'modelled') = 0,
    'ALTER TABLE songs ADD COLUMN modelled JSON NULL COMMENT ''the features that a model told from the sound''',
    'DO 0');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
