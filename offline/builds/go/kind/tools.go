//go:build tools

// Package tools pins what the tool chain builds from this module.
package tools

import _ "sigs.k8s.io/kind"
