package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/authrun/authrun/sdk/plugin"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// secret is what a plugin of these tests writes where it should not.
const secret = "correct-horse-battery"

// bePlugin is the main of the plugin of that name. It does not return.
func bePlugin(name string) {
	if name == "scripted" { // an interpreter: its script says which plugin it is
		script, err := os.ReadFile(os.Args[len(os.Args)-1])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		name = string(script)
	}
	socket := filepath.Join(os.Getenv(wire.EnvSocketDir), "s")
	switch name {
	case "chatty":
		fmt.Println("hello " + secret)
	case "quitter":
		fmt.Fprintln(os.Stderr, "no licence for "+secret)
		os.Exit(3)
	case "mute":
		forever()
	case "closer":
		os.Stdout.Close()
		forever()
	case "future":
		fmt.Println("1|2|unix|" + socket + "|grpc|")
		forever()
	case "past":
		fmt.Println("1|0|unix|" + socket + "|grpc|")
		forever()
	case "oldnet":
		fmt.Println("1|1|unix|" + socket + "|netrpc|")
		forever()
	case "elsewhere":
		fmt.Println("1|1|tcp|127.0.0.1:18090|grpc|")
		forever()
	case "outside":
		fmt.Println("1|1|unix|/run/docker.sock|grpc|")
		forever()
	case "deaf":
		listen(socket)
		fmt.Println("1|1|unix|" + socket + "|grpc|")
		forever()
	case "proxy": // another process listens for it
		child := exec.Command("/proc/self/exe")
		child.Args, child.Env = []string{"authrun-plugin-listener"}, os.Environ()
		out, _ := child.StdoutPipe()
		_ = child.Start()
		_, _ = out.Read(make([]byte, 1))
		fmt.Println("1|1|unix|" + socket + "|grpc|")
		forever()
	case "listener":
		listen(socket)
		fmt.Println("up")
		forever()
	case "stubborn", "odd":
		serveRaw(name)
	}
	plugin.Serve(served{&vendor{name: name}})
}

// forever does nothing. (An empty select would be a deadlock, which Go's runtime notices.)
func forever() {
	for {
		time.Sleep(time.Hour)
	}
}

// listen accepts connections and says nothing.
func listen(socket string) {
	l, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
}

// served makes a plugin what package plugin serves.
type served struct{ p sdk.Plugin }

func (s served) Plugin() (sdk.Plugin, error) {
	fmt.Println("a vendor that prints while it is made must not spoil the handshake")
	return s.p, nil
}

// vendor is a plugin whose operations do what their configuration says.
type vendor struct {
	name      string
	described int // times
}

// order is the configuration of vendor.
type order struct {
	Do      string          `json:"do"`
	URL     string          `json:"url,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`
	Private json.RawMessage `json:"private,omitempty"`
	Life    time.Duration   `json:"life,omitempty"` // 0: forever
}

func (v *vendor) Describe(context.Context) (sdk.Description, error) {
	text := json.RawMessage(`"string"`)
	d := sdk.Description{
		Vendor: v.name, Version: "1.2.3", SDK: "go " + sdk.Version, Doc: "A vendor for tests.", Checks: true,
		Config: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "do", Type: text, Required: true}, {Name: "url", Type: text, Endpoint: true, Account: true},
		}},
		Credential: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "level", Type: json.RawMessage(`"number"`)}, {Name: "refresh", Type: text, Sensitive: true, Private: true},
		}},
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}, {Operation: sdk.OpRevoke, Calls: 1}},
		Limits:    []sdk.Limit{{Name: "pace", Scope: []string{"url"}, MinInterval: time.Second}},
		Token:     sdk.Token{Second: sdk.KeepsFirst},
	}
	switch v.name {
	case "brittle", "quick": // the first time is before the handshake
		if v.described++; v.described == 2 && v.name == "quick" {
			os.Exit(4)
		} else if v.described == 2 {
			panic(secret)
		}
	case "misnamed":
		d.Vendor = "good"
	case "illtyped":
		d.Config.Attributes[0].Type = json.RawMessage(`"strnig"`)
	}
	return d, nil
}

func (v *vendor) Check(_ context.Context, config json.RawMessage) ([]sdk.Problem, error) {
	var o order
	if err := json.Unmarshal(config, &o); err != nil {
		return nil, err
	}
	switch o.Do {
	case "hang":
		forever()
	case "panic":
		panic(secret)
	}
	return []sdk.Problem{{Path: []string{"do"}, Summary: "cannot do", Detail: "It cannot do " + secret + "."}}, nil
}

