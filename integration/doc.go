// Package integration holds the tests that look at the whole: the import rule, and, with the build tag integration,
// roomctl against real chat servers, and what it publishes in a real browser and before parsers that others wrote. The
// script integration/test runs them all.
package integration
