module eunomia/tests/interop/referrers

go 1.21

require github.com/google/go-containerregistry v0.19.1
