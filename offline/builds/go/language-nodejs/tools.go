//go:build tools

// Package tools pins what the tool chain builds from this module.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
