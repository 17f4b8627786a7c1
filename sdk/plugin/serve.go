package plugin

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/wire"
	goplugin "github.com/hashicorp/go-plugin"
)

// Vendor is what a plugin serves: an [sdk.Vendor], whatever its configuration and its credential are.
type Vendor interface {
	// Plugin folds the vendor's types away. Its error says what is wrong with the vendor's declaration; it is the author's to mend.
	Plugin() (sdk.Plugin, error)
}

// Serve is the main of a plugin. Started by a host it serves until the host is done with it, or dead, and ends the process. Started by
// hand it prints what the plugin is and ends the process with status 1; `describe` prints the plugin's description as JSON, `version` its
// version, both with status 0; `debug`, or AUTHRUN_DEBUG=1, waits for a host that attaches to it. It does not return.
func Serve(v Vendor) {
	if os.Getenv(wire.CookieName) != wire.CookieValue {
		if wantsDebug(os.Args, os.Getenv) {
			stop := make(chan os.Signal, 1)
			signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
			os.Exit(byDebugger(v, filepath.Base(os.Args[0]), os.Stdout, os.Stderr, stop))
		}
		os.Exit(byHand(v, os.Args, os.Stdout, os.Stderr))
	}
	if err := serve(v); err != nil {
		fmt.Fprintln(os.Stderr, "plugin:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve serves until the host stops the plugin. Its order matters: the watch over the host begins before anything that could hang, and
// nothing is printed before go-plugin has printed the handshake.
func serve(v Vendor) error {
	provider, err := tlsProvider(os.Stdin)
	if err != nil {
		return err
	}
	go watch(os.Stdin, func() { os.Exit(0) })
	limitProcess()

	p, d, err := build(v)
	if err != nil {
		return err
	}
	nameProcess("authrun-" + d.Vendor)
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Protocols(&service{plugin: p, log: newLog(os.Stderr, os.Getenv(wire.EnvLogLevel))}),
		GRPCServer:       newServer,
		TLSProvider:      provider,
		Logger:           newLibraryLog(os.Stderr),
	})
	return nil
}

// build makes the plugin of v and asks it for its description, while all that is printed goes to standard error: a vendor that prints
// would spoil the handshake.
func build(v Vendor) (sdk.Plugin, sdk.Description, error) {
	stdout := os.Stdout
	os.Stdout = os.Stderr
	defer func() { os.Stdout = stdout }()
	p, err := v.Plugin()
	if err != nil {
		return nil, sdk.Description{}, fmt.Errorf("the vendor's declaration is wrong: %w", err)
	}
	d, err := p.Describe(context.Background())
	if err != nil {
		return nil, sdk.Description{}, fmt.Errorf("the vendor does not say what it is: %w", err)
	}
	return p, d, nil
}

// tlsProvider reads the key pair of the connection from stdin and gives it to go-plugin, where the two ends need one to know each other.
func tlsProvider(stdin *os.File) (func() (*tls.Config, error), error) {
	if wire.KnowsPeers {
		return nil, nil
	}
	pair, err := wire.ReadKeyPair(stdin)
	if err != nil {
		return nil, err
	}
	return pair.Config, nil
}
