package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// maxJoinPage is a size in bytes that no text about joining has; a larger file
// is another file by mistake.
const maxJoinPage = 1 << 20

// JoinPage reads the HTML that takes the place of the join page's built-in text,
// from the file that publish.join_page names. It is "" when none is named.
func (c *Config) JoinPage() (string, error) {
	if c.Publish.JoinPageFile == "" {
		return "", nil
	}
	text, err := readJoinPage(c.Publish.JoinPageFile)
	if err != nil {
		return "", fmt.Errorf("publish.join_page: %w", err)
	}
	return text, nil
}

func readJoinPage(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJoinPage+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > maxJoinPage:
		err = errors.New("it is larger than 1 MiB")
	case len(text) == 0:
		err = errors.New("it is empty")
	case !utf8.Valid(text):
		err = errors.New("it is not UTF-8 text")
	default:
		return string(text), nil
	}
	return "", fmt.Errorf("%s: %w", path, err)
}
