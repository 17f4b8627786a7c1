package plugin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dial serves f in this process, with the interceptors of a real plugin, and gives the host's client of it.
func dial(t *testing.T, f *fake) pluginpb.VendorClient {
	t.Helper()
	server := grpc.NewServer(grpc.UnaryInterceptor(recoverUnary), grpc.StreamInterceptor(recoverStream))
	pluginpb.RegisterVendorServer(server, &service{plugin: f, log: hclog.NewNullLogger()})
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:plugin", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
	})
	return pluginpb.NewVendorClient(conn)
}

// begin opens the stream of an operation and sends the first message.
func begin(t *testing.T, f *fake, op pluginpb.Operation) pluginpb.Vendor_RunClient {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	stream, err := dial(t, f).Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	send(t, stream, &pluginpb.RunRequest{
		Now: timestamppb.New(time.Unix(1000, 0)), Kind: &pluginpb.RunRequest_Start{Start: &pluginpb.Start{Operation: op, Config: []byte(`{"a":1}`)}},
	})
	return stream
}

func send(t *testing.T, stream pluginpb.Vendor_RunClient, in *pluginpb.RunRequest) {
	t.Helper()
	if err := stream.Send(in); err != nil {
		t.Fatal(err)
	}
}

// expect reads the next message, which must be want.
func expect(t *testing.T, stream pluginpb.Vendor_RunClient, want *pluginpb.RunResponse) {
	t.Helper()
	got, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestOperation(t *testing.T) {
	f := &fake{run: func(ctx context.Context, run sdk.Run) (sdk.Result, error) {
		if string(run.Config) != `{"a":1}` || run.Operation != sdk.OpRenew || !run.Now().Equal(time.Unix(1000, 0)) {
			t.Errorf("got %+v", run)
		}
		run.Learn("derived")
		request, _ := http.NewRequestWithContext(ctx, http.MethodPut, "http://v.example/x", strings.NewReader("body"))
		request.Header = http.Header{"B": {"2"}, "A": {"1", "3"}, "Te": {"x"}, "Host": {"h"}, "Content-Length": {"9"}}
		response, err := run.Transport.RoundTrip(request)
		if err != nil {
			return sdk.Result{}, err
		}
		text, _ := io.ReadAll(response.Body)
		if response.Status != "418 I'm a teapot" || string(text) != "no" || response.Header.Get("A") != "z" || response.Request != request {
			t.Errorf("got %+v with %q", response, text)
		}
		if !run.Now().Equal(time.Unix(2000, 0)) {
			t.Errorf("the clock shows %s", run.Now())
		}
		return sdk.Result{Value: []byte(`{"token":"t"}`), Private: []byte(`{}`), Life: time.Hour, Renewable: true, RenewWithin: time.Minute}, nil
	}}
	stream := begin(t, f, pluginpb.Operation_OPERATION_RENEW)
	expect(t, stream, &pluginpb.RunResponse{Id: 1, Kind: &pluginpb.RunResponse_Http{Http: &pluginpb.HttpRequest{
		Method: "PUT", Url: "http://v.example/x", Body: []byte("body"), Secrets: [][]byte{[]byte("derived")},
		Headers: []*pluginpb.Header{{Name: "A", Value: []byte("1")}, {Name: "A", Value: []byte("3")}, {Name: "B", Value: []byte("2")}},
	}}})
	send(t, stream, &pluginpb.RunRequest{Id: 9}) // of a kind that this version does not know
	expect(t, stream, &pluginpb.RunResponse{Id: 9, Kind: &pluginpb.RunResponse_Unsupported{Unsupported: &pluginpb.Unsupported{}}})
	send(t, stream, &pluginpb.RunRequest{Id: 1, Now: timestamppb.New(time.Unix(2000, 0)), Kind: &pluginpb.RunRequest_Http{
		Http: &pluginpb.HttpResponse{Status: 418, Body: []byte("no"), Headers: []*pluginpb.Header{{Name: "a", Value: []byte("z")}}},
	}})
	expect(t, stream, &pluginpb.RunResponse{Kind: &pluginpb.RunResponse_Credential{Credential: wire.CredentialToProto(sdk.Result{
		Value: []byte(`{"token":"t"}`), Private: []byte(`{}`), Life: time.Hour, Renewable: true, RenewWithin: time.Minute,
	})}})
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last message: %v", err)
	}
}

