module east-imports

go 1.26.0

require (
	example.com/pulumi-mesh-federation/sdk/go/mesh-federation v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
)

// The SDK that is generated from the schema of the components.
replace example.com/pulumi-mesh-federation/sdk/go/mesh-federation => ./sdks/mesh-federation
