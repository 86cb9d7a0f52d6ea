package main

import (
	"example.com/pulumi-mesh-federation/sdk/go/mesh-federation/federation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// provider is `kubernetes.Provider` of pulumi-kubernetes without its types.
type provider struct{ pulumi.ProviderResourceState }

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		// Address of west's east-west gateway.
		gateway := settings.Get("gateway")
		if gateway == "" {
			gateway = "192.0.2.2"
		}
		cluster := &provider{}
		access := pulumi.Map{"kubeconfig": settings.RequireSecret("kubeconfig")}
		if err := ctx.RegisterResource("pulumi:providers:kubernetes", "cluster", access, cluster); err != nil {
			return err
		}
		httpbin, err := federation.NewImportedService(ctx, "httpbin", &federation.ImportedServiceArgs{
			ImportName:   pulumi.String("west-httpbin"),
			ExportedHost: pulumi.String("httpbin.httpbin.svc.cluster.local"),
			Namespace:    pulumi.String("sleep"),
			Ports: federation.ImportedPortArray{federation.ImportedPortArgs{
				Name: pulumi.String("http"), Number: pulumi.Int(8000), Protocol: pulumi.String("HTTP"),
			}},
			SubjectAltNames: pulumi.ToStringArray([]string{"spiffe://west.local/ns/httpbin/sa/httpbin"}),
			Gateways: federation.ImportedGatewayArray{federation.ImportedGatewayArgs{
				Mesh: pulumi.String("west"), Address: pulumi.String(gateway),
				Network: pulumi.String("peer-west"), Locality: pulumi.String("west/west-1"),
			}},
			Timeout: pulumi.String("10s"),
		}, pulumi.Providers(cluster))
		if err != nil {
			return err
		}
		ctx.Export("host", httpbin.Host)
		return nil
	})
}
