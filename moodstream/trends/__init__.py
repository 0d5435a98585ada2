"""Where the sound of what somebody plays is heading: daily means -> a forecast, held against the past."""
