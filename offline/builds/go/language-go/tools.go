//go:build tools

// Package tools pins the language host of programs in Go: the last version that is a part of the module of the SDK.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
