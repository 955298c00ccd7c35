package day_test

import "time"

// morning is when a stage begins.
const morning = 8*time.Hour + 30*time.Minute