func (v *vendor) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	var o order
	if err := json.Unmarshal(run.Config, &o); err != nil {
		return sdk.Result{}, err
	}
	if run.Operation == sdk.OpRevoke {
		return sdk.Result{NotAtVendor: true, Text: "it dies with " + secret}, nil
	}
	token := ""
	switch o.Do {
	case "get", "get twice", "post", "short":
		text, err := exchange(ctx, run, o)
		if err != nil {
			return sdk.Result{}, err
		}
		token = text
	case "clock":
		token = run.Now().Format(time.RFC3339Nano)
	case "eat":
		var eaten [][]byte
		for range 64 {
			eaten = append(eaten, make([]byte, 64<<20))
		}
		token = fmt.Sprint(len(eaten))
	case "attempt":
		token = attempt(o)
	case "environment":
		dir := os.Getenv(wire.EnvSocketDir)
		token = strings.ReplaceAll(strings.Join(slices.Sorted(slices.Values(os.Environ())), "\n"), dir, "DIR")
	case "name":
		name, _ := os.ReadFile("/proc/self/comm")
		token = strings.TrimSpace(string(name))
	case "log":
		run.Log.Info("logged in", "password", secret)
		fmt.Fprintln(os.NewFile(2, "stderr"), `{"@message": 5, "@level": [], "@timestamp": {}}`)
		token = "logged"
	case "fail":
		return sdk.Result{}, &sdk.Failure{Class: sdk.RateLimited, Text: "slow down \xff", RetryAfter: time.Minute, Path: []string{"do"}}
	case "error":
		return sdk.Result{}, errors.New("out of ideas, " + secret)
	case "hang":
		<-ctx.Done()
		return sdk.Result{}, ctx.Err()
	case "sulk":
		forever()
	case "panic":
		panic(secret)
	case "deep panic":
		done := make(chan bool)
		go func() { panic(secret) }()
		<-done
	case "exit":
		os.Exit(7)
	case "flood":
		stderr := os.NewFile(2, "stderr")
		for i := range 10_000 {
			fmt.Fprintln(stderr, i, secret, strings.Repeat("x", i%300))
		}
		fmt.Fprint(stderr, "the end of "+secret)
		os.Exit(1)
	case "answer":
		result := sdk.Result{Value: o.Value, Private: o.Private, Life: o.Life, Eternal: o.Life == 0}
		return result, nil
	}
	value, err := json.Marshal(map[string]string{"token": token})
	return sdk.Result{Value: value, Eternal: true}, err
}

// exchange asks the host for what o says, and gives what came back as text.
func exchange(ctx context.Context, run sdk.Run, o order) (string, error) {
	client := &http.Client{Transport: run.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	method, body := http.MethodGet, io.Reader(nil)
	switch o.Do {
	case "post":
		run.Learn("derived-from-" + secret)
		method, body = http.MethodPost, strings.NewReader("the body")
	case "short":
		client.Timeout = 20 * time.Millisecond
	}
	request, err := http.NewRequestWithContext(ctx, method, o.URL, body)
	if err != nil {
		return "", err
	}
	request.Header.Add("X-Two", "1")
	request.Header.Add("X-Two", "2\xff")
	request.Header.Set("Connection", "close")
	response, err := client.Do(request)
	var failure *sdk.Failure
	if errors.As(err, &failure) {
		return fmt.Sprintf("%s: %s, sent %v", failure.Class, failure.Text, failure.Sent), nil
	}
	if o.Do == "short" && err != nil {
		return "gave up", nil
	}
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if o.Do == "get twice" && err == nil {
		o.Do = "get"
		second, err := exchange(ctx, run, o)
		return string(text) + second, err
	}
	return fmt.Sprintf("%d %s%s", response.StatusCode, response.Header.Get("Location"), text), err
}

// serveRaw serves the protocol without package plugin, as a plugin in another language would.
func serveRaw(name string) {
	config := &goplugin.ServeConfig{
		HandshakeConfig: wire.Handshake(), VersionedPlugins: wire.Protocols(&raw{name: name}), GRPCServer: goplugin.DefaultGRPCServer,
	}
	if !wire.KnowsPeers {
		pair, err := wire.ReadKeyPair(os.Stdin)
		if err != nil {
			panic(err)
		}
		config.TLSProvider = pair.Config
	}
	goplugin.Serve(config)
	forever() // it ignores that it shall end
}

// raw is a plugin that keeps its own time: it does not watch its standard input, and sends what the protocol does not have.
type raw struct {
	goplugin.NetRPCUnsupportedPlugin
	pluginpb.UnimplementedVendorServer
	name string
}

func (r *raw) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	pluginpb.RegisterVendorServer(s, r)
	return nil
}

func (r *raw) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plugin is no client")
}

func (r *raw) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.DescribeResponse, error) {
	d, err := (&vendor{name: r.name}).Describe(context.Background())
	return wire.DescriptionToProto(d), err
}

// Run says something that this version of the protocol does not have, and answers with the number of what the host answers to it.
func (r *raw) Run(stream pluginpb.Vendor_RunServer) error {
	if _, err := stream.Recv(); err != nil {
		return err
	}
	if err := stream.Send(&pluginpb.RunResponse{Id: 42}); err != nil {
		return err
	}
	in, err := stream.Recv()
	if err != nil {
		return err
	}
	value := fmt.Appendf(nil, `{"token":"unsupported %v %d"}`, in.GetUnsupported() != nil, in.GetId())
	return stream.Send(&pluginpb.RunResponse{Kind: &pluginpb.RunResponse_Credential{Credential: &pluginpb.Credential{Value: value}}})
}
