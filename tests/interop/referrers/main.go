// SPDX-License-Identifier: MIT

// A registry in memory that has the referrers API of OCI 1.1, on a port of its
// own, which it prints.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println("listening on", at.Addr())
		err = http.Serve(at, registry.New(registry.WithReferrersSupport(true)))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
