module meshfederation/lab/node

go 1.24