func TestOperationEnds(t *testing.T) {
	type end struct {
		code    codes.Code
		message string
		failure string
	}
	for name, test := range map[string]struct {
		op   pluginpb.Operation
		run  func(context.Context, sdk.Run) (sdk.Result, error)
		want end
	}{
		"failure": {pluginpb.Operation_OPERATION_ACQUIRE, func(_ context.Context, run sdk.Run) (sdk.Result, error) {
			run.Learn("derived-secret")
			return sdk.Result{}, &sdk.Failure{Class: sdk.InvalidCredentials, Text: "refused \xff derived-secret"}
		}, end{failure: "refused \ufffd (sensitive)"}},
		"another error": {pluginpb.Operation_OPERATION_ACQUIRE, func(_ context.Context, run sdk.Run) (sdk.Result, error) {
			run.Learn("derived-secret")
			return sdk.Result{}, errors.New("bug with derived-secret")
		}, end{code: codes.Unknown, message: "bug with (sensitive)"}},
		"panic": {pluginpb.Operation_OPERATION_ACQUIRE, func(context.Context, sdk.Run) (sdk.Result, error) {
			panic("secret")
		}, end{code: codes.Internal, message: "panicked at plugin/operation_test.go:"}},
		"runtime panic": {pluginpb.Operation_OPERATION_ACQUIRE, func(context.Context, sdk.Run) (sdk.Result, error) {
			none := []int{}
			_ = none[len(none)]
			return sdk.Result{}, nil
		}, end{code: codes.Internal, message: "index out of range [0] with length 0)"}},
		"unknown operation": {77, nil, end{failure: "this version of the plugin does not know the operation"}},
		"too large a request": {pluginpb.Operation_OPERATION_ACQUIRE, func(ctx context.Context, run sdk.Run) (sdk.Result, error) {
			request, _ := http.NewRequestWithContext(ctx, http.MethodPut, "http://v.example/", strings.NewReader(strings.Repeat("x", 1<<20+1)))
			_, err := run.Transport.RoundTrip(request)
			return sdk.Result{}, err
		}, end{failure: "the request is larger than 1 MiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := begin(t, &fake{run: test.run}, test.op).Recv()
			if got := status.Convert(err); got.Code() != test.want.code || !strings.Contains(got.Message(), test.want.message) || strings.Contains(got.Message(), "secret") {
				t.Errorf("got %v, want %s %q", err, test.want.code, test.want.message)
			}
			if got := in.GetFailure().GetText(); got != test.want.failure {
				t.Errorf("got the failure %q, want %q", got, test.want.failure)
			}
		})
	}
}

func TestFirstMessageMustBeStart(t *testing.T) {
	stream, err := dial(t, &fake{}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	send(t, stream, &pluginpb.RunRequest{Kind: &pluginpb.RunRequest_Cancel{Cancel: &pluginpb.Cancel{}}})
	if _, err := stream.Recv(); status.Code(err) != codes.InvalidArgument {
		t.Errorf("got %v", err)
	}
}

func TestHostCancels(t *testing.T) {
	for name, cancel := range map[string]*pluginpb.RunRequest{
		"the operation": {Kind: &pluginpb.RunRequest_Cancel{Cancel: &pluginpb.Cancel{}}},
		"the exchange":  {Id: 1, Kind: &pluginpb.RunRequest_Cancel{Cancel: &pluginpb.Cancel{}}},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			f := &fake{run: func(ctx context.Context, run sdk.Run) (sdk.Result, error) {
				request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://v.example/", nil)
				_, err := run.Transport.RoundTrip(request)
				ended <- err
				return sdk.Result{}, err
			}}
			stream := begin(t, f, pluginpb.Operation_OPERATION_ACQUIRE)
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
			send(t, stream, cancel)
			if err := <-ended; err == nil || errors.Is(err, context.Canceled) != (name == "the operation") {
				t.Errorf("the exchange ended with %v", err)
			}
		})
	}
}

func TestVendorGivesUpAnExchange(t *testing.T) {
	f := &fake{run: func(ctx context.Context, run sdk.Run) (sdk.Result, error) {
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		request, _ := http.NewRequestWithContext(short, http.MethodGet, "http://v.example/", nil)
		if _, err := run.Transport.RoundTrip(request); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		return sdk.Result{Value: []byte(`{}`), Eternal: true}, nil
	}}
	stream := begin(t, f, pluginpb.Operation_OPERATION_ACQUIRE)
	if in, err := stream.Recv(); err != nil || in.GetHttp() == nil {
		t.Fatal(in, err)
	}
	expect(t, stream, &pluginpb.RunResponse{Id: 1, Kind: &pluginpb.RunResponse_Cancel{Cancel: &pluginpb.Cancel{}}})
	expect(t, stream, &pluginpb.RunResponse{Kind: &pluginpb.RunResponse_Credential{Credential: &pluginpb.Credential{Value: []byte(`{}`)}}})
}

func TestLateExchangeIsRefused(t *testing.T) {
	var late http.RoundTripper
	over := make(chan context.Context, 1)
	f := &fake{run: func(ctx context.Context, run sdk.Run) (sdk.Result, error) {
		late = run.Transport
		over <- ctx
		return sdk.Result{Eternal: true}, nil
	}}
	stream := begin(t, f, pluginpb.Operation_OPERATION_ACQUIRE)
	for {
		if _, err := stream.Recv(); err != nil {
			break
		}
	}
	<-(<-over).Done()
	request, _ := http.NewRequest(http.MethodGet, "http://v.example/", nil)
	if _, err := late.RoundTrip(request); err == nil {
		t.Error("an exchange after the operation's end was made")
	}
}

func TestCheckPanics(t *testing.T) {
	_, err := dial(t, &fake{}).Check(context.Background(), &pluginpb.CheckRequest{})
	if got := status.Convert(err); got.Code() != codes.Internal || !strings.HasPrefix(got.Message(), "panicked at plugin/byhand_test.go:") || strings.Contains(got.Message(), "secret") {
		t.Errorf("got %v", err)
	}
}
