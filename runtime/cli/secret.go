package cli

import (
	"errors"
	"io"
	"strings"
)

// mostInput is how much of standard input is read: no token is larger.
const mostInput = 1 << 20

// readLine reads a secret from standard input to its end, without the line end there.
func readLine(from io.Reader) (string, error) {
	if from == nil {
		return "", errors.New("there is none")
	}
	text, err := io.ReadAll(io.LimitReader(from, mostInput+1))
	if err != nil {
		return "", err
	}
	if len(text) > mostInput {
		return "", errors.New("it is larger than 1 MiB")
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
