package exchange

import (
	"context"
	"net"
)

// dial makes a connection, as net.Dialer's DialContext does.
type dial func(ctx context.Context, network, address string) (net.Conn, error)

// exchangeKey is the key under which a request's context knows itself. Go's transport dials on a context that outlives the request, for the
// sake of a later one; here there is none.
type exchangeKey struct{}

// asExchange marks ctx as that of one exchange.
func asExchange(ctx context.Context) context.Context {
	return context.WithValue(ctx, exchangeKey{}, ctx)
}

// ending makes connections that end with the exchange that they were made for: its dial, its handshake, and what is left after it.
func (d dial) ending(ctx context.Context, network, address string) (net.Conn, error) {
	exchange, ok := ctx.Value(exchangeKey{}).(context.Context)
	if !ok {
		return d(ctx, network, address)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(exchange, cancel)
	conn, err := d(ctx, network, address)
	stop()
	if err != nil {
		return nil, err
	}
	context.AfterFunc(exchange, func() { _ = conn.Close() })
	return conn, nil
}
