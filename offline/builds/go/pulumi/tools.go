//go:build tools

// Package tools pins what the tool chain builds from this module.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
