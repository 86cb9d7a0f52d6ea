//go:build tools

// Package tools pins the runner on which the workflows are tried.
package tools

import _ "github.com/nektos/act"
