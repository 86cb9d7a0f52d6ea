//go:build tools

// Package tools pins what the lab builds from this module.
package tools

import (
	_ "go.universe.tf/metallb/controller"
	_ "go.universe.tf/metallb/speaker"
)
