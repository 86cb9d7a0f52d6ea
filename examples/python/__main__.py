import pulumi
from pulumi_mesh_federation import federation

config = pulumi.Config()

# `pulumi_kubernetes.Provider` where that package is installed; this is the same without it.
cluster = pulumi.ProviderResource(
    "kubernetes", "cluster", {"kubeconfig": config.require_secret("kubeconfig")}
)

httpbin = federation.ImportedService(
    "httpbin",
    import_name="west-httpbin",
    exported_host="httpbin.httpbin.svc.cluster.local",
    namespace="sleep",
    ports=[federation.ImportedPortArgs(name="http", number=8000, protocol="HTTP")],
    subject_alt_names=["spiffe://west.local/ns/httpbin/sa/httpbin"],
    gateways=[
        federation.ImportedGatewayArgs(
            mesh="west",
            # Address of west's east-west gateway.
            address=config.get("gateway") or "192.0.2.2",
            network="peer-west",
            locality="west/west-1",
        )
    ],
    timeout="10s",
    opts=pulumi.ResourceOptions(providers={"kubernetes": cluster}),
)

pulumi.export("host", httpbin.host)
